"""Credentials that could not be deleted are recorded until they are, and finished once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conda_private.actions.leftovers import FinishResult, finish
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError, KeyringLockedError
from conda_private.model.login import Account, Leftover, Login
from conda_private.model.ports import SecretStore
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, KEYRING, Source
from tests.stores.memory import MemoryStore

ADDRESS = Address.parse("https://conda.example.org/my-org")
API = Address.parse("https://api.example.org")
BACKEND = Source("keyring", "keyring.backends.SecretService.Keyring")
LEFT = Leftover(ADDRESS, BACKEND, API)
OF_ACCOUNT = Leftover.of(Account(API, FILE))


@pytest.fixture
def records(tmp_path: Path) -> LoginsFile:
    """An empty logins file."""
    tmp_path.chmod(0o700)
    return LoginsFile(tmp_path / "credentials.json", configure=lambda addresses: None)


class _Store(MemoryStore):
    source = BACKEND


def opens(store: SecretStore | Exception) -> object:
    """Open always this store, or fail."""

    def open_store(source: Source) -> SecretStore:
        if isinstance(store, Exception):
            raise store
        return store

    return open_store


def finished(
    records: LoginsFile, store: SecretStore | Exception, *, give_up: bool = False
) -> FinishResult:
    """Finish the leftover of the login; no token is revoked."""
    return finish(
        LEFT,
        records=records,
        open_store=opens(store),  # type: ignore[arg-type]
        revoke=lambda leftover: "",
        give_up=give_up,
    )


def test_leftovers_are_in_the_file_and_read_back(records: LoginsFile) -> None:
    for each in (LEFT, OF_ACCOUNT, LEFT):
        records.leave(each)
    assert set(records.leftovers()) == {LEFT, OF_ACCOUNT}
    assert OF_ACCOUNT.key == Account(API, FILE).key
    content = json.loads(records.path.read_text())
    assert content["version"] == 2
    assert content["leftovers"][1] == {
        "address": str(ADDRESS),
        "source": "keyring",
        "backend": BACKEND.name,
        "api": str(API),
    }
    assert content["leftovers"][0]["is_account"] is True
    records.drop(LEFT)
    records.drop(OF_ACCOUNT)
    assert not records.path.exists()


@pytest.mark.parametrize("text", ["[1]", "{}", '[{"address": "x", "source": "file"}]'])
def test_leftovers_that_are_not_valid_are_an_error(records: LoginsFile, text: str) -> None:
    records.path.write_text(
        f'{{"version": 2, "logins": [], "channel_lists": {{}}, "leftovers": {text}}}'
    )
    records.path.chmod(0o600)
    with pytest.raises(FileFormatError):
        records.logins()


def test_login_records_its_backend_and_an_older_one_has_none(records: LoginsFile) -> None:
    records.add(Login(ADDRESS, TOKEN, BACKEND))
    (record,) = json.loads(records.path.read_text())["logins"]
    assert (record["source"], record["backend"]) == ("keyring", BACKEND.name)
    assert records.logins()[0].source == BACKEND
    records.path.write_text(records.path.read_text().replace('"backend"', '"other"'))
    assert records.logins()[0].source == KEYRING


@pytest.mark.parametrize(("source", "stays"), [(BACKEND, False), (FILE, True)])
def test_new_login_in_the_same_place_takes_the_credential_over(
    records: LoginsFile, source: Source, stays: bool
) -> None:
    records.leave(LEFT)
    records.add(Login(ADDRESS, TOKEN, source))
    assert bool(records.leftovers()) is stays


def test_finishing_deletes_the_credential_and_then_the_record(records: LoginsFile) -> None:
    records.leave(LEFT)
    store = _Store()
    store.put(ADDRESS, Secret("x"))
    assert finished(records, store) == FinishResult(LEFT, was_there=True)
    assert store.get(ADDRESS) is None
    assert records.leftovers() == ()


@pytest.mark.parametrize("give_up", [False, True])
def test_leftover_stays_until_it_is_deleted_or_given_up(records: LoginsFile, give_up: bool) -> None:
    records.leave(LEFT)
    result = finished(records, KeyringLockedError("It is locked."), give_up=give_up)
    assert "locked" in result.left
    assert records.leftovers() == (() if give_up else (LEFT,))


def test_credential_that_a_login_uses_is_not_deleted(records: LoginsFile) -> None:
    records.add(Login(ADDRESS, TOKEN, BACKEND))
    records.leave(LEFT)
    store = _Store()
    store.put(ADDRESS, Secret("new"))
    assert finished(records, store) == FinishResult(LEFT, was_there=False)
    assert store.get(ADDRESS) == Secret("new")
    assert records.leftovers() == ()
