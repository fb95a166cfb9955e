"""``--storage auto`` where the keyring of the system does not take a credential."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda.cli.main import main

from conda_private.composition import machine
from conda_private.composition.auto import AutoStore
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    KeyringLockedError,
    KeyringUnavailableError,
    UsageError,
)
from conda_private.model.secret import Secret
from conda_private.model.source import AUTO, FILE, KEYRING, Source
from tests.home import home_in
from tests.stores.memory import MemoryStore
from tests.windows import win32cred
from tests.windows.win32cred import CredentialManager

CHANNEL = "https://conda.example.org/my-org"
JWT = f"eyJ{'a' * 1500}"
MANAGER = "keyring.backends.Windows.WinVaultKeyring"


@pytest.fixture(autouse=True)
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CredentialManager]:
    """A user whose keyring is the Credential Manager."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", MANAGER)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    with home_in(tmp_path):
        yield win32cred.installed(monkeypatch)


class _Refusing(MemoryStore):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def put(self, address: Address, secret: Secret) -> None:
        raise self.error


ADDRESS = Address.parse(CHANNEL)


def test_token_that_is_too_long_for_the_keyring_is_stored_in_a_file_and_said() -> None:
    store = machine.store_for_login(AUTO)
    assert store.source.backend == MANAGER
    store.put(ADDRESS, Secret(JWT))
    assert store.source == FILE
    assert "secrets.json" in store.description
    assert machine.open_store(FILE).get(ADDRESS) == Secret(JWT)
    assert store.get(ADDRESS) == Secret(JWT)
    assert store.delete(ADDRESS)
    assert "secrets.json" in store.missing(ADDRESS).cause
    assert store.stamp() is None


def test_login_records_the_store_that_took_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("login", CHANNEL, "--no-verify", "--add-channel", "none", "--token-stdin")
    for token, source in ((JWT, FILE), ("ca-nary-short", Source("keyring", MANAGER))):
        monkeypatch.setattr(sys, "stdin", io.StringIO(token))
        assert main("private", *words) == 0
        (login,) = machine.records().logins()
        assert login.source == source
        assert machine.open_store(source).get(ADDRESS) == Secret(token)
    assert "has 1,503 characters, and the Credential Manager takes 1,280" in capsys.readouterr().err
    assert machine.open_store(FILE).get(ADDRESS) is None


def test_account_is_recorded_with_the_store_that_took_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(JWT))
    api = "https://api.example.org"
    assert main("private", "login", "--account", api, "--no-verify", "--token-stdin") == 0
    (recorded,) = machine.records().accounts()
    assert recorded.source == FILE


def test_user_is_told_why_a_file_is_used() -> None:
    said: list[str] = []
    error = KeyringUnavailableError("The keyring refused it.", cause="It is too long.")
    store = AutoStore(_Refusing(error), MemoryStore, said.append)
    store.put(ADDRESS, Secret(JWT))
    assert said == [
        "conda-private: The keyring refused it. It is too long. It is stored in a file instead."
    ]


def test_keyring_that_is_only_locked_is_not_replaced_by_a_file() -> None:
    store = AutoStore(_Refusing(KeyringLockedError("It is locked.")), MemoryStore, print)
    with pytest.raises(KeyringLockedError):
        store.put(ADDRESS, Secret(JWT))


def test_keyring_that_was_asked_for_is_not_replaced_by_a_file() -> None:
    store = machine.store_for_login(KEYRING)
    with pytest.raises(KeyringUnavailableError, match="cannot store"):
        store.put(ADDRESS, Secret(JWT))


def test_logins_for_all_users_are_refused_where_a_file_has_no_owner() -> None:
    with pytest.raises(UsageError, match="On Windows"):
        machine._refuse_without_owners("nt")
    machine._refuse_without_owners("posix")
