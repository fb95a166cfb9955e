"""A team's file of logins: its keys and values, and that it can neither hold nor hide a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conda_private.cli.report import entry
from conda_private.files.team_file import MAX_SIZE, TeamFile, read, read_for_package
from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.schemes import BEARER, BasicScheme
from conda_private.model.source import KEYRING, Source

CANARY = "ca-nary-p1"
URL = "https://conda.example.org/private"
ADDRESS = Address.parse(URL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The team's file."""
    return tmp_path / "team.yml"


def refused(file: Path, text: str) -> str:
    """The error that refuses a text."""
    file.write_text(text)
    with pytest.raises(FileFormatError) as caught:
        read(file)
    assert str(file) in caught.value.what
    assert "list --json" in caught.value.next_step
    return str(caught.value)


def test_channel_alone_is_a_proposal(file: Path) -> None:
    file.write_text(f"logins:\n- address: {URL}\n")
    assert read(file) == (LoginRequest.to(ADDRESS),)


def test_every_key_of_a_proposal_is_read(file: Path) -> None:
    file.write_text(
        f"logins:\n- address: {URL}\n  source: env:MY_TOKEN\n  scheme: basic\n"
        "  username: alice\n  api: https://api.example.org\n  add_channel: none\n"
        "  allow_http: true\n"
    )
    wanted = LoginRequest.to(
        ADDRESS,
        scheme="basic",
        username="alice",
        api=Address.parse("https://api.example.org"),
        source=Source("env", "MY_TOKEN"),
        position="none",
        position_is_certain=True,
        allow_http=True,
    )
    assert read(file) == (wanted,)
    assert (wanted.schemes, wanted.user) == ((BasicScheme("alice"),), "")


@pytest.mark.parametrize(
    "source",
    ["keyring", "file", "env:MY_TOKEN", "secret-file:/run/secrets/a", "helper:pass",
     "helper-store:pass"],
)  # fmt: skip
def test_output_of_list_can_be_proposed(file: Path, source: str) -> None:
    login = Login(
        ADDRESS,
        BasicScheme("alice"),
        Source.parse(source),
        account="alice",
        token_name="laptop",
        expires="2027-03-01T00:00:00+00:00",
        verified="2026-03-01T00:00:00+00:00",
        api=Address.parse("https://api.example.org"),
        listed_as="private",
        listed_in="/home/alice/.condarc",
    )
    bare = Login(Address.parse("https://a.example/b"), BEARER, KEYRING)
    rows = [{**each, "hidden_by": [], "instead_of": {}} for each in (entry(login), entry(bare))]
    file.write_text(json.dumps({"logins": rows, "takes_over": []}))
    first, second = read(file)
    assert first == LoginRequest.to(
        ADDRESS, scheme="basic", username="alice", api=login.api, source=Source.parse(source)
    )
    assert second == LoginRequest.to(bare.address, scheme="bearer", source=KEYRING)


def test_empty_list_proposes_nothing(file: Path) -> None:
    file.write_text("logins: []\n")
    assert read(file) == ()


@pytest.mark.parametrize("key", ["token", "password", "secret", "scope", "Address"])
def test_unknown_key_is_named_and_its_value_is_not(file: Path, key: str) -> None:
    words = refused(file, f"logins:\n- address: {URL}\n  {key}: {CANARY}\n")
    assert f"'{key}'" in words
    assert CANARY not in words


@pytest.mark.parametrize(
    "address",
    ["private", "my-org/label/dev", f"https://alice:{CANARY}@conda.example.org/private",
     f"https://conda.example.org/t/{CANARY}/private", "https://*", "https://conda.example.org/*",
     "https://conda.example.org/a/../b", "file:///tmp/x", "${HOME}", "[a]", "{a: b}", "3"],
)  # fmt: skip
def test_address_that_is_not_an_absolute_url_is_refused(file: Path, address: str) -> None:
    words = refused(file, f"logins:\n- address: {address}\n")
    assert CANARY not in words


@pytest.mark.parametrize(
    "more",
    ["source: memory", "source: CANARY", "source: system", "source: env", "source: keyring:x",
     "source: anaconda-client", "scheme: CANARY", "scheme: CANARY\n  username: alice",
     "scheme: basic", "username: 'a:b'", "add_channel: CANARY",
     "api: api.example.org", "add_channel: first",
     "source: [env]", "username: [alice]", "username: {a: b}", "api: [https://a.example]"],
)  # fmt: skip
def test_invalid_value_is_refused(file: Path, more: str) -> None:
    assert "CANARY" not in refused(file, f"logins:\n- address: {URL}\n  {more}\n")


@pytest.mark.parametrize("key", ["source", "username", "scheme", "api"])
@pytest.mark.parametrize("odd", [r"\e[1A\e[2K", r"\n", r"\r", r"\u202e", r"\0", r"\u009b"])
def test_text_that_could_hide_a_line_of_the_question_is_refused(
    file: Path, key: str, odd: str
) -> None:
    value = {"source": "secret-file:/run/x", "scheme": "token"}.get(key, "https://a.example")
    words = refused(file, f'logins:\n- address: {URL}\n  {key}: "{value}{odd}y"\n')
    assert "\x1b" not in words


@pytest.mark.parametrize("value", ["'yes'", "1", "'true'", "[true]", "null", "false"])
def test_plain_http_is_allowed_by_true_alone(file: Path, value: str) -> None:
    file.write_text(f"logins:\n- address: {URL}\n  allow_http: {value}\n")
    assert read(file)[0].allow_http is False


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "a: b", "logins: 3", "logins: text", "logins: [text]",
     "logins: [null]", "logins: {a: b}", "logins:\n- source: file", "{", "\t",
     "a: *b", "logins: !!python/name:os.system", "\0", "- [", "logins: [{1: 2}]",
     "a: 1\na: 2\nlogins: []"],
    ids=repr,
)  # fmt: skip
def test_text_that_is_not_a_list_of_logins_is_refused(file: Path, text: str) -> None:
    refused(file, text)


def test_deep_nesting_is_refused(file: Path) -> None:
    refused(file, "[" * 20_000)


def test_file_that_is_too_long_is_refused_and_not_read_in_part(file: Path) -> None:
    first = f"logins:\n- address: {URL}\n"
    refused(file, first + "#" * MAX_SIZE + f"\n- address: {URL}2\n")


def test_file_that_is_missing_or_a_folder_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(FileFormatError) as caught:
            read(path)
        assert str(path) in caught.value.what
        assert caught.value.cause in ("Is a directory.", "No such file or directory.")


def test_host_is_not_added_to_the_channel_list(file: Path) -> None:
    file.write_text("logins:\n- address: https://conda.example.org\n")
    (request,) = read(file)
    assert request.position == "none"


def test_user_name_for_a_server_with_an_api_is_a_password_to_exchange(file: Path) -> None:
    file.write_text("logins:\n- address: https://conda.anaconda.org/my-org\n  username: alice\n")
    (request,) = read(file)
    assert request.user == "alice"
    assert not request.takes_password


def test_list_with_the_names_of_version_1_is_refused(file: Path) -> None:
    refused(file, f"credentials:\n- scope: {URL}\n")


def test_file_for_a_package_has_the_channels_too(file: Path) -> None:
    file.write_text(
        f"# A comment is not copied: {CANARY}\nlogins:\n- address: {URL}/\n  source: env:MY_TOKEN\n"
        f"channels: [{URL}, my-org/label/dev, conda-forge]\n"
        f"channel_settings:\n- {{channel: '{URL}/*', auth: conda-private}}\n"
    )
    assert read(file) == (LoginRequest.to(ADDRESS, source=Source("env", "MY_TOKEN")),)
    settings = {
        "channels": [URL, "my-org/label/dev", "conda-forge"],
        "channel_settings": [{"channel": f"{URL}/*", "auth": "conda-private"}],
    }
    proposals = ({"address": URL, "source": "env:MY_TOKEN"},)
    assert read_for_package(file) == TeamFile(proposals, settings)


def test_file_for_a_package_has_nothing_about_a_person(file: Path) -> None:
    login = Login(ADDRESS, BEARER, KEYRING, account="alice", token_name="laptop")
    file.write_text(json.dumps({"logins": [entry(login)]}))
    (proposal,) = read_for_package(file).proposals
    assert proposal == {
        "address": URL,
        "source": "keyring",
        "scheme": "bearer",
        "allow_http": False,
    }


def test_file_with_channels_alone_is_enough_for_a_package(file: Path) -> None:
    file.write_text("channels: [conda-forge]\n")
    assert read_for_package(file) == TeamFile((), {"channels": ["conda-forge"]})


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "logins: []", "channels: []", "logins: 3", "channels: 3", "channels: [3]",
     "channels: [[a]]", f"channels: [https://alice:{CANARY}@a.example/b]",
     f"channels: [https://a.example/t/{CANARY}/b]", f"channels: [t/{CANARY}/b]",
     f"channels: ['alice:{CANARY}@b c']", "channels: ['${TOKEN}']", "channels: [file:///tmp]",
     "channels: [../a]", "channels: ['']", f"token: {CANARY}\nchannels: [a]",
     f"logins:\n- address: {URL}\n  token: {CANARY}", "channel_settings: [a]",
     "channel_settings: [{channel: a}]", "channel_settings: [{channel: a, auth: [b]}]",
     "channel_settings: [{channel: a, auth: 'b c'}]", "channel_settings: [{channel: 3, auth: b}]",
     f"channel_settings: [{{channel: a, auth: b, token: {CANARY}}}]",
     "channel_settings: [{channel: '*', auth: b}]", "channel_settings: [{channel: 'a*', auth: b}]",
     f"channel_settings: [{{channel: 'https://a.example/t/{CANARY}/*', auth: b}}]"],
)  # fmt: skip
def test_file_that_is_not_fit_for_a_package_is_refused(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(FileFormatError) as caught:
        read_for_package(file)
    assert str(file) in caught.value.what
    assert CANARY not in str(caught.value)
