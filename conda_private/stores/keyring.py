"""Credentials in a keyring: Keychain, Credential Manager, Secret Service, KWallet, or another."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CredentialMissingError,
    KeyringLockedError,
    KeyringUnavailableError,
)
from conda_private.model.secret import Secret, SecretText
from conda_private.model.source import SYSTEM_BACKENDS, Source
from conda_private.stores import backends, credential_manager, secret_service
from conda_private.stores.keyring_hints import USE_A_FILE, cannot_ask, start_one, unlock
from conda_private.stores.patience import NoAnswerError, Patience, patience

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "conda-private"
_WAITING = (
    "conda-private: waiting for the {}, for up to {:g} seconds; a window may be asking for its"
    " password.  Press Ctrl-C to stop waiting."
)
_TRIAL = Address.parse("https://conda-private.invalid/trial")
T = TypeVar("T")


def open_store(source: Source, tell: Callable[[str], None]) -> KeyringStore:
    """Open the keyring with the backend that a source names, or else find one.

    Args:
        source: the keyring, with the class of its backend or without.
        tell: informs the user if the keyring takes long, or if a variable is ignored.
    """
    if not source.name:
        return KeyringStore(patience(tell), partial(backends.find, tell))
    return KeyringStore(patience(tell), partial(backends.load, source.name), source.name)


class KeyringStore:
    """One keyring. Items have a service and an address.

    Args:
        patience: limits the time of each call, which can open a window that asks for a password.
        load: loads the backend.
        name: the backend's class, if it is known; else "".

    Raises:
        KeyringUnavailableError: there is no such backend, or it cannot be used here.
        KeyringLockedError: the keyring did not answer in time.
    """

    def __init__(
        self, patience: Patience, load: Callable[[], KeyringBackend], name: str = ""
    ) -> None:
        self._patience, self._load, self._name = patience, load, name
        self._name = name if name == secret_service.CLASS else backends.class_of(self._backend)
        self.source = Source("keyring", self._name)

    @cached_property
    def _backend(self) -> KeyringBackend:
        try:
            return self._within_time(self._load)
        except KeyringLockedError:
            raise
        # Any class can be a backend, so loading it can raise any error.
        except Exception as error:
            raise self._unavailable(error) from error

    @property
    def description(self) -> str:
        """The name of the keyring."""
        if self._name in SYSTEM_BACKENDS:
            return f"system keyring ({SYSTEM_BACKENDS[self._name]})"
        return f"keyring backend {self._name}" if self._name else "system keyring"

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if there is none."""
        for service, user in self._items(address):
            if (value := self._read(service, user)) is not None:
                return Secret(value)
        return None

    def _read(self, service: str, user: str) -> str | None:
        value = None
        if self._name == secret_service.CLASS:
            value = self._ask(lambda: secret_service.read_unlocked(service, user))
        if value is None:
            backend = self._backend
            value = self._ask(lambda: backend.get_password(service, user))
        return value

    def _items(self, address: Address) -> list[tuple[str, str]]:
        """Return the service and the user name of an item, and of one of an older version."""
        usual = (SERVICE, str(address))
        if self._name != credential_manager.CLASS:
            return [usual]
        return [(credential_manager.service_for(address), credential_manager.USER), usual]

    def read_item(self, service: str, user: str) -> SecretText | None:
        """Return an item of another program, or None if there is none."""
        backend = self._backend
        value = self._ask(lambda: backend.get_password(service, user))
        return None if value is None else SecretText(value)

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address, and read it back; it replaces any other."""
        backend = self._backend
        (service, user), *older = self._items(address)
        if self._name == credential_manager.CLASS:
            if cause := credential_manager.too_long(secret.reveal()):
                raise self._refused("cannot store the credential", cause)
            credential_manager.keep_on_this_machine(backend)

        def put() -> bool:
            backend.set_password(service, user, secret.reveal())
            return backend.get_password(service, user) == secret.reveal()

        if not self._ask(put):
            cause = "It reported no error, but it does not have the credential."
            raise self._refused("did not store the credential", cause)
        for item in older:
            self._delete(*item)

    def delete(self, address: Address) -> bool:
        """Delete the credential for exactly this address; return whether there was one."""
        deleted = [self._delete(*item) for item in self._items(address)]
        return any(deleted)

    def _delete(self, service: str, user: str) -> bool:
        from keyring.errors import PasswordDeleteError

        backend = self._backend

        def delete() -> bool:
            if backend.get_password(service, user) is None:
                return False
            backend.delete_password(service, user)
            if backend.get_password(service, user) is not None:
                raise PasswordDeleteError
            return True

        return self._ask(delete)

    def try_out(self) -> None:
        """Store an item, read it back and delete it, if it is not a keyring of the system.

        Raises:
            KeyringUnavailableError: the backend is one that only reads, or stores nothing.
        """
        if self._name not in SYSTEM_BACKENDS:
            self.put(_TRIAL, Secret("trial"))
            self.delete(_TRIAL)

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential."""
        return CredentialMissingError.not_in(address, f"It is not in the {self.description}.")

    def stamp(self) -> object:
        """Return None: changes are not noticed within a process."""
        return None

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return self._within_time(question)
        except KeyringLockedError:
            raise
        except NotImplementedError as error:
            cause = "It only reads those of a service of its own."
            raise self._refused("does not store credentials", cause) from error
        # Backends also raise errors of their own libraries, such as D-Bus and Win32.
        except Exception as error:
            if problem := self._within_time(partial(backends.problem_of, self._backend)):
                raise self._unavailable(problem) from error
            if cause := credential_manager.reason(error) or cannot_ask(self._name, error):
                raise self._refused("cannot be used here", cause, unlock(self._name)) from error
            raise KeyringLockedError(
                f"The {self.description} failed.",
                cause=f"It may be locked ({type(error).__name__}).",
                next_step=unlock(self._name),
            ) from error

    def _refused(self, what: str, cause: str, next_step: str = "") -> KeyringUnavailableError:
        return KeyringUnavailableError(
            f"The {self.description} {what}.", cause=cause, next_step=next_step or start_one()
        )

    def _within_time(self, question: Callable[[], T]) -> T:
        limit = self._patience.limit
        try:
            return self._patience.ask(question, _WAITING.format(self.description, limit))
        except NoAnswerError:
            raise KeyringLockedError(
                f"The {self.description} did not answer within {limit:g} seconds.",
                cause="It may be waiting to be unlocked, or its program hangs.",
                next_step=unlock(self._name),
            ) from None

    def _unavailable(self, problem: Exception) -> KeyringUnavailableError:
        package = backends.package_of(problem)
        install = f"install it:  conda install --name base {package}\n{USE_A_FILE}"
        return KeyringUnavailableError(
            f"The {self.description} cannot be used here."
            if self._name
            else "There is no system keyring on this machine.",
            cause=backends.reason(problem),
            next_step=install if package else start_one(),
        )
