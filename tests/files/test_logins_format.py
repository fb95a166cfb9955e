"""The text of the logins file: version 2, and version 1, which is read and replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conda_private.composition import machine
from conda_private.files.logins import LoginsFile
from conda_private.files.logins_format import Content, parse, render
from conda_private.model.address import Address
from conda_private.model.exceptions import StoreError
from conda_private.model.login import Account, Login
from conda_private.model.schemes import TOKEN, BasicScheme
from conda_private.model.source import KEYRING, Source

ADDRESS = Address.parse("https://conda.example.org/private")
OTHER = Address.parse("https://conda.example.org/other")
API = Address.parse("https://api.example.org/api")
LOGIN = Login(
    address=ADDRESS,
    scheme=BasicScheme("alice"),
    source=Source("helper-store", "pass"),
    account="alice",
    token_name="laptop",
    token_id="5f1e8a",
    expires="2027-03-01T00:00:00+00:00",
    verified="2026-11-22T12:00:00+00:00",
    allow_http=True,
    api=API,
    pypi=Address.parse("https://pypi.example.org/private"),
    listed_as="private",
    listed_in="/home/alice/.condarc",
)
ACCOUNT = Account(
    api=API,
    source=KEYRING,
    user="alice",
    token_name="owner",
    token_id="77aa",
    expires="2027-03-01T00:00:00+00:00",
    verified="2026-11-22T12:00:00+00:00",
    allow_http=True,
)
LISTS = {"/home/alice/.condarc": {"items": [{"channel": "private"}], "made_file": True}}
COMMON = {
    "token_id": "5f1e8a",
    "expires": "2027-03-01T00:00:00+00:00",
    "verified": "2026-11-22T12:00:00+00:00",
    "allow_http": True,
}
OLD_LOGIN = {
    "scope": str(ADDRESS),
    "scheme": "basic",
    "username": "alice",
    "source": "helper-store:pass",
    "account": "alice",
    "note": "laptop",
    **COMMON,
    "api": str(API),
    "pypi": "https://pypi.example.org/private",
    "channel": "private",
    "condarc": "/home/alice/.condarc",
}
NEW_LOGIN = {
    "address": str(ADDRESS),
    "scheme": "basic",
    "username": "alice",
    "source": "helper-store:pass",
    "account": "alice",
    "token_name": "laptop",
    **COMMON,
    "listed_as": "private",
    "listed_in": "/home/alice/.condarc",
    "api": str(API),
    "pypi": "https://pypi.example.org/private",
}
OLD_ACCOUNT = {
    "api": str(API),
    "source": "keyring",
    "name": "alice",
    "note": "owner",
    **COMMON,
    "token_id": "77aa",
}
NEW_ACCOUNT = {
    "api": str(API),
    "source": "keyring",
    "user": "alice",
    "token_name": "owner",
    **COMMON,
    "token_id": "77aa",
}
VERSION_1 = json.dumps(
    {
        "version": 1,
        "credentials": [OLD_LOGIN, {"scope": str(OTHER), "scheme": "token", "source": "keyring"}],
        "channel_lists": LISTS,
        "accounts": [OLD_ACCOUNT],
    }
)


@pytest.fixture
def records(tmp_path: Path) -> LoginsFile:
    """A logins file."""
    return LoginsFile(tmp_path / "data" / "credentials.json", configure=lambda addresses: None)


def write(records: LoginsFile, text: str) -> None:
    """Write the file as an older version of the plugin would."""
    records.path.parent.mkdir(mode=0o700)
    records.path.write_text(text)
    records.path.chmod(0o600)


def test_version_1_is_read_with_all_of_its_names(records: LoginsFile) -> None:
    write(records, VERSION_1)
    assert records.logins() == (Login(OTHER, TOKEN, KEYRING), LOGIN)
    assert records.accounts() == (ACCOUNT,)
    assert records.channel_list("/home/alice/.condarc") == LISTS["/home/alice/.condarc"]


def test_reading_version_1_does_not_change_the_file(records: LoginsFile) -> None:
    write(records, VERSION_1)
    records.logins()
    with records.changing():
        records.accounts()
    assert records.path.read_text() == VERSION_1


def test_next_change_writes_version_2(records: LoginsFile) -> None:
    write(records, VERSION_1)
    records.remove(OTHER)
    assert json.loads(records.path.read_text()) == {
        "version": 2,
        "logins": [NEW_LOGIN],
        "channel_lists": LISTS,
        "accounts": [NEW_ACCOUNT],
    }
    assert (records.logins(), records.accounts()) == ((LOGIN,), (ACCOUNT,))


def test_text_is_read_back_unchanged() -> None:
    content = Content([LOGIN], LISTS, [ACCOUNT])
    assert parse(render(content)) == content
    assert render(parse(render(content))) == render(content)


@pytest.mark.parametrize("names", ["old", "new"])
def test_names_of_the_other_version_are_not_read(names: str) -> None:
    record = OLD_LOGIN if names == "old" else NEW_LOGIN
    content = (
        {"version": 2, "logins": [record], "channel_lists": {}}
        if names == "old"
        else {"version": 1, "credentials": [record], "channel_lists": {}}
    )
    with pytest.raises(ValueError, match="not valid"):
        parse(json.dumps(content))


@pytest.mark.parametrize("source", ["vault:team/token", "vault", "tpm:", "a:b:c"])
def test_login_with_an_unknown_source_is_preserved_and_others_work(
    records: LoginsFile, source: str
) -> None:
    first = {"address": str(ADDRESS), "scheme": "token", "source": source}
    second = {"address": str(OTHER), "scheme": "token", "source": "env:MY_TOKEN"}
    content = {"version": 2, "logins": [first, second], "channel_lists": {}}
    write(records, json.dumps(content))
    other, unknown = records.logins()
    assert (unknown.address, unknown.source) == (ADDRESS, Source.parse(source))
    assert machine.open_store(other.source).source == other.source
    with pytest.raises(StoreError) as caught:
        machine.open_store(unknown.source)
    assert repr(unknown.source.kind) in caught.value.what
    records.remove(OTHER)
    (written,) = json.loads(records.path.read_text())["logins"]
    assert written == {**first, "source": source.removesuffix(":")}
