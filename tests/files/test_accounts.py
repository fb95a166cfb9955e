"""Accounts in the index: beside the logins, never among them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from conda_private.actions.resolver import Scopes
from conda_private.files.logins import JsonIndex
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import FileFormatError
from conda_private.model.login import Account, Login
from conda_private.model.schemes import TOKEN

API = ChannelUrl.parse("https://api.example.org/api")
LOGIN = Login(API, TOKEN, "keyring")  # a channel at the very address of the API
FULL = Account(
    api=ChannelUrl.parse("http://localhost:8080/api"),
    source="helper-store:pass",
    name="alice",
    note='"laptop" \\ of \u00e9lise\n',
    token_id="5f1e8a",
    expires="2027-03-01T00:00:00+00:00",
    verified="2026-11-22T12:00:00+00:00",
    allow_http=True,
)
OLD = {"version": 1, "credentials": [], "channel_lists": {}}


@pytest.fixture
def wired() -> list[tuple[ChannelUrl, ...]]:
    """The scopes that conda was told of, change for change."""
    return []


@pytest.fixture
def index(tmp_path: Path, wired: list[tuple[ChannelUrl, ...]]) -> JsonIndex:
    """An empty index."""
    return JsonIndex(tmp_path / "data" / "credentials.json", rewire=wired.append)


def write(index: JsonIndex, content: Any) -> None:
    """Put a file in its place, as an editor would."""
    index.path.parent.mkdir(mode=0o700, exist_ok=True)
    index.path.write_text(json.dumps(content))
    index.path.chmod(0o600)


def test_every_field_of_an_account_comes_back(index: JsonIndex) -> None:
    index.add_account(FULL)
    assert index.accounts() == (FULL,)
    defaults = {field.name: field.default for field in dataclasses.fields(Account)}
    assert [name for name, value in vars(FULL).items() if value == defaults[name]] == []


def test_account_wires_nothing_and_is_no_login(
    index: JsonIndex, wired: list[tuple[ChannelUrl, ...]]
) -> None:
    index.add_account(FULL)
    assert index.logins() == ()
    assert wired == [()]
    assert Scopes(index.logins()).closest(FULL.api.child("noarch", "repodata.json")) is None


def test_account_and_login_of_one_address_do_not_know_each_other(index: JsonIndex) -> None:
    account = Account(API, "keyring")
    index.add(LOGIN)
    index.add_account(account)
    assert (index.logins(), index.accounts()) == ((LOGIN,), (account,))
    assert account.key != LOGIN.scope
    index.remove(API)
    assert (index.logins(), index.accounts()) == ((), (account,))
    index.add(LOGIN)
    index.remove_account(API)
    assert (index.logins(), index.accounts()) == ((LOGIN,), ())


def test_name_of_an_accounts_secret_is_no_address_of_a_channel() -> None:
    for source in ("keyring", "file", "helper-store:pass"):
        key = str(Account(API, source).key)
        with pytest.raises(Exception, match="not an address"):
            ChannelUrl.parse(key)
    for source in ("env:TOKEN", "secret-file:/run/x", "helper:pass", "anaconda-client"):
        assert Account(API, source).key == API


def test_one_account_for_each_api_ordered(index: JsonIndex) -> None:
    index.add_account(FULL)
    index.add_account(Account(API, "file"))
    newer = dataclasses.replace(FULL, name="bob")
    index.add_account(newer)
    assert index.accounts() == (newer, Account(API, "file"))


def test_file_goes_with_its_last_entry(index: JsonIndex) -> None:
    index.add_account(FULL)
    index.remove_account(API)
    assert index.path.exists()
    index.remove_account(FULL.api)
    assert not index.path.exists()


def test_index_from_before_accounts_is_read_and_stays_as_it_is(index: JsonIndex) -> None:
    record = {"scope": str(API), "scheme": "token", "source": "keyring"}
    write(index, {**OLD, "credentials": [record]})
    assert (index.logins(), index.accounts()) == ((LOGIN,), ())
    index.add(LOGIN)
    assert "accounts" not in json.loads(index.path.read_text())


def test_change_of_a_login_keeps_the_accounts_and_the_lists(index: JsonIndex) -> None:
    index.add_account(FULL)
    with index.changing():
        index.keep_channel_list("/home/alice/.condarc", {"added": ["x"]})
    index.add(LOGIN)
    index.remove(API)
    assert index.accounts() == (FULL,)
    assert index.channel_list("/home/alice/.condarc") == {"added": ["x"]}


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
        [{"api": str(API), "source": "keyring", "name": ["x"]}],
    ],
)
def test_accounts_that_were_edited_wrongly_are_a_clear_error(
    index: JsonIndex, accounts: Any
) -> None:
    write(index, {**OLD, "accounts": accounts})
    with pytest.raises(FileFormatError) as caught:
        index.accounts()
    assert "is not an index of conda-private" in caught.value.what
    assert "ca-nary" not in str(caught.value)


@pytest.mark.parametrize(("value", "read"), [(True, True), ("true", False), (1, False)])
def test_http_is_allowed_by_true_alone(index: JsonIndex, value: Any, read: bool) -> None:
    write(index, {**OLD, "accounts": [{"api": str(API), "source": "file", "allow_http": value}]})
    assert index.accounts()[0].allow_http is read


def test_unknown_parts_of_an_account_are_ignored(index: JsonIndex) -> None:
    write(index, {**OLD, "accounts": [{"api": str(API), "source": "file", "token": "x"}]})
    assert index.accounts() == (Account(API, "file"),)
