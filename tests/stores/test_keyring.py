"""The system keyring: its items, a machine without one, and one that fails."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError

from conda_private.model.address import Address
from conda_private.model.exceptions import KeyringLockedError, KeyringUnavailableError, StoreError
from conda_private.model.secret import Secret
from conda_private.model.source import KEYRING
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


class _Plain(_Keyring):
    priority = 0.5


class _Stubborn(_Keyring):
    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError("the user said no")


class _Chain(_Keyring):
    priority = 10

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()
        self.backends = backends


class _Unwilling(_Keyring):
    @property
    def priority(self) -> float:  # type: ignore[override]
        raise RuntimeError("no D-Bus")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend | None], None]:
    """Makes a keyring the system keyring; with None the library searches again."""
    return lambda backend: monkeypatch.setattr(keyring.core, "_keyring_backend", backend)


Use = Callable[[KeyringBackend | None], None]


def test_item_has_the_service_and_the_address(use: Use) -> None:
    backend = _Keyring()
    use(backend)
    KeyringStore(Patience(10)).put(ADDRESS, Secret(CANARY))
    assert backend.items == {("conda-private", str(ADDRESS)): CANARY}
    KeyringStore(Patience(10)).delete(ADDRESS)
    assert backend.items == {}


def test_items_of_others_are_left_alone(use: Use) -> None:
    backend = _Keyring()
    backend.items = {("other", str(ADDRESS)): "x", ("conda-private", f"{ADDRESS}2"): "y"}
    use(backend)
    assert KeyringStore(Patience(10)).get(ADDRESS) is None
    KeyringStore(Patience(10)).delete(ADDRESS)
    assert len(backend.items) == 2


def test_opening_does_not_call_the_keyring(use: Use) -> None:
    use(_Keyring(KeyringLocked("asked")))
    assert KeyringStore(Patience(10)).source == KEYRING


def test_description_names_the_keyring(use: Use) -> None:
    use(_Keyring())
    assert KeyringStore(Patience(10)).description == "system keyring (test_keyring)"


@pytest.mark.parametrize(
    "backend",
    [fail.Keyring(), null.Keyring(), _Plain(), _Chain(), _Chain(_Plain(), _Keyring())],
    ids=["none", "null", "plain text", "empty chain", "chain that begins with plain text"],
)
def test_keyring_that_is_not_secure_is_unavailable(use: Use, backend: KeyringBackend) -> None:
    use(backend)
    with pytest.raises(KeyringUnavailableError) as caught:
        KeyringStore(Patience(10))
    assert "--storage file" in caught.value.next_step


def test_chain_that_begins_with_a_secure_keyring_is_secure(use: Use) -> None:
    use(_Chain(_Keyring(), _Plain()))
    assert KeyringStore(Patience(10)).get(ADDRESS) is None


def test_keyring_that_cannot_be_inspected_is_unavailable(use: Use) -> None:
    use(_Unwilling())
    with pytest.raises(KeyringUnavailableError):
        KeyringStore(Patience(10))


@pytest.mark.parametrize(
    "name",
    ["no_such_module.Keyring", "keyring.backends.fail.NoSuchClass", "nonsense", "os.getcwd"],
)
def test_keyring_with_an_invalid_setting_is_unavailable(
    use: Use, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    use(None)
    with pytest.raises(KeyringUnavailableError) as caught:
        KeyringStore(Patience(10))
    assert "--storage file" in caught.value.next_step


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
    use: Use, ask: Callable[[KeyringStore], Any], error: Exception
) -> None:
    use(_Keyring(error))
    with pytest.raises(KeyringLockedError) as caught:
        ask(KeyringStore(Patience(10)))
    assert isinstance(caught.value, StoreError)
    assert type(error).__name__ in caught.value.cause
    assert "--storage file" in caught.value.next_step
    assert caught.value.__cause__ is error
    assert CANARY not in str(caught.value)


def test_item_that_is_still_there_after_deleting_is_an_error(use: Use) -> None:
    backend = _Stubborn()
    use(backend)
    store = KeyringStore(Patience(10))
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
def hanging(use: Use) -> Iterator[_Hanging]:
    """A keyring that hangs until the end of the test."""
    backend = _Hanging()
    use(backend)
    yield backend
    backend.answers.set()


def test_keyring_that_hangs_is_an_error_with_the_next_command(hanging: _Hanging) -> None:
    store = KeyringStore(Patience(0.3))
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
            KeyringStore(patience).get(ADDRESS)
    assert time.monotonic() - start < 0.9


def test_user_is_told_once_that_a_keyring_is_slow(hanging: _Hanging) -> None:
    said: list[str] = []
    with pytest.raises(KeyringLockedError):
        KeyringStore(Patience(0.6, say_after=0.2, tell=said.append)).get(ADDRESS)
    assert len(said) == 1
    assert "waiting for the system keyring (test_keyring)" in said[0]


def test_keyring_that_is_unlocked_in_time_gives_its_secret(hanging: _Hanging) -> None:
    store = KeyringStore(Patience(10, say_after=0.2, tell=lambda text: hanging.answers.set()))
    store.put(ADDRESS, Secret(CANARY))
    assert store.get(ADDRESS) == Secret(CANARY)


def test_keyring_that_hangs_while_it_is_loaded_is_not_unavailable(
    use: Use, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "slow_backend.py").write_text("import time\ntime.sleep(1)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "slow_backend.Keyring")
    use(None)
    with pytest.raises(KeyringLockedError):
        KeyringStore(Patience(0.2))


FIND = """\
import sys
started = []
sys.addaudithook(lambda event, args: event == "subprocess.Popen" and started.append(args[0]))
from conda_private.model.exceptions import KeyringUnavailableError
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.patience import Patience
try:
    print(KeyringStore(Patience(60)).description)
except KeyringUnavailableError:
    print("none")
print(started, None in sys.modules.values())
"""


def test_keyring_is_found_without_starting_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIND],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["none", "[] False"]
