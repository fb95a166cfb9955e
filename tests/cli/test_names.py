"""Every verb reads a channel in one way, and says what differs in this shell or in its case."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from conda.base.context import reset_context
from conda.exceptions import CondaHTTPError

from conda_private.actions.explain import explain
from conda_private.cli.owners import package_from
from conda_private.cli.report import other_case
from conda_private.cli.verbs import execute, parse
from conda_private.conda_config.channel_settings import patterns
from conda_private.conda_config.index_cache import stems
from conda_private.files.team_file import read
from conda_private.handler.hints import advice
from conda_private.handler.namesakes import refuse_namesakes
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AddressError,
    FileFormatError,
    NotLoggedInError,
    SecretInUrlError,
    UsageError,
)
from conda_private.model.login import Login, find_login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import FILE
from tests.home import Home, home_in

HOST = "https://conda.example.org"
EVIL = "https://evil.example"
MINE = Address.parse(f"{HOST}/my-org")
LOGIN = Login(MINE, TOKEN, FILE)
BLANK = Address.parse(f"{HOST}/My%20Project")


def run(*words: str) -> None:
    """Parse and run a command in this process."""
    parsed, _ = parse(ArgumentParser(prog="conda private"), words, None)
    execute(parsed)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A user with a login for my-org; the shell has another ``channel_alias``."""
    with home_in(tmp_path) as home, pytest.MonkeyPatch.context() as patch:
        home.condarc(f"channel_alias: {HOST}\n")
        home.log_in(str(MINE))
        patch.setenv("CONDA_CHANNEL_ALIAS", EVIL)
        reset_context()
        yield home


@pytest.mark.parametrize(
    "words",
    [
        ("login",),
        ("logout",),
        ("check",),
        ("explain",),
        ("packages",),
        ("channels", "add"),
        ("token", "rotate"),
        ("token", "create", "--for"),
        ("run", "--for"),
    ],
)
def test_no_verb_repeats_a_password(words: tuple[str, ...], home: Home) -> None:
    others = ("pip",) if words[0] == "run" else ()
    with pytest.raises(SecretInUrlError) as caught:
        run(*words, "alice:s3cr3t@conda.example.org/x", *others)
    shown = f"{caught.value} {caught.value.dump_map()}"
    assert "s3cr3t" not in shown
    assert "alice" not in shown
    assert "https://conda.example.org/x" in shown


@pytest.mark.parametrize("words", [("login",), ("channels", "add"), ("token", "create", "--for")])
def test_verb_that_stores_something_stops_where_this_shell_disagrees(
    words: tuple[str, ...], home: Home
) -> None:
    with pytest.raises(AddressError) as caught:
        run(*words, "my-org")
    assert f"conda private {' '.join(words)} {MINE}\n" in caught.value.next_step


def test_verb_that_looks_up_a_login_finds_it_and_says_what_conda_does_here(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    run("logout", "my-org", "--dry-run")
    shown = capsys.readouterr()
    assert f"Would log out of {MINE}" in shown.out
    assert f"conda uses {EVIL}/my-org instead, because of CONDA_CHANNEL_ALIAS." in shown.err


def test_explain_shows_the_request_of_this_shell_and_the_address_of_a_login(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    run("explain", "my-org")
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"In this shell, my-org is {EVIL}/my-org, because of CONDA_CHANNEL_ALIAS."
        f" A login for my-org is for {MINE}.",
        f"No login covers {EVIL}/my-org; conda handles the request as it would without"
        " conda-private.",
    ]
    run("explain", "https://anaconda.org/my-org/hello")
    assert "No login covers https://conda.anaconda.org/my-org;" in capsys.readouterr().out


def test_surplus_word_may_be_a_label(capsys: pytest.CaptureFixture[str]) -> None:
    for word, shown in (("dev", "dev"), ("s3cr3t", "LABEL")):
        with pytest.raises(SystemExit):
            run("login", "my-org", word)
        error = capsys.readouterr().err
        assert f"did you mean --label {shown}?" in error
        assert "s3cr3t" not in error
    with pytest.raises(SystemExit):
        run("login", "my-org", "--label", "dev", "s3cr3t")
    assert "did you mean" not in capsys.readouterr().err


def _package(text: str) -> tuple[str, str]:
    return package_from(Namespace(private_package=text, private_verb="share"), "--with USER")


@pytest.mark.parametrize(
    "text",
    [
        "my-org/hello",
        "my-org::hello",
        "anaconda.org/my-org/hello",
        "https://anaconda.org/my-org/hello/files",
    ],
)
def test_package_of_an_owner_is_understood(text: str) -> None:
    assert _package(text) == ("my-org", "hello")


def test_owner_with_a_dot_is_no_host() -> None:
    assert _package("my.org/noarch") == ("my.org", "noarch")


@pytest.mark.parametrize(
    "text", ["my-org", "alice:s3cr3t@host/x", "host:8443/x", "a/b/c", "a::b=1 "]
)
def test_package_without_its_owner_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        _package(text)
    assert "s3cr3t" not in str(caught.value)
    assert "OWNER/PACKAGE" in caught.value.cause


def _team(file: Path, address: str) -> Path:
    file.write_text(json.dumps({"logins": [{"address": address}]}))
    return file


def test_address_in_a_team_file_is_read_as_in_a_command(tmp_path: Path) -> None:
    page = _team(tmp_path / "team.json", "https://anaconda.org/my-org")
    assert str(read(page)[0].address) == "https://conda.anaconda.org/my-org"
    index = _team(tmp_path / "team.json", f"{HOST}/my-org/noarch/repodata.json")
    assert read(index)[0].address == MINE
    for text in ("my-org", "anaconda.org/my-org", "https://alice:s3cr3t@conda.example.org/x"):
        with pytest.raises(FileFormatError) as caught:
            read(_team(tmp_path / "team.json", text))
        assert "must be a complete URL" in caught.value.cause
        assert "s3cr3t" not in str(caught.value)


def test_login_in_another_case_is_named_where_one_is_looked_up() -> None:
    with pytest.raises(NotLoggedInError) as caught:
        find_login(Address.parse(f"{HOST}/My-Org"), [LOGIN])
    assert f"The login for {MINE} differs in upper and lower case only." in caught.value.cause
    assert caught.value.next_step == f"repeat the command with  {MINE}"
    with pytest.raises(NotLoggedInError) as caught:
        find_login(Address.parse(f"{HOST}/My-Org/label/dev"), [LOGIN])
    assert caught.value.next_step == f"conda private login {HOST}/My-Org/label/dev"


def test_explanation_names_the_case_as_the_only_difference() -> None:
    (found,) = explain(f"{HOST}/MY-org/noarch/repodata.json", [LOGIN])
    assert found.why == "differs in upper and lower case; to conda, these are two channels"
    (found,) = explain(f"{HOST}/my-org2", [LOGIN])
    assert found.why == "another channel or label on the same host"


def test_hint_names_the_login_in_another_case() -> None:
    error = CondaHTTPError("", f"{HOST}/My-Org/noarch/repodata.json", 403, "Forbidden", "-")
    (found,) = advice(error, lambda url: None, lambda: [LOGIN])
    assert f"Your login for {MINE} is not for {HOST}/My-Org" in found.text
    (found,) = advice(error, lambda url: None, tuple)
    assert "Your login" not in found.text


def test_report_names_the_channels_in_another_case() -> None:
    assert other_case(MINE, []) == ""
    assert other_case(MINE, ["A"]).startswith(f"A differs from {MINE} in upper and lower case")
    assert other_case(MINE, ["A", "B"]).startswith(f"A, B differ from {MINE} ")


def test_blank_has_both_spellings_wherever_conda_has_a_text() -> None:
    texts = (f"{HOST}/My%20Project", f"{HOST}/My Project")
    assert patterns([BLANK]) == tuple(each for text in texts for each in (text, f"{text}/*"))
    assert len(stems(BLANK, "noarch")) == 2 * len(stems(MINE, "noarch"))
    error = CondaHTTPError("", f"{texts[1]}/noarch/repodata.json", 403, "Forbidden", "-")
    (found,) = advice(error, lambda url: None)
    assert found.text.endswith(f"conda private login {texts[0]}")


def test_package_of_a_channel_with_a_blank_is_no_namesake() -> None:
    base = f"{HOST}/My Project"
    channel = SimpleNamespace(canonical_name="My Project", base_url=base)
    record = SimpleNamespace(name="hello", url=f"{base}/noarch/hello-1-0.conda", channel=channel)
    names = SimpleNamespace(knows="hello".__eq__, knows_in_part="other".__eq__)
    refuse_namesakes([record], [(Login(BLANK, TOKEN, FILE), names)])  # type: ignore[list-item]
