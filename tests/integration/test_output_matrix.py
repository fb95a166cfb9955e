"""No command, at any verbosity and with any outcome, shows a secret in its output or in a file.

The fixture ``new_conda`` does the search: after each test, it searches all output and every file of
the user (home, environments, package cache) for the token, plain, in base64 and percent-encoded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest

from tests.integration.runner import Conda
from tests.server import Fault, Server

SCHEMES = ("token", "bearer", "basic", "header:X-API-Key", "path")
VERBOSITY = ((), ("-v",), ("-vv",), ("-vvv",), ("--debug",), ("--json",))
CHANNEL = ("--override-channels", "-c", "my-org/label/dev")
OUTCOMES: dict[str, Fault | None] = {
    "works": None,
    "401": Fault.status(401),
    "404": Fault.status(404),
    "no connection": Fault.drop(),
    "crash": Fault.status(304),
}
COMMANDS = ("create", "search", "check", "login")
QUIET = (
    ("private", "list"),
    ("private", "explain", "my-org/label/dev"),
    ("info", "-a"),
    ("info", "-s"),
    ("info",),
    ("config", "--show"),
    ("config", "--show-sources"),
)


def login(conda: Conda, token: str, scheme: str, *verbosity: str) -> None:
    """Try to log in."""
    how = ("--scheme", scheme, "--token-stdin")
    if scheme == "basic":
        how = ("--username", "alice", "--password-stdin")
    words = ("login", "my-org", "--label", "dev", *how, "--no-verify", "--add-channel", "none")
    conda.private(*words, *verbosity, stdin=f"{token}\n")


@pytest.fixture
def user(conda: Conda) -> Conda:
    """A user whose conda sends no error reports."""
    conda.settings["report_errors"] = False
    return conda


def run(conda: Conda, server: Server, token: str, case: tuple[str, tuple[str, ...], str]) -> None:
    """Run one command with the verbosity and the outcome of the case."""
    command, verbosity, outcome = case
    fault = OUTCOMES[outcome]
    if fault:
        server.fail("/my-org/", "conda", how=fault)
    if command == "create":
        number = len(list((conda.folder / "envs").glob("*")))
        conda.create(f"env{number}", *CHANNEL, "hello-private", *verbosity)
    elif command == "search":
        conda.run("search", *CHANNEL, "hello-*", *verbosity)
    elif command == "check":
        conda.private("check", *verbosity)
    else:
        words = ("login", "my-org", "--add-channel", "none", "--token-stdin", *verbosity)
        conda.private(*words, stdin=f"{token}\n")
    server.heal()


def pairs(number: int) -> Iterable[tuple[str, tuple[str, ...], str]]:
    """Yield the cases of a scheme; all schemes together cover every pair of values."""
    outcomes = tuple(OUTCOMES)
    for index, verbosity in enumerate(VERBOSITY):
        outcome = outcomes[(index + number) % len(outcomes)]
        yield COMMANDS[(index + number + number // 2) % len(COMMANDS)], verbosity, outcome


def is_promised(scheme: str, outcome: str) -> bool:
    """Whether the documentation promises it: connection errors show the URL with its token."""
    return (scheme, outcome) != ("path", "no connection")


@pytest.mark.hard
@pytest.mark.parametrize("number", range(len(SCHEMES)), ids=SCHEMES)
def test_secret_is_in_no_output_and_no_file(
    user: Conda, server: Server, token: str, number: int
) -> None:
    login(user, token, SCHEMES[number])
    for case in pairs(number):
        if is_promised(SCHEMES[number], case[-1]):
            run(user, server, token, case)


@pytest.mark.long
@pytest.mark.parametrize("scheme", SCHEMES)
def test_secret_is_in_no_output_and_no_file_in_any_combination(
    user: Conda, server: Server, token: str, scheme: str
) -> None:
    login(user, token, scheme)
    for case in itertools.product(COMMANDS, VERBOSITY, OUTCOMES):
        if is_promised(scheme, case[-1]):
            run(user, server, token, case)


@pytest.mark.parametrize("scheme", [pytest.param("token", marks=pytest.mark.hard), "path"])
def test_commands_without_requests_show_no_secret(user: Conda, token: str, scheme: str) -> None:
    login(user, token, scheme)
    user.environment["MY_ORG_TOKEN"] = token
    for index, words in enumerate(QUIET):
        user.ok(*words, *(VERBOSITY[index % 2 * 5]))


@pytest.mark.parametrize("verbosity", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize(
    "scheme",
    [pytest.param(scheme, marks=pytest.mark.hard) for scheme in ("token", "header:X-API-Key")]
    + ["path"],
)
def test_report_of_an_unexpected_error_shows_no_secret(
    user: Conda, server: Server, token: str, scheme: str, verbosity: tuple[str, ...]
) -> None:
    login(user, token, scheme)
    user.environment["MY_ORG_TOKEN"] = token
    server.fail("repodata", "conda", how=Fault.status(304))
    result = user.create("env", *CHANNEL, "hello-private", *verbosity)
    assert result.code != 0
    assert "Traceback" in result.text
    assert any(each.credential != "none" for each in server.requests)


def test_cases_cover_every_pair_of_values() -> None:
    cases = [(scheme, *case) for scheme in range(len(SCHEMES)) for case in pairs(scheme)]
    values = (range(len(SCHEMES)), COMMANDS, VERBOSITY, OUTCOMES)
    for one, other in itertools.combinations(range(len(values)), 2):
        met = {(case[one], case[other]) for case in cases}
        assert set(itertools.product(values[one], values[other])) - met == set()
