"""``token show`` prints the credential of a login where it was asked for, and nowhere else."""

from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda.base.context import reset_context

from conda_private.cli.verbs import execute, parse
from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, NotLoggedInError, UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import Source
from tests.home import CANARY, Home, home_in

ADDRESS = "https://conda.example.org/my-org"
Out = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """The screen of a user."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A user with one login."""
    with home_in(tmp_path) as home:
        home.log_in(ADDRESS)
        yield home
        reset_context()


def show(*words: str) -> None:
    """Run ``conda private token show``; it must work."""
    parsed, _ = parse(ArgumentParser(prog="conda private"), ["token", "show", *words], None)
    reset_context(argparse_args={"json": bool(parsed.json)})
    assert execute(parsed) == 0


def test_credential_is_alone_on_standard_output(home: Home, capsys: Out) -> None:
    show(ADDRESS)
    out, err = capsys.readouterr()
    assert out == f"{CANARY}\n"
    assert err.startswith(f"The credential for {ADDRESS}.")
    assert CANARY not in err
    show(ADDRESS, "--json")
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"token": CANARY}, "")


def test_terminal_shows_it_only_on_request_and_both_hints_work(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    with pytest.raises(UsageError, match="was not printed") as caught:
        show(ADDRESS)
    assert screen.getvalue() == ""
    piped, seen = str(caught.value.next_step).splitlines()
    assert piped == f"conda private token show {ADDRESS} | PROGRAM"
    assert seen.endswith(f"conda private token show {ADDRESS} --yes")
    show(ADDRESS, "--yes")
    assert screen.getvalue() == f"{CANARY}\n"


def test_dry_run_reads_no_credential(home: Home, capsys: Out) -> None:
    home.log_in(f"{ADDRESS}/label/dev", secret="")
    show(ADDRESS, "--label", "dev", "--dry-run")
    assert capsys.readouterr().out == f"Would print the credential for {ADDRESS}/label/dev\n"


def test_credential_of_a_variable_is_read_when_it_is_asked_for(
    home: Home, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = Address.parse(f"{ADDRESS}/other")
    machine.records().add(Login(address, TOKEN, Source("env", "OTHER_TOKEN")))
    with pytest.raises(CredentialMissingError, match="OTHER_TOKEN"):
        show(str(address))
    monkeypatch.setenv("OTHER_TOKEN", "another-value")
    machine.resolver.cache_clear()
    show(str(address))
    assert capsys.readouterr().out == "another-value\n"


def test_channel_without_a_login_is_an_error_and_its_neighbor_is_not_shown(
    home: Home, capsys: Out
) -> None:
    with pytest.raises(NotLoggedInError):
        show(f"{ADDRESS}/label/dev")
    assert capsys.readouterr().out == ""
