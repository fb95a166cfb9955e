"""An account: the credential is stored first, then recorded; a logout deletes it first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from conda_private.actions.account import AccountResult, identify, log_out_account, store_account
from conda_private.actions.leftovers import Deletion
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AccessDeniedError,
    CondaPrivateError,
    CredentialMissingError,
    FileWriteError,
    KeyringLockedError,
    TokenRefusedError,
)
from conda_private.model.facts import Profile, TokenFacts
from conda_private.model.login import Account, Leftover
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, KEYRING, Source
from tests.actions.fake_api import FakePeople, FakeServer, FakeTokens
from tests.stores.memory import MemoryStore

API = Address.parse("https://api.example.org")
ACCOUNT = Account(API, KEYRING)
SECRET = Secret("ca-nary")
NOW = datetime(2026, 11, 22, 12, 30, 15, tzinfo=timezone.utc)
FACTS = TokenFacts(token_name="laptop", token_id="1", expires="2027-05-01", scopes=("api",))


class _Machine:
    """The records and the stores of a machine; records the changes in order."""

    description = "the keyring"

    def __init__(self) -> None:
        self.recorded: dict[Address, Account] = {}
        self.leftovers: list[Leftover] = []
        self.memory = MemoryStore()
        self.done: list[str] = []
        self.errors: dict[str, CondaPrivateError] = {}
        self.source = KEYRING

    def do(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    def open_store(self, source: Source) -> _Machine:
        self.do(f"open {source}")
        self.source = source
        return self

    def accounts(self) -> tuple[Account, ...]:
        return tuple(self.recorded.values())

    def add_account(self, account: Account) -> None:
        self.do("add")
        self.recorded[account.api] = account

    def remove_account(self, api: Address) -> None:
        self.do("remove")
        self.recorded.pop(api)

    def get(self, address: Address) -> Secret | None:
        return self.memory.get(address)

    def put(self, address: Address, secret: Secret) -> None:
        self.do(f"put {address}")
        self.memory.put(address, secret)

    def delete(self, address: Address) -> bool:
        self.do(f"delete {address}")
        return self.memory.delete(address)

    def leave(self, leftover: Leftover) -> None:
        self.leftovers.append(leftover)

    def missing(self, address: Address) -> CredentialMissingError:
        raise NotImplementedError

    def stamp(self) -> object:
        return None

    def store(self, account: Account = ACCOUNT, secret: Secret | None = SECRET) -> AccountResult:
        return store_account(
            account, secret, FACTS, records=self, store=self, open_store=self.open_store
        )


@pytest.fixture
def machine() -> _Machine:
    """A machine without accounts."""
    return _Machine()


def test_account_is_identified_by_the_server() -> None:
    server = FakeServer({"ca-nary": FACTS})
    people = FakePeople({"": Profile("alice")})
    known, facts = identify(ACCOUNT, FakeTokens(server, "ca-nary"), people, NOW)
    assert facts == FACTS
    assert known == Account(
        API,
        KEYRING,
        user="alice",
        token_name="laptop",
        token_id="1",
        expires="2027-05-01T00:00:00+00:00",
        verified="2026-11-22T12:30:15+00:00",
    )


def test_token_that_can_only_download_is_refused() -> None:
    people = FakePeople(errors={"profile": AccessDeniedError("no", cause="It lacks api:read.")})
    with pytest.raises(AccessDeniedError) as caught:
        identify(ACCOUNT, FakeTokens(FakeServer({"ca-nary": FACTS}), "ca-nary"), people, NOW)
    assert caught.value.cause == "It lacks api:read. Nothing was stored."


def test_token_that_the_server_refuses_is_not_stored() -> None:
    with pytest.raises(TokenRefusedError, match=r"Nothing was stored"):
        identify(ACCOUNT, FakeTokens(FakeServer(), "ca-nary"), FakePeople(), NOW)


def test_credential_is_stored_before_the_record_under_a_key_that_no_channel_has(
    machine: _Machine,
) -> None:
    assert machine.store() == AccountResult(ACCOUNT, "the keyring", FACTS)
    assert machine.done == [f"put {API}/(account)", "add"]
    assert machine.memory.get(API) is None


def test_reference_stores_no_credential(machine: _Machine) -> None:
    reference = replace(ACCOUNT, source=Source("env", "TOKEN"))
    assert reference.key == API
    machine.store(reference, None)
    assert machine.done == ["add"]


def test_credential_in_another_store_is_deleted_there(machine: _Machine) -> None:
    machine.store(replace(ACCOUNT, source=FILE))
    machine.done.clear()
    assert machine.store().left == ""
    assert machine.done[2:] == ["open file", f"delete {API}/(account)"]


def test_credential_that_stays_in_its_old_store_is_reported(machine: _Machine) -> None:
    machine.store(replace(ACCOUNT, source=FILE))
    machine.errors["open file"] = KeyringLockedError("It is locked.")
    assert "locked" in machine.store().left
    assert machine.recorded[API] == ACCOUNT


@pytest.mark.parametrize("step", [f"put {API}/(account)", "add"])
def test_nothing_is_recorded_if_a_step_failed(machine: _Machine, step: str) -> None:
    machine.errors[step] = FileWriteError("full")
    with pytest.raises(FileWriteError):
        machine.store()
    assert machine.recorded == {}


def test_logout_deletes_the_credential_first_so_that_it_can_be_repeated(machine: _Machine) -> None:
    machine.store()
    machine.done.clear()
    done = log_out_account(ACCOUNT, records=machine, open_store=machine.open_store)
    assert done == Deletion(was_there=True)
    assert machine.done == ["open keyring", f"delete {API}/(account)", "remove"]
    assert machine.memory.get(ACCOUNT.key) is None


def test_logout_reports_a_credential_that_stays(machine: _Machine) -> None:
    machine.store()
    machine.errors["open keyring"] = KeyringLockedError("It is locked.")
    done = log_out_account(ACCOUNT, records=machine, open_store=machine.open_store)
    assert "locked" in done.left
    assert machine.recorded == {}
    assert machine.leftovers == [Leftover(API, KEYRING, API, is_account=True)]
    assert machine.leftovers[0].key == ACCOUNT.key


def test_logout_that_gives_up_records_nothing(machine: _Machine) -> None:
    machine.errors["open keyring"] = KeyringLockedError("It is locked.")
    machine.recorded[API] = ACCOUNT
    done = log_out_account(ACCOUNT, records=machine, open_store=machine.open_store, give_up=True)
    assert done.left
    assert (machine.recorded, machine.leftovers) == ({}, [])
