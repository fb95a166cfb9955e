"""If any step of a rotation fails, a working token remains, and the error says which are valid."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from conda_private.actions.rotate import Rotation, RotationEdges, rotate
from conda_private.model.address import Address
from conda_private.model.channel import with_label
from conda_private.model.exceptions import (
    AccessDeniedError,
    ConnectionFailedError,
    FileWriteError,
    KeyringLockedError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.facts import TokenFacts
from conda_private.model.login import Login
from conda_private.model.ports import Comparison
from conda_private.model.schemes import TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, KEYRING, Source
from tests.actions.fake_api import FakeServer, FakeTokens
from tests.stores.memory import MemoryStore

API = Address.parse("https://api.example.org")
ADDRESS = Address.parse("https://conda.example.org/my-org")
LABEL = with_label(ADDRESS, "dev")
OLD = "ol-d-1"
NOW = datetime(2026, 11, 22, 12, 30, 15, tzinfo=timezone.utc)
LOGIN = Login(
    ADDRESS, TOKEN, KEYRING, token_name="laptop", token_id="1", api=API, listed_as="my-org"
)
SIBLING = LOGIN._replace(address=LABEL, source=FILE)
FACTS = TokenFacts(token_name="laptop", token_id="1", scopes=("conda:download",))
NEW_NAME = "laptop-2026-11-22"


class _Machine:
    """Two logins with one token, the server, and every step that can fail."""

    def __init__(self) -> None:
        self.server = FakeServer({OLD: FACTS})
        self.stores = {KEYRING: _Store(self), FILE: _Store(self)}
        self.recorded = {login.address: login for login in (LOGIN, SIBLING)}
        self.gives_access = True
        self.shown: list[Address] = []
        for login in self.recorded.values():
            self.stores[login.source].put(login.address, Secret(OLD))
        self.server.done.clear()

    def rotate(self, *logins: Login, **options: Any) -> Rotation:
        edges = RotationEdges(
            creator=FakeTokens(self.server),
            user="alice",
            called_with=lambda secret: FakeTokens(self.server, secret.reveal()),
            server=self,
            probe=self,
            open_store=self.open_store,
            records=self,
            drop_index=lambda address: self.server.do(f"drop {address}"),
            remember=lambda login, secret, found: self.server.do(f"remember {login.address}"),
            now=NOW,
        )
        return rotate(logins or (LOGIN, SIBLING), Secret(OLD), edges, **options)

    def open_store(self, source: Source) -> _Store:
        self.server.do(f"open {source}")
        return self.stores[source]

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        return self.server.valid.get(secret.reveal())

    def look(self, address: Address) -> bool:
        raise NotImplementedError

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        return True

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        self.server.do(f"probe {address}")
        self.shown.append(address)
        valid = secret.reveal() in self.server.valid
        return Comparison(TOKEN, gives_access=valid and self.gives_access, packages=0, private=0)

    def logins(self) -> tuple[Login, ...]:
        return tuple(self.recorded.values())

    def changing(self) -> AbstractContextManager[object]:
        raise NotImplementedError

    def add(self, login: Login) -> None:
        self.server.do(f"add {login.address}")
        self.recorded[login.address] = login

    def remove(self, address: Address) -> Login | None:
        raise NotImplementedError

    def secrets(self) -> list[str]:
        """The credential of each login."""
        found = [self.stores[login.source].get(login.address) for login in self.recorded.values()]
        return [secret.reveal() if secret else "" for secret in found]

    def assert_each_login_works(self) -> None:
        assert set(self.secrets()) <= set(self.server.valid)


class _Store(MemoryStore):
    def __init__(self, machine: _Machine) -> None:
        super().__init__()
        self.machine = machine

    def put(self, address: Address, secret: Secret) -> None:
        self.machine.server.do(f"put {address}")
        super().put(address, secret)


@pytest.fixture
def machine() -> _Machine:
    """A machine on which every step succeeds."""
    return _Machine()


def test_new_token_is_verified_before_it_is_stored_and_the_old_one_is_revoked_last(
    machine: _Machine,
) -> None:
    done = machine.rotate()
    assert machine.server.done == [
        "current",
        "create",
        f"probe {ADDRESS}",
        f"probe {LABEL}",
        *("open keyring", f"put {ADDRESS}", f"add {ADDRESS}"),
        *(f"remember {ADDRESS}", f"drop {ADDRESS}"),
        *("open file", f"put {LABEL}", f"add {LABEL}"),
        *(f"remember {LABEL}", f"drop {LABEL}"),
        "revoke",
    ]
    assert machine.secrets() == ["ne-w-1", "ne-w-1"]
    assert set(machine.server.valid) == {"ne-w-1"}
    assert (done.old, done.new.token_name, done.not_revoked) == ("laptop", NEW_NAME, "")


def test_records_have_what_the_server_reports_and_keep_the_rest(machine: _Machine) -> None:
    done = machine.rotate(max_age=60, organization="acme")
    (wanted,) = machine.server.created
    assert (wanted.scopes, wanted.max_age, wanted.organization) == (("conda:download",), 60, "acme")
    assert done.logins == tuple(machine.recorded.values())
    assert machine.recorded[ADDRESS] == LOGIN._replace(
        token_name=NEW_NAME,
        token_id="ne-w-1",
        expires="2027-05-01T00:00:00+00:00",
        verified="2026-11-22T12:30:15+00:00",
    )


def test_old_token_stays_valid_if_it_is_kept(machine: _Machine) -> None:
    assert machine.rotate(keep_old=True).not_revoked == ""
    assert set(machine.server.valid) == {OLD, "ne-w-1"}
    assert "revoke" not in machine.server.done


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("laptop", NEW_NAME),
        (NEW_NAME, f"{NEW_NAME}-20261122T123015"),
        ("laptop-2025-01-02", NEW_NAME),
        ("laptop-2025-01-02-20250102T101010", NEW_NAME),
        ("", "conda-private-2026-11-22"),
        ("2025-01-02", "2025-01-02-2026-11-22"),
    ],
)
def test_name_has_the_date_of_the_rotation_once(machine: _Machine, old: str, new: str) -> None:
    machine.server.valid[OLD] = replace(FACTS, token_name=old)
    assert machine.rotate().new.token_name == new


def test_token_with_full_access_is_replaced_by_one_that_can_only_download(
    machine: _Machine,
) -> None:
    machine.server.valid[OLD] = replace(FACTS, scopes=())
    machine.rotate()
    assert machine.server.created[0].scopes == ("conda:download", "pypi:download")


@pytest.mark.parametrize(("whose", "organization"), [("my-org", "my-org"), ("alice", ""), ("", "")])
def test_token_of_an_organization_is_replaced_by_one_of_the_same(
    machine: _Machine, whose: str, organization: str
) -> None:
    machine.server.valid[OLD] = replace(FACTS, account=whose)
    machine.rotate()
    assert machine.server.created[0].organization == organization


def test_login_without_an_api_records_the_name(machine: _Machine) -> None:
    bare = LOGIN._replace(api=None)
    machine.recorded = {ADDRESS: bare}
    done = machine.rotate(bare)
    assert done.logins[0].token_name == NEW_NAME
    assert machine.secrets() == ["ne-w-1"]


@pytest.mark.parametrize("step", ["current", "create"])
def test_failure_before_a_token_is_created_changes_nothing(machine: _Machine, step: str) -> None:
    machine.server.errors[step] = ConnectionFailedError("no answer", cause="The network.")
    with pytest.raises(ConnectionFailedError):
        machine.rotate()
    assert set(machine.server.valid) == {OLD}
    assert machine.secrets() == [OLD, OLD]


def test_invalid_token_is_not_rotated(machine: _Machine) -> None:
    machine.server.valid.clear()
    with pytest.raises(TokenRefusedError):
        machine.rotate()
    assert machine.server.created == []


@pytest.mark.parametrize("address", [ADDRESS, LABEL])
def test_new_token_without_access_is_revoked(machine: _Machine, address: Address) -> None:
    machine.server.errors[f"probe {address}"] = AccessDeniedError("denied", cause="No right.")
    with pytest.raises(AccessDeniedError) as caught:
        machine.rotate()
    assert set(machine.server.valid) == {OLD}
    assert machine.secrets() == [OLD, OLD]
    assert caught.value.cause == (
        "No right. The new token was revoked. The old token is still in use."
    )


def test_new_token_that_cannot_be_revoked_is_named(machine: _Machine) -> None:
    machine.server.errors |= {
        f"probe {ADDRESS}": ServerError("failed", cause="Trouble."),
        "revoke": ServerError("failed"),
    }
    with pytest.raises(ServerError) as caught:
        machine.rotate()
    assert f"conda private token revoke {NEW_NAME}" in caught.value.cause
    assert "The old token is still in use." in caught.value.cause
    machine.assert_each_login_works()


def test_ctrl_c_during_verification_revokes_the_new_token(machine: _Machine) -> None:
    machine.server.errors[f"probe {LABEL}"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        machine.rotate()
    assert set(machine.server.valid) == {OLD}
    assert machine.secrets() == [OLD, OLD]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        *(
            (f"put {address}", KeyringLockedError("locked", cause="Locked."))
            for address in (ADDRESS, LABEL)
        ),
        *(
            (f"add {address}", FileWriteError("full", cause="Full."))
            for address in (ADDRESS, LABEL)
        ),
        ("open file", KeyringLockedError("locked", cause="Locked.")),
    ],
)
def test_failure_while_storing_leaves_both_tokens_valid_and_says_so(
    machine: _Machine, step: str, error: Exception
) -> None:
    machine.server.errors[step] = error
    with pytest.raises(type(error)) as caught:
        machine.rotate()
    assert set(machine.server.valid) == {OLD, "ne-w-1"}
    machine.assert_each_login_works()
    assert f'"{NEW_NAME}"' in str(caught.value)
    assert "both valid" in str(caught.value)
    assert "revoke" not in machine.server.done


def test_old_token_that_cannot_be_revoked_is_reported(machine: _Machine) -> None:
    machine.server.errors["revoke"] = ServerError("failed with status 503")
    assert "503" in machine.rotate().not_revoked
    assert machine.secrets() == ["ne-w-1", "ne-w-1"]
    machine.assert_each_login_works()


def test_old_token_that_is_refused_when_it_is_revoked_is_invalid(machine: _Machine) -> None:
    # The first try revoked it, but the answer was lost; the second try is refused.
    machine.server.errors["revoke"] = TokenRefusedError("unknown")
    assert machine.rotate().not_revoked == ""


def test_result_does_not_show_a_token(machine: _Machine) -> None:
    done = machine.rotate()
    assert OLD not in repr(done)
    assert "Secret(" not in repr(done)
