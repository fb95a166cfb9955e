"""Logging an account in and out: the secret first, the entry next; and the reverse."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from conda_private.actions.account import AccountResult, identify, keep, log_out_account
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    AccessDeniedError,
    CondaPrivateError,
    FileWriteError,
    KeyringLockedError,
    TokenRefusedError,
)
from conda_private.model.login import Account
from conda_private.model.records import Profile, TokenFacts
from conda_private.model.secret import Secret
from conda_private.stores.memory import MemoryStore
from tests.actions.fake_api import FakePeople, FakeServer, FakeTokens

API = ChannelUrl.parse("https://api.example.org")
ACCOUNT = Account(API, "keyring")
SECRET = Secret("ca-nary")
NOW = datetime(2026, 11, 22, 12, 30, 15, tzinfo=timezone.utc)
FACTS = TokenFacts(note="laptop", token_id="1", expires="2027-05-01", scopes=("api",))


class _Place:
    """An index of accounts and its stores; says in which order they were changed."""

    description = "the keyring"

    def __init__(self) -> None:
        self.kept: dict[ChannelUrl, Account] = {}
        self.memory = MemoryStore()
        self.done: list[str] = []
        self.errors: dict[str, CondaPrivateError] = {}
        self.source = "keyring"

    def do(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    def open_store(self, source: str) -> _Place:
        self.do(f"open {source}")
        return self

    def accounts(self) -> tuple[Account, ...]:
        return tuple(self.kept.values())

    def add_account(self, account: Account) -> None:
        self.do("add")
        self.kept[account.api] = account

    def remove_account(self, api: ChannelUrl) -> None:
        self.do("remove")
        self.kept.pop(api)

    def get(self, scope: ChannelUrl) -> Secret | None:
        return self.memory.get(scope)

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        self.do(f"put {scope}")
        self.memory.put(scope, secret)

    def delete(self, scope: ChannelUrl) -> None:
        self.do(f"delete {scope}")
        self.memory.delete(scope)

    def stamp(self) -> object:
        return None

    def keep(self, account: Account = ACCOUNT, secret: Secret | None = SECRET) -> AccountResult:
        return keep(account, secret, FACTS, index=self, store=self, open_store=self.open_store)


@pytest.fixture
def place() -> _Place:
    """A machine without accounts."""
    return _Place()


def test_account_is_identified_by_the_server() -> None:
    server = FakeServer({"ca-nary": FACTS})
    people = FakePeople({"": Profile("alice")})
    known, facts = identify(ACCOUNT, FakeTokens(server, "ca-nary"), people, NOW)
    assert facts == FACTS
    assert known == Account(
        API,
        "keyring",
        name="alice",
        note="laptop",
        token_id="1",
        expires="2027-05-01T00:00:00+00:00",
        verified="2026-11-22T12:30:15+00:00",
    )


def test_token_that_may_only_download_is_no_account() -> None:
    people = FakePeople(errors={"profile": AccessDeniedError("no", cause="It lacks api:read.")})
    with pytest.raises(AccessDeniedError) as caught:
        identify(ACCOUNT, FakeTokens(FakeServer({"ca-nary": FACTS}), "ca-nary"), people, NOW)
    assert caught.value.cause == "It lacks api:read. Nothing was stored."


def test_token_that_the_server_does_not_know_is_no_account() -> None:
    with pytest.raises(TokenRefusedError, match=r"Nothing was stored"):
        identify(ACCOUNT, FakeTokens(FakeServer(), "ca-nary"), FakePeople(), NOW)


def test_secret_is_kept_before_the_entry_under_a_name_no_channel_has(place: _Place) -> None:
    assert place.keep() == AccountResult(ACCOUNT, "the keyring", FACTS)
    assert place.done == [f"put {API}/(account)", "add"]
    assert place.memory.get(API) is None


def test_reference_keeps_no_secret(place: _Place) -> None:
    reference = replace(ACCOUNT, source="env:TOKEN")
    assert reference.key == API
    place.keep(reference, None)
    assert place.done == ["add"]


def test_secret_in_another_place_is_forgotten_there(place: _Place) -> None:
    place.keep(replace(ACCOUNT, source="file"))
    place.done.clear()
    assert place.keep().left == ""
    assert place.done[2:] == ["open file", f"delete {API}/(account)"]


def test_secret_that_stays_in_its_old_place_is_told_of(place: _Place) -> None:
    place.keep(replace(ACCOUNT, source="file"))
    place.errors["open file"] = KeyringLockedError("It is locked.")
    assert "locked" in place.keep().left
    assert place.kept[API] == ACCOUNT


@pytest.mark.parametrize("step", [f"put {API}/(account)", "add"])
def test_entry_is_not_there_when_something_failed(place: _Place, step: str) -> None:
    place.errors[step] = FileWriteError("full")
    with pytest.raises(FileWriteError):
        place.keep()
    assert place.kept == {}


def test_logout_forgets_the_secret_first_so_that_it_can_be_repeated(place: _Place) -> None:
    place.keep()
    place.done.clear()
    assert log_out_account(ACCOUNT, index=place, open_store=place.open_store) == ""
    assert place.done == ["open keyring", f"delete {API}/(account)", "remove"]
    assert place.memory.get(ACCOUNT.key) is None


def test_logout_says_when_the_secret_stays(place: _Place) -> None:
    place.keep()
    place.errors["open keyring"] = KeyringLockedError("It is locked.")
    assert "locked" in log_out_account(ACCOUNT, index=place, open_store=place.open_store)
    assert place.kept == {}
