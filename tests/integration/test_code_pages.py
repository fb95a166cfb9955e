"""Every verb, piped, in the code pages of Windows: no character makes a command fail."""

from __future__ import annotations

import subprocess

import pytest

from conda_private.cli.verbs import VERBS
from tests.integration.owners import give_account
from tests.integration.runner import TIMEOUT, Conda
from tests.server import Anaconda, Server

NAME = "שם ✓ é 漢"
CODE_PAGES = ("cp1252", "cp437", "cp932", "ascii")
# What each verb says about a world whose names have characters of many scripts.
COMMANDS = (
    ("login", "my-org", "--add-channel", "none", "--token-stdin"),
    ("list",),
    ("check",),
    ("explain", "my-org"),
    ("doctor",),
    ("channels", "list"),
    ("packages", "my-org"),
    ("whoami", "my-org"),
    ("token", "list"),
    ("token", "create", "--name", NAME, "--show"),
    ("share", "my-org/on-main", "--with", NAME),
    ("unshare", "my-org/on-main", "--with", NAME),
    ("make-private", f"my-org/{NAME}", "--dry-run"),
    ("move", "my-org/on-main", "--to", NAME, "--dry-run"),
    ("bundle", f"{NAME}.yml"),
    ("import", "--from", "anaconda-client"),
    ("export", "--to", "rattler", "my-org", "--dry-run"),
    ("run", "python", "-c", "print(1)"),
    ("helper", "--protocol", "git", "--for", "my-org"),
    ("logout", "my-org"),
)
_EXIT_CODES = range(8)


def say(conda: Conda, encoding: str, words: tuple[str, ...], stdin: str) -> tuple[int, str]:
    """Run ``conda private WORDS`` with pipes in this encoding; return the exit code and output."""
    done = subprocess.run(
        [conda.executable, "private", *words],
        input=stdin.encode(),
        env={**conda.environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=conda.folder,
        timeout=TIMEOUT,
        check=False,
    )
    text = done.stdout.decode(encoding)
    conda.seen += text
    return done.returncode, text


@pytest.fixture
def named(world: Anaconda, server: Server, conda: Conda) -> str:
    """A token with such a name, of an owner with an account."""
    owner = world.add_token("alice", scopes=["api:read", "api:write"], name="owner")
    world.bearers[owner] = "alice"
    give_account(conda, server.api, owner, name=NAME)
    conda.run("--version")  # writes conda's settings
    return world.add_token("alice", scopes=["conda:download"], name=NAME)


def is_fine(code: int, text: str) -> bool:
    """Whether a command ended as the documentation says."""
    return code in _EXIT_CODES and "unexpected error" not in text and "Traceback" not in text


def test_login_and_list_are_shown_in_ascii(conda: Conda, named: str) -> None:
    code, text = say(conda, "ascii", COMMANDS[0], f"\ufeff{named} \r\n")
    assert (code, "ok Logged in" in text) == (0, True), text
    code, text = say(conda, "ascii", ("list",), "")
    assert (code, "?? ? ? ?" in text) == (0, True), text


@pytest.mark.hard
@pytest.mark.parametrize("encoding", CODE_PAGES)
def test_every_verb_can_be_shown(conda: Conda, named: str, encoding: str) -> None:
    for words in COMMANDS:
        code, text = say(conda, encoding, words, named)
        assert is_fine(code, text), f"{words}: exit {code}\n{text}"


def test_no_verb_is_left_out() -> None:
    assert {words[0] for words in COMMANDS} == set(VERBS)
