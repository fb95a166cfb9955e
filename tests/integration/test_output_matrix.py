"""Whatever is asked, however loudly, and whatever comes of it: no secret in any output or file.

The search itself is in the fixture ``new_conda``: after each test all that was printed, and every
file of the user (home, environments, package cache), is searched for the token, in plain, base64
and percent-encoded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest

from tests.integration.runner import Conda
from tests.server import Fault, Server

SCHEMES = ("token", "bearer", "basic", "header:X-API-Key", "path")
LOUDNESS = ((), ("-v",), ("-vv",), ("-vvv",), ("--debug",), ("--json",))
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


def login(conda: Conda, token: str, scheme: str, *loud: str) -> None:
    """Log in, or try to."""
    how = ("--scheme", scheme, "--token-stdin")
    if scheme == "basic":
        how = ("--username", "alice", "--password-stdin")
    words = ("login", "my-org", "--label", "dev", *how, "--no-verify", "--add-channel", "none")
    conda.private(*words, *loud, stdin=f"{token}\n")


@pytest.fixture
def user(conda: Conda) -> Conda:
    """A user whose conda reports nothing to anybody."""
    conda.settings["report_errors"] = False
    return conda


def run(conda: Conda, server: Server, token: str, case: tuple[str, tuple[str, ...], str]) -> None:
    """Run one command as loudly and with as much luck as the case says."""
    command, loud, outcome = case
    fault = OUTCOMES[outcome]
    if fault:
        server.fail("/my-org/", "conda", how=fault)
    if command == "create":
        number = len(list((conda.folder / "envs").glob("*")))
        conda.create(f"env{number}", *CHANNEL, "hello-private", *loud)
    elif command == "search":
        conda.run("search", *CHANNEL, "hello-*", *loud)
    elif command == "check":
        conda.private("check", *loud)
    else:
        words = ("login", "my-org", "--add-channel", "none", "--token-stdin", *loud)
        conda.private(*words, stdin=f"{token}\n")
    server.heal()


def pairs(number: int) -> Iterable[tuple[str, tuple[str, ...], str]]:
    """Cases for one of the schemes; over all schemes every two values meet at least once."""
    outcomes = tuple(OUTCOMES)
    for index, loud in enumerate(LOUDNESS):
        outcome = outcomes[(index + number) % len(outcomes)]
        yield COMMANDS[(index + number + number // 2) % len(COMMANDS)], loud, outcome


def is_promised(scheme: str, outcome: str) -> bool:
    """Whether the documentation promises it: a URL with a token is in errors of connections."""
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
    for case in itertools.product(COMMANDS, LOUDNESS, OUTCOMES):
        if is_promised(scheme, case[-1]):
            run(user, server, token, case)


@pytest.mark.parametrize("scheme", ["token", "path"])
def test_commands_that_ask_no_server_show_no_secret(user: Conda, token: str, scheme: str) -> None:
    login(user, token, scheme)
    user.environment["MY_ORG_TOKEN"] = token
    for index, words in enumerate(QUIET):
        user.ok(*words, *(LOUDNESS[index % 2 * 5]))


@pytest.mark.parametrize("loud", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("scheme", ["token", "header:X-API-Key", "path"])
def test_report_of_an_unexpected_error_shows_no_secret(
    user: Conda, server: Server, token: str, scheme: str, loud: tuple[str, ...]
) -> None:
    login(user, token, scheme)
    user.environment["MY_ORG_TOKEN"] = token
    server.fail("repodata", "conda", how=Fault.status(304))
    result = user.create("env", *CHANNEL, "hello-private", *loud)
    assert result.code != 0
    assert "Traceback" in result.text
    assert any(each.credential != "none" for each in server.requests)


def test_every_two_values_meet() -> None:
    cases = [(scheme, *case) for scheme in range(len(SCHEMES)) for case in pairs(scheme)]
    values = (range(len(SCHEMES)), COMMANDS, LOUDNESS, OUTCOMES)
    for one, other in itertools.combinations(range(len(values)), 2):
        met = {(case[one], case[other]) for case in cases}
        assert set(itertools.product(values[one], values[other])) - met == set()
