"""A code page that lacks a character: it is replaced, and no command fails because of it."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda.cli.main import main

from conda_private.cli.verbs import VERBS
from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.login import Account
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.home import CANARY, Home, home_in

CODE_PAGES = ("cp1252", "cp437", "cp932", "ascii")
CHANNEL = "https://conda.example.org/my-org"
NAME = "שם ✓ é 漢"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A user with a login and an account whose names have characters of many scripts."""
    with home_in(tmp_path) as home:
        login = home.log_in(CHANNEL)
        machine.records().add(login._replace(account=NAME, token_name=NAME))
        account = Account(Address.parse("https://api.example.org"), FILE, user=NAME)
        machine.records().add_account(account)
        yield home


class _Piped:
    """Runs commands whose output is piped, in an encoding that Python takes seriously."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
        self._patch, self._encoding = monkeypatch, encoding

    def run(self, *words: str, stdin: bytes = b"") -> str:
        """Run ``conda private WORDS``; return what it printed."""
        out = io.BytesIO()
        stdout = io.TextIOWrapper(out, self._encoding, errors="strict")
        stderr = io.TextIOWrapper(out, self._encoding, errors="strict")
        stdin_text = io.TextIOWrapper(io.BytesIO(stdin), self._encoding)
        for name, stream in (("stdout", stdout), ("stderr", stderr), ("stdin", stdin_text)):
            self._patch.setattr(sys, name, stream)
        with contextlib.suppress(SystemExit):  # of argparse, after the help
            main("private", *words)
        stdout.flush()
        stderr.flush()
        return out.getvalue().decode(self._encoding)


@pytest.fixture(params=CODE_PAGES)
def piped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> _Piped:
    """The commands of a user with this code page."""
    return _Piped(monkeypatch, request.param)


def test_listing_replaces_what_cannot_be_shown(home: Home, piped: _Piped) -> None:
    said = piped.run("list")
    assert CHANNEL in said
    assert " ? " in said
    assert "unexpected error" not in said


@pytest.mark.parametrize("words", [("explain", CHANNEL), ("channels", "list"), ("logout", "--all")])
def test_report_replaces_what_cannot_be_shown(
    home: Home, piped: _Piped, words: tuple[str, ...]
) -> None:
    said = piped.run(*words)
    assert said
    assert "unexpected error" not in said


@pytest.mark.parametrize("verb", VERBS)
def test_help_needs_no_character_outside_ascii(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "usage:" in _Piped(monkeypatch, "ascii").run(verb, "--help")


def test_token_with_the_mark_and_the_blank_of_a_shell_is_stored_without_them(
    home: Home, piped: _Piped
) -> None:
    words = ("login", CHANNEL, "--storage", "file", "--no-verify", "--add-channel", "none")
    for text in (f"\ufeff{CANARY}1 \r\n".encode(), f"\ufeff{CANARY}1\r\n".encode("utf-16-le")):
        piped.run("logout", CHANNEL)
        piped.run(*words, "--token-stdin", stdin=text)
        stored = machine.open_store(FILE).get(Address.parse(CHANNEL))
        assert stored == Secret(f"{CANARY}1")
