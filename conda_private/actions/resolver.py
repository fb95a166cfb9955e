"""Find the login that authenticates a request, and read its credential once per process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from conda_private.model.address import Address, Path
from conda_private.model.exceptions import CondaPrivateError, StoreError
from conda_private.model.login import Login
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from conda_private.model.ports import SecretStore, StoreOpener


class LoginsByAddress:
    """Logins by address. The cost of a lookup does not depend on how many there are."""

    def __init__(self, logins: Iterable[Login]) -> None:
        self._by_origin: dict[tuple[str, str, int], dict[Path, Login]] = {}
        self._deepest = 0
        for login in logins:
            self._deepest = max(self._deepest, len(login.address.path))
            self._by_origin.setdefault(login.address[:3], {})[login.address.path] = login

    def closest(self, url: Address) -> Login | None:
        """Return the login with the most specific address that covers the URL, or None."""
        by_path = self._by_origin.get(url[:3])
        if by_path:
            # A server can send a redirect to a path of thousands of segments.
            for length in range(min(len(url.path), self._deepest), -1, -1):
                if login := by_path.get(url.path[:length]):
                    return login
        return None


class _Outcome(NamedTuple):
    """The result of one store read: the credential, or the error that each later use raises."""

    store: SecretStore | None
    stamp: object
    result: Secret | CondaPrivateError

    @property
    def is_current(self) -> bool:
        """Whether the store has not changed since it was read."""
        return self.store is None or self.store.stamp() == self.stamp


class Resolver:
    """Finds the login for each request, and reads each credential once.

    Args:
        logins: returns the logins; called once, at the first request.
        open_store: opens the store that a login's source names.
    """

    def __init__(self, *, logins: Callable[[], Iterable[Login]], open_store: StoreOpener) -> None:
        self._logins = logins
        self._open_store = open_store
        self._addresses: LoginsByAddress | None = None
        self._outcomes: dict[Address, _Outcome] = {}
        self._renewed = set[Address]()
        self._finding = threading.Lock()
        # A lock of its own: a store may be slow, and public channels do not wait for it.
        self._reading = threading.Lock()

    def find(self, request_url: str) -> Login | None:
        """Return the login that authenticates a request to this URL, or None."""
        url = Address.of_request(request_url)
        return self._by_address().closest(url) if url else None

    def secret(self, login: Login) -> Secret:
        """Return the login's credential.

        Raises:
            CredentialMissingError: its store has no credential for the login.
            StoreError: the store could not be read.
        """
        with self._reading:
            outcome = self._outcomes.get(login.address)
            if outcome is None or not outcome.is_current:
                outcome = self._outcomes[login.address] = self._read(login)
        if isinstance(outcome.result, CondaPrivateError):
            # One error object serves many requests; it must not accumulate their tracebacks.
            raise outcome.result.with_traceback(None)
        return outcome.result

    def renewed(self, login: Login, refused: Secret) -> Secret | None:
        """Return another credential for one that a server refused; None if there is none.

        Raises:
            CondaPrivateError: its issuer does not renew it, or did not answer.
        """
        from conda_private.model.ports import Renewing

        with self._reading:
            outcome = self._outcomes.get(login.address)
            if outcome is None or not isinstance(outcome.store, Renewing):
                return None
            if outcome.result == refused and login.address not in self._renewed:
                self._renewed.add(login.address)
                found = outcome.store.renewed(login.address, refused)
                outcome = self._outcomes[login.address] = outcome._replace(result=found or refused)
            return outcome.result if isinstance(outcome.result, Secret) else None

    def _by_address(self) -> LoginsByAddress:
        with self._finding:
            if self._addresses is None:
                self._addresses = LoginsByAddress(self._logins())
            return self._addresses

    def _read(self, login: Login) -> _Outcome:
        store, stamp = None, None
        try:
            store = self._open_store(login.source)
            stamp = store.stamp()
            secret = store.get(login.address)
            return _Outcome(store, stamp, secret or store.missing(login.address))
        except StoreError as error:
            address = login.address
            needed = error.needed_by(f"The login for {address}", f"conda private login {address}")
            return _Outcome(store, stamp, needed)
        except CondaPrivateError as error:
            return _Outcome(store, stamp, error)
