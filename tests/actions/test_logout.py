"""A logout removes everything a login created, in the reverse order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from conda_private.actions.logout import LogoutResult, log_out
from conda_private.model.address import Address
from conda_private.model.channel import with_label
from conda_private.model.exceptions import (
    CondaPrivateError,
    CondarcError,
    ConnectionFailedError,
    CredentialMissingError,
    FileWriteError,
    KeyringLockedError,
    NotLoggedInError,
    StoreError,
    TokenRefusedError,
)
from conda_private.model.login import Leftover, Login, find_login
from conda_private.model.login_request import Position
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import KEYRING, Source
from tests.stores.memory import MemoryStore

ADDRESS = Address.parse("https://conda.example.org/private")
LABEL = with_label(ADDRESS, "dev")
LOGIN = Login(ADDRESS, TOKEN, KEYRING, listed_as="private", listed_in="/home/alice/.condarc")
OTHER = Login(LABEL, TOKEN, KEYRING)


class _Machine:
    """Everything that a logout changes; records the changes in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.logins = {login.address: login for login in (LOGIN, OTHER)}
        self.listed = ["private", "defaults"]
        self.leftovers: list[Leftover] = []
        self.store = MemoryStore()
        for address in self.logins:
            self.store.put(address, Secret("secret"))
        self.errors: dict[str, Exception] = {}

    def do(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    def log_out(
        self,
        login: Login = LOGIN,
        *,
        dry_run: bool = False,
        give_up: bool = False,
        revoke: Callable[[Login], None] | None = None,
    ) -> LogoutResult:
        return log_out(
            login,
            records=_Records(self),
            open_store=partial(_Store, self),
            open_list=partial(_List, self),
            forget=lambda address: self.do("index"),
            revoke=revoke,
            give_up=give_up,
            dry_run=dry_run,
        )


class _Records:
    def __init__(self, machine: _Machine) -> None:
        self.machine = machine

    def logins(self) -> tuple[Login, ...]:
        return tuple(self.machine.logins.values())

    def changing(self) -> AbstractContextManager[object]:
        raise NotImplementedError

    def add(self, login: Login) -> None:
        raise NotImplementedError

    def leave(self, leftover: Leftover) -> None:
        self.machine.leftovers.append(leftover)

    def remove(self, address: Address) -> Login | None:
        self.machine.do("records")
        return self.machine.logins.pop(address, None)


class _Store:
    description = "here"

    def __init__(self, machine: _Machine, source: Source) -> None:
        machine.do(f"open {source}")
        self.machine, self.source = machine, source

    def get(self, address: Address) -> Secret | None:
        raise AssertionError("a logout reads no credential")

    def put(self, address: Address, secret: Secret) -> None:
        raise NotImplementedError

    def delete(self, address: Address) -> bool:
        self.machine.do("store")
        return self.machine.store.delete(address)

    def missing(self, address: Address) -> CredentialMissingError:
        raise NotImplementedError

    def stamp(self) -> object:
        return None


class _List:
    def __init__(self, machine: _Machine, path: str) -> None:
        self.machine, self.path = machine, path

    def lists(self, channel: str) -> bool:
        return channel in self.machine.listed

    def add(self, channel: str, position: Position) -> bool:
        raise NotImplementedError

    def remove(self, channel: str) -> bool:
        self.machine.do(f"list {self.path}")
        if not self.lists(channel):
            return False
        self.machine.listed.remove(channel)
        return True


@pytest.fixture
def machine() -> _Machine:
    """A machine with two logins; the channel of one of them is listed."""
    return _Machine()


def test_channel_is_removed_first_then_the_credential_then_the_login(machine: _Machine) -> None:
    assert machine.log_out() == LogoutResult(LOGIN, unlisted=True, deleted=True)
    before = ["list /home/alice/.condarc", "open keyring", "store", "index"]
    assert machine.done == [*before, "records"]


def test_only_what_the_login_created_is_removed(machine: _Machine) -> None:
    machine.log_out()
    assert machine.logins == {LABEL: OTHER}
    assert machine.listed == ["defaults"]
    assert machine.store.get(ADDRESS) is None
    assert machine.store.get(LABEL) == Secret("secret")


def test_list_that_the_login_did_not_write_is_not_opened(machine: _Machine) -> None:
    assert machine.log_out(OTHER) == LogoutResult(OTHER, unlisted=False, deleted=True)
    assert machine.done == ["open keyring", "store", "index", "records"]
    assert machine.listed == ["private", "defaults"]


def test_channel_that_was_removed_by_hand_is_no_error(machine: _Machine) -> None:
    machine.listed.remove("private")
    assert machine.log_out() == LogoutResult(LOGIN, unlisted=False, deleted=True)
    assert machine.store.get(ADDRESS) is None


@pytest.mark.parametrize("dry", [LOGIN, OTHER])
def test_dry_run_reports_and_changes_nothing(machine: _Machine, dry: Login) -> None:
    assert machine.log_out(dry, dry_run=True) == LogoutResult(dry, unlisted=dry is LOGIN)
    assert machine.done == []


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("list /home/alice/.condarc", CondarcError("odd")),
        ("list /home/alice/.condarc", FileWriteError("read-only")),
        ("store", FileWriteError("no space left")),
    ],
)
def test_error_before_the_credential_is_deleted_leaves_a_working_login(
    machine: _Machine, what: str, error: Exception
) -> None:
    machine.errors[what] = error
    with pytest.raises(type(error)):
        machine.log_out()
    assert machine.logins[ADDRESS] == LOGIN
    assert machine.store.get(ADDRESS) == Secret("secret")
    machine.errors.clear()
    machine.log_out()
    assert ADDRESS not in machine.logins
    assert machine.store.get(ADDRESS) is None


def test_logout_can_be_repeated_if_the_login_cannot_be_removed(machine: _Machine) -> None:
    machine.errors["records"] = FileWriteError("locked")
    with pytest.raises(FileWriteError):
        machine.log_out()
    assert machine.logins[ADDRESS] == LOGIN
    machine.errors.clear()
    assert machine.log_out().left == ""
    assert ADDRESS not in machine.logins
    assert machine.store.get(ADDRESS) is None


@pytest.mark.parametrize("what", ["open keyring", "store"])
@pytest.mark.parametrize("error", [KeyringLockedError("locked"), StoreError("unknown store")])
def test_credential_that_cannot_be_deleted_is_reported_after_the_login_is_removed(
    machine: _Machine, what: str, error: StoreError
) -> None:
    machine.errors[what] = error
    result = machine.log_out()
    assert result == LogoutResult(LOGIN, unlisted=True, left=str(error))
    assert result.left
    assert machine.logins == {LABEL: OTHER}
    assert machine.leftovers == [Leftover(ADDRESS, KEYRING)]


def test_credential_that_cannot_be_deleted_is_forgotten_if_the_user_gives_up(
    machine: _Machine,
) -> None:
    machine.errors["store"] = KeyringLockedError("locked")
    assert machine.log_out(give_up=True).left
    assert machine.logins == {LABEL: OTHER}
    assert machine.leftovers == []


def test_deleting_nothing_is_not_reported_as_deleted(machine: _Machine) -> None:
    machine.store.delete(ADDRESS)
    assert machine.log_out() == LogoutResult(LOGIN, unlisted=True, deleted=False)
    assert machine.leftovers == []


def test_store_is_opened_by_its_source(machine: _Machine) -> None:
    machine.log_out(OTHER._replace(source=Source("env", "MY_ORG_TOKEN")))
    assert "open env:MY_ORG_TOKEN" in machine.done


def test_login_is_found_by_exactly_its_address() -> None:
    assert find_login(LABEL, [LOGIN, OTHER]) == OTHER


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        (with_label(ADDRESS, "rc"), f"Logins on this host: {ADDRESS}, {LABEL}"),
        (ADDRESS.child("noarch"), f"Logins on this host: {ADDRESS}, {LABEL}"),
        (Address.parse("https://conda.example.net/private"), "No login on this host."),
    ],
)
def test_address_without_a_login_names_other_logins_on_the_host(
    address: Address, cause: str
) -> None:
    with pytest.raises(NotLoggedInError) as caught:
        find_login(address, [LOGIN, OTHER])
    assert str(address) in caught.value.what
    assert caught.value.cause == cause
    assert caught.value.next_step == f"conda private login {address}"
    assert caught.value.return_code == 4
    with pytest.raises(NotLoggedInError) as caught:
        find_login(address, [LOGIN, OTHER], next_step="conda private list")
    assert caught.value.next_step == "conda private list"


def test_token_is_revoked_at_the_server_before_it_is_deleted(machine: _Machine) -> None:
    result = machine.log_out(revoke=lambda login: machine.do(f"revoke {login.address}"))
    assert machine.done[0] == f"revoke {ADDRESS}"
    assert machine.done[-1] == "records"
    assert result.not_revoked == ""


@pytest.mark.parametrize(
    ("error", "not_revoked"),
    [(TokenRefusedError("unknown"), ""), (ConnectionFailedError("no network"), "no network")],
)
def test_logout_continues_if_the_token_cannot_be_revoked(
    machine: _Machine, error: CondaPrivateError, not_revoked: str
) -> None:
    def revoke(login: Login) -> None:
        raise error

    assert machine.log_out(revoke=revoke).not_revoked == not_revoked
    assert ADDRESS not in machine.logins


def test_dry_run_revokes_no_token(machine: _Machine) -> None:
    machine.log_out(dry_run=True, revoke=lambda login: machine.do("revoke"))
    assert machine.done == []
