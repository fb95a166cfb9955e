"""The system keyring: its items, a machine without one, and one that fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError

from conda_private.model.address import Address
from conda_private.model.exceptions import KeyringLockedError, KeyringUnavailableError, StoreError
from conda_private.model.secret import Secret
from conda_private.model.source import Source
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.patience import Patience

CANARY = "ca-nary-a2"
ADDRESS = Address.parse("https://conda.example.org/private/label/dev")


class _Keyring(KeyringBackend):
    """A keyring in this process; it raises ``error`` for every call."""

    priority = 5
    # The library does not find it by searching, so no other test gets it.
    viable = False

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        if self.items.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")

    def _fail(self) -> None:
        if self.error:
            raise self.error


class _Stubborn(_Keyring):
    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError("the user said no")


def store_of(backend: KeyringBackend, patience: Patience | None = None) -> KeyringStore:
    """The store with this backend."""
    return KeyringStore(patience or Patience(10), lambda: backend)


def test_item_has_the_service_and_the_address() -> None:
    backend = _Keyring()
    store_of(backend).put(ADDRESS, Secret(CANARY))
    assert backend.items == {("conda-private", str(ADDRESS)): CANARY}
    store_of(backend).delete(ADDRESS)
    assert backend.items == {}


def test_items_of_others_are_left_alone() -> None:
    backend = _Keyring()
    backend.items = {("other", str(ADDRESS)): "x", ("conda-private", f"{ADDRESS}2"): "y"}
    assert store_of(backend).get(ADDRESS) is None
    store_of(backend).delete(ADDRESS)
    assert len(backend.items) == 2


def test_opening_does_not_call_the_keyring() -> None:
    store = store_of(_Keyring(KeyringLocked("asked")))
    assert store.source == Source("keyring", "tests.stores.test_keyring._Keyring")
    assert store.description == "keyring backend tests.stores.test_keyring._Keyring"


def test_description_names_the_keyring_of_the_system() -> None:
    backend = type("Keyring", (_Keyring,), {"__module__": "keyring.backends.libsecret"})()
    assert store_of(backend).description == "system keyring (libsecret)"
    assert str(store_of(backend).source) == "keyring"


class _Silent(_Keyring):
    """It says yes to everything and stores nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class _ReadOnly(_Keyring):
    """As the backends of package indexes: they implement one of three methods."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    delete_password = set_password  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("backend", "what"),
    [(_Silent(), "did not store the credential"), (_ReadOnly(), "does not store credentials")],
    ids=["silent", "read-only"],
)
def test_stored_is_said_only_of_what_can_be_read_back(backend: _Keyring, what: str) -> None:
    store = store_of(backend)
    for ask in (partial(store.put, ADDRESS, Secret(CANARY)), store.try_out):
        with pytest.raises(KeyringUnavailableError) as caught:
            ask()
        assert what in caught.value.what
        assert "_Silent" in caught.value.what or "_ReadOnly" in caught.value.what
        assert "--storage file" in caught.value.next_step
        assert CANARY not in str(caught.value)


def test_older_credential_that_stays_is_not_the_one_that_was_stored() -> None:
    backend = _Silent()
    backend.items["conda-private", str(ADDRESS)] = "older"
    with pytest.raises(KeyringUnavailableError):
        store_of(backend).put(ADDRESS, Secret(CANARY))


def test_trial_leaves_nothing_behind() -> None:
    backend = _Keyring()
    store_of(backend).try_out()
    assert backend.items == {}


def test_keyring_of_the_system_is_not_tried_out() -> None:
    fields = {"__module__": "keyring.backends.SecretService"}
    backend = type("Keyring", (_Silent,), fields)()
    store_of(backend).try_out()


def _refuse(self: object, service: str, username: str) -> None:
    raise NotImplementedError


def test_keyring_that_cannot_delete_is_no_keyring() -> None:
    backend = type("_NoDelete", (_Keyring,), {"delete_password": _refuse})()
    with pytest.raises(KeyringUnavailableError):
        store_of(backend).try_out()


class _Gone(_Keyring):
    """A backend whose service is not running."""

    @properties.classproperty
    def priority(self) -> float:  # type: ignore[override]
        raise RuntimeError("The daemon is neither running\nnor activatable.")


def test_keyring_without_its_service_is_unavailable_with_its_reason() -> None:
    store = store_of(_Gone(NameError("secretstorage")))
    with pytest.raises(KeyringUnavailableError) as caught:
        store.get(ADDRESS)
    assert caught.value.cause == "The daemon is neither running."
    assert caught.value.what.endswith("_Gone cannot be used here.")


ERRORS: dict[str, Exception] = {
    "locked": KeyringLocked("Failed to unlock the collection!"),
    "not started": InitError("no such service"),
    "refused": PasswordSetError("refused"),
    "of its own library": ConnectionRefusedError("D-Bus"),
    "of Windows": OSError(1783, "The stub received bad data", "CredWrite"),
    "unexpected": AttributeError("NoneType"),
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.get(ADDRESS),
        lambda store: store.put(ADDRESS, Secret(CANARY)),
        lambda store: store.delete(ADDRESS),
    ],
    ids=["get", "put", "delete"],
)
def test_failing_keyring_is_not_reported_as_a_missing_secret(
    ask: Callable[[KeyringStore], Any], error: Exception
) -> None:
    store = store_of(_Keyring(error))
    with pytest.raises(KeyringLockedError) as caught:
        ask(store)
    assert isinstance(caught.value, StoreError)
    assert type(error).__name__ in caught.value.cause
    assert "--storage file" in caught.value.next_step
    assert caught.value.__cause__ is error
    assert CANARY not in str(caught.value)


def test_item_that_is_still_there_after_deleting_is_an_error() -> None:
    backend = _Stubborn()
    store = store_of(backend)
    store.delete(ADDRESS)
    store.put(ADDRESS, Secret(CANARY))
    with pytest.raises(KeyringLockedError):
        store.delete(ADDRESS)
    assert store.get(ADDRESS) == Secret(CANARY)


class _Hanging(_Keyring):
    """It answers after ``answers`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait(20)
        return super().get_password(service, username)


@pytest.fixture
def hanging() -> Iterator[_Hanging]:
    """A keyring that hangs until the end of the test."""
    backend = _Hanging()
    yield backend
    backend.answers.set()


def test_keyring_that_hangs_is_an_error_with_the_next_command(hanging: _Hanging) -> None:
    store = store_of(hanging, Patience(0.3))
    start = time.monotonic()
    with pytest.raises(KeyringLockedError) as caught:
        store.get(ADDRESS)
    assert 0.3 <= time.monotonic() - start < 10
    assert "did not answer within 0.3 seconds" in caught.value.what
    assert "--storage file" in caught.value.next_step


def test_keyring_that_hung_once_is_not_waited_for_again(hanging: _Hanging) -> None:
    patience = Patience(1)
    for _ in range(2):
        start = time.monotonic()
        with pytest.raises(KeyringLockedError):
            store_of(hanging, patience).get(ADDRESS)
    assert time.monotonic() - start < 0.9


def test_user_is_told_once_that_a_keyring_is_slow(hanging: _Hanging) -> None:
    said: list[str] = []
    with pytest.raises(KeyringLockedError):
        store_of(hanging, Patience(0.6, say_after=0.2, tell=said.append)).get(ADDRESS)
    assert len(said) == 1
    assert (
        "waiting for the keyring backend tests.stores.test_keyring._Hanging, for up to" in said[0]
    )


def test_keyring_that_is_unlocked_in_time_gives_its_secret(hanging: _Hanging) -> None:
    patience = Patience(10, say_after=0.2, tell=lambda text: hanging.answers.set())
    store = store_of(hanging, patience)
    store.put(ADDRESS, Secret(CANARY))
    assert store.get(ADDRESS) == Secret(CANARY)


def test_keyring_that_hangs_while_it_is_loaded_is_not_unavailable() -> None:
    with pytest.raises(KeyringLockedError):
        KeyringStore(Patience(0.2), lambda: time.sleep(1) or _Keyring())
