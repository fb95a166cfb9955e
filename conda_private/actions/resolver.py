"""Which credential signs which request, and its secret: read once in a process."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from conda_private.model.address import ChannelUrl, Path
from conda_private.model.exceptions import CondaPrivateError, CredentialMissingError
from conda_private.model.login import Login
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from conda_private.model.ports import SecretStore, StoreOpener


class Scopes:
    """Logins by scope. Finding one costs the same however many there are."""

    def __init__(self, logins: Iterable[Login]) -> None:
        self._by_origin: dict[tuple[str, str, int], dict[Path, Login]] = {}
        for login in logins:
            self._by_origin.setdefault(login.scope[:3], {})[login.scope.path] = login

    def closest(self, url: ChannelUrl) -> Login | None:
        """The login with the most specific scope that covers the URL; None without any."""
        by_path = self._by_origin.get(url[:3])
        if by_path:
            for length in range(len(url.path), -1, -1):
                if login := by_path.get(url.path[:length]):
                    return login
        return None


class _Outcome:
    """One store read: a secret, or the error that every later use meets again."""

    def __init__(self) -> None:
        self.store: SecretStore | None = None
        self.stamp: object = None
        self.secret: Secret | None = None
        self.error: CondaPrivateError | None = None

    @property
    def is_current(self) -> bool:
        """Whether what was read still stands there."""
        return self.store is None or self.store.stamp() == self.stamp


class Resolver:
    """Decides for each request; asks each store once for each credential used.

    Args:
        logins: gives the logins; called once, at the first request.
        open_store: opens the store that a login's source names.
    """

    def __init__(self, *, logins: Callable[[], Iterable[Login]], open_store: StoreOpener) -> None:
        self._logins = logins
        self._open_store = open_store
        self._scopes: Scopes | None = None
        self._outcomes: dict[ChannelUrl, _Outcome] = {}
        self._finding = threading.Lock()
        # Another lock: a store may take its time, and public channels do not wait for it.
        self._reading = threading.Lock()

    def find(self, request_url: str) -> Login | None:
        """The login that signs a request to this URL; None for one that stays as it is."""
        url = ChannelUrl.of_request(request_url)
        return self._all_scopes().closest(url) if url else None

    def secret(self, login: Login) -> Secret:
        """The login's secret.

        Raises:
            CredentialMissingError: it is not where the login says.
            StoreError: the place could not be read.
        """
        with self._reading:
            outcome = self._outcomes.get(login.scope)
            if outcome is None or not outcome.is_current:
                outcome = self._outcomes[login.scope] = self._read(login)
        if outcome.secret is None:
            # The same error is raised for each request; it must not collect their tracebacks.
            raise (
                outcome.error.with_traceback(None)
                if outcome.error
                else missing(login.scope, login.source)
            )
        return outcome.secret

    def _all_scopes(self) -> Scopes:
        with self._finding:
            if self._scopes is None:
                self._scopes = Scopes(self._logins())
            return self._scopes

    def _read(self, login: Login) -> _Outcome:
        outcome = _Outcome()
        try:
            outcome.store = self._open_store(login.source)
            outcome.stamp = outcome.store.stamp()
            outcome.secret = outcome.store.get(login.scope)
        except CondaPrivateError as error:
            outcome.error = error
        return outcome


def missing(scope: ChannelUrl, source: str) -> CredentialMissingError:
    """The error for a secret that is not where a source says."""
    kind, _, name = source.partition(":")
    word = shlex.quote(name)
    has_nothing = f"The credential helper {name} has nothing for {scope}."
    places = {
        "env": (f"The variable {name} is not set.", f"export {name}=..."),
        "secret-file": (f"There is no file {name}.", f"ls -l {word}"),
        "helper": (has_nothing, f"see what it has:  docker-credential-{name} list"),
    }
    lost = (f"The {kind} that should hold it does not.", f"conda private login {scope}")
    cause, step = places.get(kind, lost)
    return CredentialMissingError(
        f"The credential for {scope} is missing.", cause=cause, next_step=step
    )
