"""Accounts in the logins file: next to the logins, never one of them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from conda_private.actions.resolver import LoginsByAddress
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, FileFormatError
from conda_private.model.login import Account, Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import ANACONDA_CLIENT, FILE, KEYRING, Source

API = Address.parse("https://api.example.org/api")
LOGIN = Login(API, TOKEN, KEYRING)  # a channel with the same address as the API
FULL = Account(
    api=Address.parse("http://localhost:8080/api"),
    source=Source("helper-store", "pass"),
    user="alice",
    token_name='"laptop" \\ of \u00e9lise\n',
    token_id="5f1e8a",
    expires="2027-03-01T00:00:00+00:00",
    verified="2026-11-22T12:00:00+00:00",
    allow_http=True,
)
EMPTY = {"version": 2, "logins": [], "channel_lists": {}}


@pytest.fixture
def configured() -> list[tuple[Address, ...]]:
    """The addresses in the channel settings after each change."""
    return []


@pytest.fixture
def records(tmp_path: Path, configured: list[tuple[Address, ...]]) -> LoginsFile:
    """An empty logins file."""
    return LoginsFile(tmp_path / "data" / "credentials.json", configure=configured.append)


def write(records: LoginsFile, content: Any) -> None:
    """Write the file as an editor would."""
    records.path.parent.mkdir(mode=0o700, exist_ok=True)
    records.path.write_text(json.dumps(content))
    records.path.chmod(0o600)


def test_every_field_of_an_account_is_read_back(records: LoginsFile) -> None:
    records.add_account(FULL)
    assert records.accounts() == (FULL,)
    defaults = {field.name: field.default for field in dataclasses.fields(Account)}
    assert [name for name, value in vars(FULL).items() if value == defaults[name]] == []


def test_account_has_no_channel_settings_and_is_not_a_login(
    records: LoginsFile, configured: list[tuple[Address, ...]]
) -> None:
    records.add_account(FULL)
    assert records.logins() == ()
    assert configured == [()]
    assert (
        LoginsByAddress(records.logins()).closest(FULL.api.child("noarch", "repodata.json")) is None
    )


def test_account_and_login_with_one_address_are_independent(records: LoginsFile) -> None:
    account = Account(API, KEYRING)
    records.add(LOGIN)
    records.add_account(account)
    assert (records.logins(), records.accounts()) == ((LOGIN,), (account,))
    assert account.key != LOGIN.address
    records.remove(API)
    assert (records.logins(), records.accounts()) == ((), (account,))
    records.add(LOGIN)
    records.remove_account(API)
    assert (records.logins(), records.accounts()) == ((LOGIN,), ())


def test_key_of_an_account_is_not_the_address_of_a_channel() -> None:
    for source in (KEYRING, FILE, Source("helper-store", "pass")):
        key = str(Account(API, source).key)
        with pytest.raises(AddressError):
            Address.parse(key)
    others = map(Source.parse, ("env:TOKEN", "secret-file:/run/x", "helper:pass"))
    for source in (*others, ANACONDA_CLIENT):
        assert Account(API, source).key == API


def test_one_account_for_each_api_ordered(records: LoginsFile) -> None:
    records.add_account(FULL)
    records.add_account(Account(API, FILE))
    newer = dataclasses.replace(FULL, user="bob")
    records.add_account(newer)
    assert records.accounts() == (newer, Account(API, FILE))


def test_file_is_removed_with_its_last_record(records: LoginsFile) -> None:
    records.add_account(FULL)
    records.remove_account(API)
    assert records.path.exists()
    records.remove_account(FULL.api)
    assert not records.path.exists()


def test_file_without_accounts_is_read_and_gets_no_list_of_them(records: LoginsFile) -> None:
    record = {"address": str(API), "scheme": "token", "source": "keyring"}
    write(records, {**EMPTY, "logins": [record]})
    assert (records.logins(), records.accounts()) == ((LOGIN,), ())
    records.add(LOGIN)
    assert "accounts" not in json.loads(records.path.read_text())


def test_change_of_a_login_preserves_the_accounts_and_the_lists(records: LoginsFile) -> None:
    records.add_account(FULL)
    with records.changing():
        records.keep_channel_list("/home/alice/.condarc", {"added": ["x"]})
    records.add(LOGIN)
    records.remove(API)
    assert records.accounts() == (FULL,)
    assert records.channel_list("/home/alice/.condarc") == {"added": ["x"]}


@pytest.mark.parametrize(
    "accounts",
    [
        *(None, {}, "x", 5, [5], [None], [[]]),
        [{}],
        [{"api": str(API)}],
        [{"api": str(API), "source": ""}],
        [{"api": str(API), "source": 5}],
        [{"api": "", "source": "keyring"}],
        [{"api": f"{API}/(account)", "source": "keyring"}],
        [{"api": "https://alice:ca-nary@api.example.org", "source": "keyring"}],
        [{"api": ["x"], "source": "keyring"}],
        [{"api": str(API), "source": "keyring", "user": ["x"]}],
    ],
)
def test_invalid_accounts_are_an_error_without_their_text(
    records: LoginsFile, accounts: Any
) -> None:
    write(records, {**EMPTY, "accounts": accounts})
    with pytest.raises(FileFormatError) as caught:
        records.accounts()
    assert "is not a valid logins file of conda-private" in caught.value.what
    assert "ca-nary" not in str(caught.value)


@pytest.mark.parametrize(("value", "read"), [(True, True), ("true", False), (1, False)])
def test_http_is_allowed_by_true_alone(records: LoginsFile, value: Any, read: bool) -> None:
    write(
        records, {**EMPTY, "accounts": [{"api": str(API), "source": "file", "allow_http": value}]}
    )
    assert records.accounts()[0].allow_http is read


def test_unknown_keys_of_an_account_are_ignored(records: LoginsFile) -> None:
    write(records, {**EMPTY, "accounts": [{"api": str(API), "source": "file", "token": "x"}]})
    assert records.accounts() == (Account(API, FILE),)
