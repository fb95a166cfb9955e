"""A team's list of logins: what it may say, and that it can neither hold nor hide anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conda_private.cli.report import entry
from conda_private.files.team_file import MAX_SIZE, Proposed, read
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import FileFormatError
from conda_private.model.login import Login
from conda_private.model.schemes import BEARER, BasicScheme

CANARY = "ca-nary-p1"
URL = "https://conda.example.org/private"
SCOPE = ChannelUrl.parse(URL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The team's file."""
    return tmp_path / "team.yml"


def refused(file: Path, text: str) -> str:
    """The words by which a text is refused."""
    file.write_text(text)
    with pytest.raises(FileFormatError) as caught:
        read(file)
    assert str(file) in caught.value.what
    assert "list --json" in caught.value.next_step
    return str(caught.value)


def test_channel_alone_is_a_proposal(file: Path) -> None:
    file.write_text(f"credentials:\n- scope: {URL}\n")
    assert read(file) == (Proposed(SCOPE),)


def test_everything_that_a_proposal_can_say_is_read(file: Path) -> None:
    file.write_text(
        f"credentials:\n- scope: {URL}\n  source: env:MY_TOKEN\n  scheme: basic\n"
        "  username: alice\n  api: https://api.example.org\n  add_channel: none\n"
        "  allow_http: true\n"
    )
    wanted = Proposed(
        SCOPE, "env:MY_TOKEN", "basic", "alice", "https://api.example.org", "none", True
    )
    assert read(file) == (wanted,)


@pytest.mark.parametrize(
    "source",
    ["keyring", "file", "env:MY_TOKEN", "secret-file:/run/secrets/a", "helper:pass",
     "helper-store:pass"],
)  # fmt: skip
def test_what_list_prints_can_be_proposed(file: Path, source: str) -> None:
    login = Login(
        SCOPE,
        BasicScheme("alice"),
        source,
        account="alice",
        note="laptop",
        expires="2027-03-01T00:00:00+00:00",
        verified="2026-03-01T00:00:00+00:00",
        api="https://api.example.org",
        channel="private",
        condarc="/home/alice/.condarc",
    )
    bare = Login(ChannelUrl.parse("https://a.example/b"), BEARER, "keyring")
    file.write_text(json.dumps({"credentials": [entry(login), entry(bare, from_system=True)]}))
    first, second = read(file)
    assert (first.scope, first.source, first.scheme, first.username) == (
        SCOPE,
        source,
        "basic",
        "alice",
    )
    assert second == Proposed(bare.scope, "keyring", "bearer")


def test_empty_list_proposes_nothing(file: Path) -> None:
    file.write_text("credentials: []\n")
    assert read(file) == ()


@pytest.mark.parametrize("key", ["token", "password", "secret", "Scope"])
def test_unknown_key_is_named_and_its_value_is_not(file: Path, key: str) -> None:
    words = refused(file, f"credentials:\n- scope: {URL}\n  {key}: {CANARY}\n")
    assert f"'{key}'" in words
    assert CANARY not in words


@pytest.mark.parametrize(
    "scope",
    ["private", "my-org/label/dev", f"https://alice:{CANARY}@conda.example.org/private",
     f"https://conda.example.org/t/{CANARY}/private", "https://*", "https://conda.example.org/*",
     "https://conda.example.org/a/../b", "file:///tmp/x", "${HOME}", "[a]", "{a: b}", "3"],
)  # fmt: skip
def test_scope_that_is_no_absolute_address_is_refused(file: Path, scope: str) -> None:
    words = refused(file, f"credentials:\n- scope: {scope}\n")
    assert CANARY not in words


@pytest.mark.parametrize(
    "more",
    ["source: memory", "source: CANARY", "source: system", "add_channel: first",
     "source: [env]", "username: [alice]", "username: {a: b}", "api: [https://a.example]"],
)  # fmt: skip
def test_value_that_cannot_be_is_refused(file: Path, more: str) -> None:
    assert "CANARY" not in refused(file, f"credentials:\n- scope: {URL}\n  {more}\n")


@pytest.mark.parametrize("key", ["source", "username", "scheme", "api"])
@pytest.mark.parametrize("odd", [r"\e[1A\e[2K", r"\n", r"\r", r"\u202e", r"\0", r"\u009b"])
def test_text_that_could_hide_a_line_of_the_question_is_refused(
    file: Path, key: str, odd: str
) -> None:
    value = {"source": "secret-file:/run/x", "scheme": "token"}.get(key, "https://a.example")
    words = refused(file, f'credentials:\n- scope: {URL}\n  {key}: "{value}{odd}y"\n')
    assert "\x1b" not in words


@pytest.mark.parametrize("value", ["'yes'", "1", "'true'", "[true]", "null", "false"])
def test_plain_http_is_allowed_by_true_alone(file: Path, value: str) -> None:
    file.write_text(f"credentials:\n- scope: {URL}\n  allow_http: {value}\n")
    assert read(file)[0].allow_http is False


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "a: b", "credentials: 3", "credentials: text", "credentials: [text]",
     "credentials: [null]", "credentials: {a: b}", "credentials:\n- source: file", "{", "\t",
     "a: *b", "credentials: !!python/name:os.system", "\0", "- [", "credentials: [{1: 2}]",
     "a: 1\na: 2\ncredentials: []"],
    ids=repr,
)  # fmt: skip
def test_text_that_is_no_list_of_logins_is_refused(file: Path, text: str) -> None:
    refused(file, text)


def test_deep_nesting_is_refused_like_any_other_rubbish(file: Path) -> None:
    refused(file, "[" * 20_000)


def test_file_that_is_too_long_is_refused_and_not_read_in_part(file: Path) -> None:
    first = f"credentials:\n- scope: {URL}\n"
    refused(file, first + "#" * MAX_SIZE + f"\n- scope: {URL}2\n")


def test_file_that_is_missing_or_a_folder_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(FileFormatError) as caught:
            read(path)
        assert str(path) in caught.value.what
        assert caught.value.cause in ("Is a directory.", "No such file or directory.")
