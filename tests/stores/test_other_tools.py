"""What anaconda-auth and conda-auth have stored: their forms, and what cannot be read."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError, StoreError
from conda_private.model.secret import Secret, SecretText
from conda_private.stores import anaconda_auth
from conda_private.stores.conda_auth import BASIC, TOKEN, Entry, credentials
from conda_private.stores.others import Found, ReadItem
from tests.model.test_dumps import variables_of

CANARY = "ca-nary-o5"
MAIN = Address.parse("https://repo.anaconda.cloud/repo/main")
MY_ORG = Address.parse("https://repo.anaconda.cloud/repo/my-org")
SITE = Address.parse("https://anaconda.example.org/repo/my-org")
CHANNEL = Address.parse("https://conda.example.org/my-org")
Items = dict[tuple[str, str], str]


def encoded(record: object) -> str:
    """A record as anaconda-auth stores it."""
    return base64.b64encode(json.dumps(record).encode()).decode()


def item_of(items: Items) -> ReadItem:
    """Reads the items of a keyring."""
    hidden = {key: SecretText(value) for key, value in items.items()}
    return lambda service, user: hidden.get((service, user))


def empty(service: str, user: str) -> SecretText | None:
    """A keyring without items."""
    return None


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes the file of anaconda-auth."""
    path = tmp_path / "keyring"
    monkeypatch.setenv("ANACONDA_AUTH_KEYRING_PATH", str(path))

    def put(text: str) -> Path:
        path.write_text(text)
        return path

    return put


def stored(write: Callable[[str], Path], **records: object) -> list[anaconda_auth.Record]:
    """The records of a file, by domain."""
    domains = {name.replace("_", "."): encoded(record) for name, record in records.items()}
    write(json.dumps({"Anaconda Cloud": domains, "other": {}}))
    return list(anaconda_auth.records(empty))


@pytest.mark.usefixtures("write")
def test_without_a_file_there_is_nothing() -> None:
    assert list(anaconda_auth.records(empty)) == []


def test_empty_file_has_nothing(write: Callable[[str], Path]) -> None:
    write("")
    assert list(anaconda_auth.records(empty)) == []
    write('{"other": {}}')
    assert list(anaconda_auth.records(empty)) == []


def test_file_is_in_the_home_unless_a_variable_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANACONDA_AUTH_KEYRING_PATH", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert anaconda_auth.file() == tmp_path / ".anaconda" / "keyring"
    monkeypatch.setenv("ANACONDA_AUTH_KEYRING_PATH", "~/elsewhere")
    assert anaconda_auth.file() == tmp_path / "elsewhere"


@pytest.mark.parametrize("domain", ["anaconda_com", "id_anaconda_cloud", "anaconda_cloud"])
def test_api_key_comes_before_the_token_of_the_organization(
    write: Callable[[str], Path], domain: str
) -> None:
    tokens = [{"org_name": "other", "token": "t-1"}, {"org_name": "my-org", "token": "t-2"}]
    record = {"domain": "anaconda.com", "api_key": CANARY, "username": "a", "repo_tokens": tokens}
    (only,) = stored(write, **{domain: record})
    assert [(each.secret.reveal(), each.scheme) for each in only.credentials(MY_ORG)] == [
        (CANARY, "bearer"),
        ("t-2", "token"),
    ]
    # For Anaconda's own channels, the token of any organization will do.
    assert [each.secret.reveal() for each in only.credentials(MAIN)] == [CANARY, "t-1"]
    assert only.credentials(SITE) == []
    assert list(only.channels()) == [MAIN._replace(path=("repo", "other")), MY_ORG]


def test_token_alone_is_found_and_a_site_of_an_organization(write: Callable[[str], Path]) -> None:
    cloud, site = stored(
        write,
        anaconda_com={"repo_tokens": [{"org_name": None, "token": CANARY}]},
        anaconda_example_org={"api_key": "key", "repo_tokens": None},
    )
    assert [each.secret for each in cloud.credentials(MY_ORG)] == [Secret(CANARY)]
    assert list(cloud.channels()) == []
    assert [each.scheme for each in site.credentials(SITE)] == ["bearer"]
    assert (site.credentials(MAIN), list(site.channels())) == ([], [])
    assert "the file " in cloud.credentials(MAIN)[0].where


@pytest.mark.usefixtures("write")
def test_keyring_is_asked_if_the_file_has_nothing() -> None:
    items = {("Anaconda Cloud", "id.anaconda.cloud"): encoded({"api_key": CANARY})}
    (record,) = anaconda_auth.records(item_of(items))
    (found,) = record.credentials(MAIN)
    assert found.secret == Secret(CANARY)
    assert found.where == "the keyring, service Anaconda Cloud"


def test_keyring_is_not_asked_if_the_file_has_the_domain(write: Callable[[str], Path]) -> None:
    write(json.dumps({"Anaconda Cloud": {"anaconda.com": encoded({"api_key": CANARY})}}))

    def locked(service: str, user: str) -> SecretText | None:
        raise AssertionError("asked")

    assert len(list(anaconda_auth.records(locked))) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{{{CANARY}",
        f'["{CANARY}"]',
        f'{{"Anaconda Cloud": ["{CANARY}"]}}',
        f'{{"Anaconda Cloud": {{"anaconda.com": "{CANARY}"}}}}',
        json.dumps({"Anaconda Cloud": {"anaconda.com": encoded([CANARY])}}),
        json.dumps({"Anaconda Cloud": {"anaconda.com": encoded({"repo_tokens": [CANARY]})}}),
        json.dumps({"Anaconda Cloud": {"anaconda.com": encoded({"repo_tokens": CANARY})}}),
        json.dumps({"Anaconda Cloud": {"anaconda.com": encoded({"repo_tokens": [{}]})}}),
        json.dumps({"Anaconda Cloud": {"anaconda.com": encoded({"repo_tokens": 3})}}),
        json.dumps({"Anaconda Cloud": {"anaconda.com": encoded({"api_key": f"{CANARY}\n\nx"})}}),
    ],
)
def test_record_of_another_form_is_an_error_that_does_not_repeat_it(
    write: Callable[[str], Path], text: str
) -> None:
    path = write(text)
    with pytest.raises(FileFormatError) as caught:
        [record.credentials(MAIN) for record in anaconda_auth.records(empty)]
    error = caught.value
    assert str(path) in error.what
    assert CANARY not in f"{error} {error.__dict__!r} {error.__cause__!r} {error.__context__!r}"


def test_no_error_has_a_credential_in_a_dump_of_its_variables(write: Callable[[str], Path]) -> None:
    record = {"api_key": f"{CANARY}\n\nx", "repo_tokens": [{"org_name": "x", "token": CANARY}]}
    for text in (f"{{{CANARY}", json.dumps({"Anaconda Cloud": {"anaconda.com": encoded(record)}})):
        write(text)
        with pytest.raises(FileFormatError) as caught:
            [record.credentials(MAIN) for record in anaconda_auth.records(empty)]
        shown = variables_of(caught.value)
        assert "where = " in shown
        assert CANARY not in shown
        assert encoded(record) not in shown


@pytest.mark.skipif(os.name != "posix", reason="a folder is not readable as a file on POSIX alone")
def test_file_that_cannot_be_read_is_an_error(write: Callable[[str], Path]) -> None:
    path = write("")
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreError) as caught:
        list(anaconda_auth.records(empty))
    assert caught.value.next_step == f"ls -l {path}"


def of_conda_auth(entry: Entry, items: Items) -> list[Found]:
    """What a keyring with these items has for an entry of conda-auth."""
    return credentials(entry, item_of(items))


@pytest.mark.parametrize("target", ["my-org", str(CHANNEL)])
def test_token_of_conda_auth_is_found_under_its_target(target: str) -> None:
    record = {"target": target, "auth_type": "token", "username": "token", "token": CANARY}
    items = {(f"conda-auth::credential::{target}", "credential"): json.dumps(record)}
    (found,) = of_conda_auth(Entry(CHANNEL, TOKEN, ("x", target)), items)
    assert (found.secret, found.scheme, found.username) == (Secret(CANARY), "auto", "")
    assert found.where == f"the keyring, service conda-auth::credential::{target}"


def test_password_of_conda_auth_has_its_username() -> None:
    record = {"target": "x", "auth_type": "http-basic", "username": "alice", "password": CANARY}
    items = {("conda-auth::credential::x", "credential"): json.dumps(record)}
    (found,) = of_conda_auth(Entry(CHANNEL, BASIC, ("x",)), items)
    assert (found.secret, found.scheme, found.username) == (Secret(CANARY), "basic", "alice")
    (found,) = of_conda_auth(Entry(CHANNEL, BASIC, ("x",), "bob"), items)
    assert found.username == "bob"


def test_items_of_older_versions_are_found() -> None:
    items = {
        ("conda-auth::token::x", "token"): CANARY,
        ("conda-auth::http-basic::x", "alice"): "password",
    }
    (found,) = of_conda_auth(Entry(CHANNEL, TOKEN, ("x",)), items)
    assert (found.secret, found.scheme) == (Secret(CANARY), "auto")
    (found,) = of_conda_auth(Entry(CHANNEL, BASIC, ("x",), "alice"), items)
    assert (found.secret, found.scheme, found.username) == (Secret("password"), "basic", "alice")
    assert of_conda_auth(Entry(CHANNEL, BASIC, ("x",)), items) == []


@pytest.mark.parametrize("record", [{"access_token": CANARY, "refresh_token": "r"}, {}])
def test_record_without_a_lasting_credential_is_none(record: dict[str, str]) -> None:
    items = {("conda-auth::credential::x", "credential"): json.dumps(record)}
    assert of_conda_auth(Entry(CHANNEL, TOKEN, ("x",)), items) == []


def test_damaged_item_is_an_error_that_does_not_repeat_it() -> None:
    for text, has_form in ((CANARY, True), (f'["{CANARY}"]', False)):
        items = {("conda-auth::credential::x", "credential"): text}
        with pytest.raises(FileFormatError) as caught:
            of_conda_auth(Entry(CHANNEL, TOKEN, ("x",)), items)
        error = caught.value
        assert CANARY not in f"{error} {error.__context__!r}"
        assert not has_form or CANARY not in variables_of(error)
