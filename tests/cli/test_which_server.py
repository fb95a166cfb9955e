"""A name that can be on anaconda.com and on anaconda.org goes to neither server on a guess."""

from __future__ import annotations

import io
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda.base.context import reset_context

from conda_private.cli import arguments
from conda_private.cli.verbs import execute, parse
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, SecretInUrlError, UsageError
from tests.home import Home, home_in

NAME = "my-ns/my-channel"
COM = "https://repo.anaconda.cloud/repo/my-ns/my-channel"
ORG = "https://conda.anaconda.org/my-ns/label/my-channel"


class Terminal(io.StringIO):
    """A terminal at which a user has typed something."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A user with the usual ``channel_alias``, and no terminal."""
    with home_in(tmp_path) as home:
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        yield home
    reset_context(argparse_args={})


def address(*words: str) -> str:
    """The address of a command line where something is stored for it."""
    parsed, _ = parse(ArgumentParser(prog="conda private"), words, None)
    reset_context(argparse_args={"json": bool(parsed.json)})
    return str(arguments.address_from(parsed))


def own_address(*words: str) -> str:
    """The address of a command line where a login is looked up."""
    parsed, _ = parse(ArgumentParser(prog="conda private"), words, None)
    return str(arguments.own_address_from(parsed))


def test_program_gets_both_commands_and_exit_code_2() -> None:
    with pytest.raises(UsageError) as caught:
        address("login", NAME)
    assert caught.value.return_code == 2
    assert caught.value.next_step == (
        f"conda private login {NAME} --on anaconda.com\nor\n"
        f"conda private login {NAME} --on anaconda.org"
    )


@pytest.mark.parametrize(("server", "there"), [("anaconda.com", COM), ("anaconda.org", ORG)])
def test_option_says_which_server_is_meant(server: str, there: str) -> None:
    assert address("login", NAME, "--on", server) == there
    assert address("login", f"{NAME}/noarch", "--on", server) == there
    assert address("login", there, "--on", server) == there == address("login", there)


def test_names_without_a_second_meaning_are_as_before() -> None:
    for name in ("my-org", "my-org/label/dev", "My-Org/dev", f"{'n' * 64}/dev"):
        assert address("login", name) == f"https://conda.anaconda.org/{name}"
    assert address("login", "my-org", "--on", "anaconda.org").endswith("anaconda.org/my-org")
    labelled = address("login", "my-org/label/dev", "--on", "anaconda.org")
    assert labelled == "https://conda.anaconda.org/my-org/label/dev"


def test_other_settings_of_the_user_give_the_name_one_meaning(home: Home) -> None:
    home.condarc("custom_channels: {my-ns: 'https://conda.anaconda.org'}\n")
    assert address("login", NAME) == f"https://conda.anaconda.org/{NAME}"
    home.condarc("channel_alias: https://conda.example.org\n")
    assert address("login", NAME) == f"https://conda.example.org/{NAME}"


@pytest.mark.parametrize(("answer", "there"), [("1\n", COM), ("2\n", ORG)])
def test_terminal_is_asked(
    answer: str, there: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert address("login", NAME) == there
    shown = capsys.readouterr().err
    assert "1  the channel my-ns/my-channel on anaconda.com" in shown
    assert "2  the label my-channel of my-ns on anaconda.org" in shown


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_no_valid_answer_is_no_choice(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("1\n" if words else "3\n"))
    with pytest.raises(UsageError):
        address("login", NAME, *words)


def test_one_login_decides_where_a_login_is_looked_up(home: Home) -> None:
    with pytest.raises(UsageError):
        own_address("logout", NAME)
    home.log_in(ORG)
    assert own_address("logout", NAME) == ORG
    with pytest.raises(UsageError):
        address("login", NAME)
    home.log_in(COM)
    with pytest.raises(UsageError):
        own_address("logout", NAME)
    assert own_address("logout", NAME, "--on", "anaconda.com") == COM


def test_command_without_the_option_gets_both_addresses() -> None:
    with pytest.raises(UsageError) as caught:
        arguments.own_address(NAME, "check")
    assert caught.value.next_step == f"conda private check {COM}\nor\nconda private check {ORG}"
    parsed, _ = parse(ArgumentParser(), ["token", "create", "--for", NAME], None)
    with pytest.raises(UsageError) as caught:
        execute(parsed)
    assert f"conda private token create --for {COM}" in caught.value.next_step


@pytest.mark.parametrize("name", ["my-ns", "My-Ns/my-channel", "my-ns/1st", "my-ns/a/b"])
def test_name_that_anaconda_com_does_not_allow_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        address("login", name, "--on", "anaconda.com")
    assert "not the name of a channel on anaconda.com" in caught.value.what
    assert "my-namespace/my-channel --on anaconda.com" in caught.value.next_step


def test_address_on_another_server_contradicts_the_option() -> None:
    for there, server in ((COM, "anaconda.org"), (ORG, "anaconda.com")):
        with pytest.raises(UsageError) as caught:
            address("login", there, "--on", server)
        assert caught.value.next_step == f"conda private login {there}"
    with pytest.raises(SecretInUrlError):
        address("login", "https://conda.anaconda.org/t/s3cr3t/my-ns", "--on", "anaconda.org")
    with pytest.raises(AddressError):
        address("login", "my ns/dev", "--on", "anaconda.org")


def test_namespace_has_up_to_63_characters() -> None:
    name = "n" * 63 + "/dev"
    there = Address.parse(f"https://repo.anaconda.cloud/repo/{name}")
    assert address("login", name, "--on", "anaconda.com") == str(there)
