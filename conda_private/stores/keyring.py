"""Credentials in the system keyring: Keychain, Credential Manager, Secret Service, KWallet."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CredentialMissingError,
    KeyringLockedError,
    KeyringUnavailableError,
)
from conda_private.model.secret import Secret
from conda_private.model.source import KEYRING, Source
from conda_private.stores.patience import NoAnswerError, Patience, patience

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "conda-private"
_MACOS = "keyring.backends.macOS.api"
_MIN_PRIORITY = 1  # the `keyring` library recommends these backends; plain text files have less
_WAITING = (
    "conda-private: waiting for the {}; a window may be asking for its password."
    "  Press Ctrl-C to stop waiting."
)
_WAY_OUT = (
    "unlock it (log in to the desktop, or `gnome-keyring-daemon --unlock`) and repeat the command"
    "\nor use a file:  conda private login my-org --storage file"
)
T = TypeVar("T")


def open_store(source: Source, tell: Callable[[str], None]) -> KeyringStore:
    """Open the system keyring; ``tell`` informs the user if that takes long."""
    return KeyringStore(patience(tell))


class KeyringStore:
    """The keyring that the ``keyring`` library finds. Items have a service and an address.

    Args:
        patience: limits the time of each call, which can open a window that asks for a password.

    Raises:
        KeyringUnavailableError: there is no keyring that stores credentials securely.
        KeyringLockedError: the keyring did not answer in time.
    """

    source = KEYRING

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        problem = ""
        try:
            self._backend, is_secure = patience.ask(_find, _WAITING.format("system keyring"))
            if not is_secure:
                problem = f"found no backend that is secure ({_name(self._backend)})"
        except NoAnswerError:
            raise self._no_answer("system keyring") from None
        # The user can configure any class as the backend, so loading it can raise any error.
        except Exception as error:
            problem = f"could not load a backend ({type(error).__name__})"
        if problem:
            raise KeyringUnavailableError(
                "There is no system keyring on this machine.",
                cause=f"The library `keyring` {problem}.",
                next_step="start a keyring (on Linux a Secret Service, such as gnome-keyring, with"
                " D-Bus),\n"
                "or store the credential in a file:  conda private login my-org --storage file",
            )

    @property
    def description(self) -> str:
        """The name of the keyring."""
        return f"system keyring ({_name(self._backend)})"

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if there is none."""
        value = self._ask(lambda: self._backend.get_password(SERVICE, str(address)))
        return None if value is None else Secret(value)

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address; it replaces any other."""
        self._ask(lambda: self._backend.set_password(SERVICE, str(address), secret.reveal()))

    def delete(self, address: Address) -> None:
        """Delete the credential for exactly this address, if there is one."""
        from keyring.errors import PasswordDeleteError

        def delete() -> None:
            try:
                self._backend.delete_password(SERVICE, str(address))
            except PasswordDeleteError:
                if self._backend.get_password(SERVICE, str(address)) is not None:
                    raise

        self._ask(delete)

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential."""
        return CredentialMissingError.not_in(address, f"It is not in the {self.description}.")

    def stamp(self) -> object:
        """Return None: changes are not noticed within a process."""
        return None

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return self._patience.ask(question, _WAITING.format(self.description))
        except NoAnswerError:
            raise self._no_answer(self.description) from None
        # Backends also raise errors of their own libraries, such as D-Bus and Win32.
        except Exception as error:
            raise KeyringLockedError(
                f"The {self.description} failed.",
                cause=f"It may be locked ({type(error).__name__}).",
                next_step=_WAY_OUT,
            ) from error

    def _no_answer(self, name: str) -> KeyringLockedError:
        return KeyringLockedError(
            f"The {name} did not answer within {self._patience.limit:g} seconds.",
            cause="It may be waiting to be unlocked, or its program hangs.",
            next_step=_WAY_OUT,
        )


def _find() -> tuple[KeyringBackend, bool]:
    import keyring

    with _without_macos():
        backend = keyring.get_keyring()
    return backend, _is_secure(backend)


@contextlib.contextmanager
def _without_macos() -> Iterator[None]:
    # The library loads each of its backends to find those that work. The one for macOS searches for
    # Apple's libraries with ldconfig, a compiler and a linker, which takes longer than all others.
    modules: dict[str, object] = sys.modules  # type: ignore[assignment]
    blocked = sys.platform != "darwin" and _MACOS not in modules
    if blocked:
        modules[_MACOS] = None
    try:
        yield
    finally:
        if blocked:
            del modules[_MACOS]


def _is_secure(backend: KeyringBackend) -> bool:
    members = _members(backend)
    return bool(members) and all(each.priority >= _MIN_PRIORITY for each in members)


def _members(backend: KeyringBackend) -> list[KeyringBackend]:
    # A chainer writes to its first member. It has no members on a machine without a keyring.
    return list(getattr(backend, "backends", [backend]))[:1]


def _name(backend: KeyringBackend) -> str:
    member = type((_members(backend) or [backend])[0])
    return member.__module__.rpartition(".")[2]
