"""The Credential Manager of Windows: its one slot for each service, its limits, its errors.

The backend is the real one of ``keyring``; only the calls of Windows are imitated.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from keyring.backends.Windows import WinVaultKeyring

from conda_private.model.address import Address
from conda_private.model.exceptions import KeyringLockedError, KeyringUnavailableError
from conda_private.model.secret import Secret
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.patience import Patience
from tests.windows import win32cred
from tests.windows.win32cred import CredentialManager

CANARY = "ca-nary-w1"
ADDRESS = Address.parse("https://conda.example.org/private/label/dev")
LONGEST = "x" * 1280


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> CredentialManager:
    """The Credential Manager of this user."""
    return win32cred.installed(monkeypatch)


@pytest.fixture
def store(manager: CredentialManager) -> KeyringStore:
    """The store with that."""
    return new_store()


def new_store() -> KeyringStore:
    """The store as each command opens it."""
    return KeyringStore(Patience(10), WinVaultKeyring)


def test_secret_is_stored_read_and_deleted(manager: CredentialManager, store: KeyringStore) -> None:
    store.put(ADDRESS, Secret(CANARY))
    assert new_store().get(ADDRESS) == Secret(CANARY)
    assert store.delete(ADDRESS)
    assert manager.items == {}
    assert not store.delete(ADDRESS)


def test_twenty_logins_at_once_keep_twenty_secrets(
    manager: CredentialManager, store: KeyringStore
) -> None:
    manager.delay = 0.002
    addresses = [Address.parse(f"https://conda.example.org/team-{each}") for each in range(20)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda each: new_store().put(each, Secret(f"{CANARY} {each}")), addresses))
        found = list(pool.map(lambda each: new_store().get(each), addresses))
    assert found == [Secret(f"{CANARY} {each}") for each in addresses]


def test_addresses_that_differ_only_in_case_have_two_secrets(store: KeyringStore) -> None:
    names = ("my-org", "My-Org", "MY-ORG")
    addresses = [Address.parse(f"https://conda.example.org/{each}") for each in names]
    for number, address in enumerate(addresses):
        store.put(address, Secret(f"{CANARY}{number}"))
    assert [store.get(each) for each in addresses] == [Secret(f"{CANARY}{n}") for n in range(3)]


def test_address_above_the_limit_of_a_user_name_has_a_secret(store: KeyringStore) -> None:
    address = Address.parse(f"https://conda.example.org/{'a' * 2000}")
    store.put(address, Secret(CANARY))
    assert store.get(address) == Secret(CANARY)


def test_item_stays_on_this_machine(manager: CredentialManager, store: KeyringStore) -> None:
    store.put(ADDRESS, Secret(CANARY))
    (item,) = manager.items.values()
    assert item["Persist"] == CredentialManager.CRED_PERSIST_LOCAL_MACHINE


def test_older_library_without_that_choice_stores_the_item(
    manager: CredentialManager, store: KeyringStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(CredentialManager, "CRED_PERSIST_LOCAL_MACHINE")
    store.put(ADDRESS, Secret(CANARY))
    assert store.get(ADDRESS) == Secret(CANARY)


def test_item_of_an_older_version_is_found_and_moved_by_the_next_login(
    manager: CredentialManager, store: KeyringStore
) -> None:
    WinVaultKeyring().set_password("conda-private", str(ADDRESS), CANARY)
    WinVaultKeyring().set_password("conda-private", "https://conda.example.org/other", "another")
    assert store.get(ADDRESS) == Secret(CANARY)
    store.put(ADDRESS, Secret(f"{CANARY}2"))
    assert store.get(ADDRESS) == Secret(f"{CANARY}2")
    assert WinVaultKeyring().get_password("conda-private", str(ADDRESS)) is None
    assert store.get(Address.parse("https://conda.example.org/other")) == Secret("another")


def test_logout_deletes_an_item_of_an_older_version(
    manager: CredentialManager, store: KeyringStore
) -> None:
    WinVaultKeyring().set_password("conda-private", str(ADDRESS), CANARY)
    assert store.delete(ADDRESS)
    assert manager.items == {}


def test_longest_secret_fits(store: KeyringStore) -> None:
    store.put(ADDRESS, Secret(LONGEST))
    assert store.get(ADDRESS) == Secret(LONGEST)


@pytest.mark.parametrize("text", [f"{LONGEST}x", "😀" * 641])
def test_longer_secret_is_refused_with_its_length_and_the_old_one_stays(
    manager: CredentialManager, store: KeyringStore, text: str
) -> None:
    store.put(ADDRESS, Secret(CANARY))
    with pytest.raises(KeyringUnavailableError, match="cannot store the credential") as caught:
        store.put(ADDRESS, Secret(text))
    assert "1,28" in caught.value.cause
    assert "takes 1,280" in caught.value.cause
    assert "--storage file" in caught.value.next_step
    assert store.get(ADDRESS) == Secret(CANARY)


@pytest.mark.parametrize(
    ("error", "cause"),
    [(win32cred.NO_SESSION, "over ssh with a key"), (win32cred.BAD_DATA, "too long")],
)
def test_error_of_windows_is_explained(
    manager: CredentialManager, store: KeyringStore, error: int, cause: str
) -> None:
    manager.error = error
    with pytest.raises(KeyringUnavailableError, match="cannot be used here") as caught:
        store.put(ADDRESS, Secret(CANARY))
    assert f"(error {error})" in caught.value.cause
    assert cause in caught.value.cause
    assert "--storage file" in caught.value.next_step


def test_other_error_of_windows_does_not_name_a_keyring_of_linux(
    manager: CredentialManager, store: KeyringStore
) -> None:
    manager.error = 5
    with pytest.raises(KeyringLockedError) as caught:
        store.get(ADDRESS)
    assert "gnome" not in caught.value.next_step
    assert "a window of this machine" in caught.value.next_step
