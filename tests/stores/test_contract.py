"""The contract of every store that we write to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from conda_private.model.address import Address
from conda_private.model.channel import with_label
from conda_private.model.ports import SecretStore
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret
from conda_private.stores.file import FileStore
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.patience import Patience
from tests.stores.memory import MemoryStore

CANARY = "ca-nary-c3"
ADDRESS = Address.parse("https://conda.example.org/private")
OTHERS = [
    "https://conda.example.org",
    "https://conda.example.org/private/label/dev",
    "https://conda.example.org/private2",
    "https://conda.example.org/Private",
    "https://conda.example.org:8443/private",
    "http://conda.example.org/private",
    "https://conda.example.net/private",
]


class _Keyring(KeyringBackend):
    """A keyring in this process."""

    priority = 5
    # The library does not find it by searching, so no other test gets it.
    viable = False

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        try:
            del self.items[service, username]
        except KeyError:
            raise PasswordDeleteError("not found") from None


@pytest.fixture(params=["memory", "file", "keyring"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SecretStore]:
    """Opens the same place again and again."""
    if request.param == "file":
        return lambda: FileStore(tmp_path / "share" / "secrets.json")
    if request.param == "keyring":
        backend = _Keyring()
        return lambda: KeyringStore(Patience(10), lambda: backend)
    memory = MemoryStore()
    return lambda: memory


@pytest.fixture
def store(open_store: Callable[[], SecretStore]) -> SecretStore:
    """The store, empty."""
    return open_store()


def test_empty_store_has_no_secret(store: SecretStore) -> None:
    assert store.get(ADDRESS) is None


def test_secret_is_returned_for_its_address_alone(store: SecretStore) -> None:
    store.put(ADDRESS, Secret(CANARY))
    assert store.get(ADDRESS) == Secret(CANARY)
    assert {other: store.get(Address.parse(other)) for other in OTHERS} == dict.fromkeys(OTHERS)


def test_two_spellings_of_one_address_have_one_secret(
    store: SecretStore,
) -> None:
    store.put(Address.parse("https://CONDA.example.org:443/private/"), Secret(CANARY))
    assert store.get(ADDRESS) == Secret(CANARY)


def test_store_that_is_opened_again_has_the_secrets(
    open_store: Callable[[], SecretStore],
) -> None:
    open_store().put(ADDRESS, Secret(CANARY))
    assert open_store().get(ADDRESS) == Secret(CANARY)


def test_second_secret_replaces_the_first(store: SecretStore) -> None:
    store.put(ADDRESS, Secret("first"))
    store.put(ADDRESS, Secret("second"))
    assert store.get(ADDRESS) == Secret("second")
    store.delete(ADDRESS)
    assert store.get(ADDRESS) is None


def test_deleted_secret_is_gone_and_others_stay(store: SecretStore) -> None:
    others = [Address.parse(text) for text in OTHERS]
    for address in (ADDRESS, *others):
        store.put(address, Secret(f"secret-of-{address}"))
    assert store.delete(ADDRESS) is True
    assert store.get(ADDRESS) is None
    assert [store.get(address) for address in others] == [
        Secret(f"secret-of-{address}") for address in others
    ]


def test_deleting_a_missing_secret_is_no_error_and_is_not_reported_as_deleted(
    store: SecretStore,
) -> None:
    assert store.delete(ADDRESS) is False
    store.put(ADDRESS, Secret(CANARY))
    assert store.delete(ADDRESS) is True
    assert store.delete(ADDRESS) is False
    assert store.get(ADDRESS) is None


@pytest.mark.parametrize(
    "text",
    ["".join(map(chr, range(33, 127))), "x" * MAX_SECRET_LENGTH, "a b", '"\\"', "null", "%s"],
    ids=["all characters", "longest", "blank inside", "quotes", "null", "percent"],
)
def test_every_secret_is_returned_unchanged(
    open_store: Callable[[], SecretStore], text: str
) -> None:
    open_store().put(ADDRESS, Secret.parse(text))
    found = open_store().get(ADDRESS)
    assert found is not None
    assert found.reveal() == text


def test_store_says_what_it_is_and_shows_no_secret(store: SecretStore) -> None:
    store.put(ADDRESS, Secret(CANARY))
    assert store.source.kind in ("memory", "file", "keyring")
    assert store.description
    assert CANARY not in f"{store.source} {store.description} {store!r} {vars(store)}"


def test_error_of_a_missing_secret_names_the_address_the_store_and_the_command(
    store: SecretStore,
) -> None:
    error = store.missing(ADDRESS)
    assert str(ADDRESS) in error.what
    assert error.cause.startswith("It is not in ")
    assert error.next_step == f"conda private login {ADDRESS}"
    assert error.return_code == 4


def test_stamp_is_constant_while_nothing_changes(store: SecretStore) -> None:
    store.put(ADDRESS, Secret(CANARY))
    before = store.stamp()
    store.get(ADDRESS)
    assert store.stamp() == before
    assert CANARY not in repr(before)


def test_no_secret_of_eight_threads_is_lost(
    open_store: Callable[[], SecretStore],
) -> None:
    addresses = [with_label(ADDRESS, f"label-{number}") for number in range(24)]

    def put(address: Address) -> None:
        open_store().put(address, Secret(address.path[-1]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, addresses))
    assert [open_store().get(address) for address in addresses] == [
        Secret(address.path[-1]) for address in addresses
    ]
