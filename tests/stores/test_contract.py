"""What every store that keeps secrets does, whatever it keeps them in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from conda_private.model.address import ChannelUrl
from conda_private.model.ports import SecretStore
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret
from conda_private.stores.file import FileStore
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.memory import MemoryStore
from conda_private.stores.patience import Patience

CANARY = "ca-nary-c3"
SCOPE = ChannelUrl.parse("https://conda.example.org/private")
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
    # Only who names it gets it: not found by searching, so no other test meets it.
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
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], SecretStore]:
    """Opens the same place again and again."""
    if request.param == "file":
        return lambda: FileStore(tmp_path / "share" / "secrets.json")
    if request.param == "keyring":
        monkeypatch.setattr(keyring.core, "_keyring_backend", _Keyring())
        return lambda: KeyringStore(Patience(10))
    memory = MemoryStore()
    return lambda: memory


@pytest.fixture
def store(open_store: Callable[[], SecretStore]) -> SecretStore:
    """The store, empty."""
    return open_store()


def test_empty_store_has_no_secret(store: SecretStore) -> None:
    assert store.get(SCOPE) is None


def test_secret_is_given_back_for_its_scope_alone(store: SecretStore) -> None:
    store.put(SCOPE, Secret(CANARY))
    assert store.get(SCOPE) == Secret(CANARY)
    assert {other: store.get(ChannelUrl.parse(other)) for other in OTHERS} == dict.fromkeys(OTHERS)


def test_scopes_that_are_written_differently_and_mean_the_same_have_one_secret(
    store: SecretStore,
) -> None:
    store.put(ChannelUrl.parse("https://CONDA.example.org:443/private/"), Secret(CANARY))
    assert store.get(SCOPE) == Secret(CANARY)


def test_store_that_is_opened_again_has_the_secrets(
    open_store: Callable[[], SecretStore],
) -> None:
    open_store().put(SCOPE, Secret(CANARY))
    assert open_store().get(SCOPE) == Secret(CANARY)


def test_second_secret_takes_the_place_of_the_first(store: SecretStore) -> None:
    store.put(SCOPE, Secret("first"))
    store.put(SCOPE, Secret("second"))
    assert store.get(SCOPE) == Secret("second")
    store.delete(SCOPE)
    assert store.get(SCOPE) is None


def test_secret_that_is_deleted_is_gone_and_others_stay(store: SecretStore) -> None:
    others = [ChannelUrl.parse(text) for text in OTHERS]
    for scope in (SCOPE, *others):
        store.put(scope, Secret(f"secret-of-{scope}"))
    store.delete(SCOPE)
    assert store.get(SCOPE) is None
    assert [store.get(scope) for scope in others] == [
        Secret(f"secret-of-{scope}") for scope in others
    ]


def test_secret_that_is_not_there_is_deleted_without_an_error(store: SecretStore) -> None:
    store.delete(SCOPE)
    store.put(SCOPE, Secret(CANARY))
    store.delete(SCOPE)
    store.delete(SCOPE)
    assert store.get(SCOPE) is None


@pytest.mark.parametrize(
    "text",
    ["".join(map(chr, range(33, 127))), "x" * MAX_SECRET_LENGTH, "a b", '"\\"', "null", "%s"],
    ids=["all characters", "longest", "blank inside", "quotes", "null", "percent"],
)
def test_every_secret_comes_back_as_it_was(
    open_store: Callable[[], SecretStore], text: str
) -> None:
    open_store().put(SCOPE, Secret.parse(text))
    found = open_store().get(SCOPE)
    assert found is not None
    assert found.reveal() == text


def test_store_says_what_it_is_and_shows_no_secret(store: SecretStore) -> None:
    store.put(SCOPE, Secret(CANARY))
    assert store.source in ("memory", "file", "keyring")
    assert store.description
    assert CANARY not in f"{store.source} {store.description} {store!r} {vars(store)}"


def test_stamp_is_the_same_while_nothing_changes(store: SecretStore) -> None:
    store.put(SCOPE, Secret(CANARY))
    before = store.stamp()
    store.get(SCOPE)
    assert store.stamp() == before
    assert CANARY not in repr(before)


def test_secrets_that_eight_threads_put_are_all_kept(
    open_store: Callable[[], SecretStore],
) -> None:
    scopes = [SCOPE.with_label(f"label-{number}") for number in range(24)]

    def put(scope: ChannelUrl) -> None:
        open_store().put(scope, Secret(scope.path[-1]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, scopes))
    assert [open_store().get(scope) for scope in scopes] == [
        Secret(scope.path[-1]) for scope in scopes
    ]
