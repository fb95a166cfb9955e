"""The credential of a sign-in, which renews itself: in another store, with its refresh token."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from conda_private.model.address import Address
from conda_private.model.answer import Answer
from conda_private.model.exceptions import CondaPrivateError, CredentialMissingError, StoreError
from conda_private.model.ports import SecretStore
from conda_private.model.secret import Secret
from conda_private.model.sign_in import Client, SignInError, again
from conda_private.model.source import Source
from conda_private.output import notice
from conda_private.signin.grant import Grant
from conda_private.signin.renewals import Renewals
from conda_private.stores.once import Once

# No valid address has such a segment, so no login has the same key.
_MARK = "(signed-in)"


def open_store(source: Source, tell: Callable[[str], None]) -> SecretStore:
    """Refuse a source without the store that has the grant.

    Raises:
        StoreError: always; ``composition.sign_ins`` opens the others.
    """
    raise StoreError(
        "A login with a sign-in does not say where its grant is stored.",
        cause="The logins file was edited by hand: kept_in is missing.",
        next_step="repeat the login:  conda private login CHANNEL --web",
    )


class SignInStore:
    """Reads an access token, and renews it if it has expired: once for all processes.

    Args:
        client: who signed in where.
        kept_in: the store that has the grant.
        open_kept: opens that store.
        answers: the answers of this process.
        renewals: the locks.
    """

    def __init__(
        self,
        client: Client,
        kept_in: Source,
        open_kept: Callable[[], SecretStore],
        answers: Once,
        renewals: Renewals,
    ) -> None:
        self.client = client
        self._open_kept, self._answers, self._renewals = open_kept, answers, renewals
        self._new: Grant | None = None
        self._name, self._expired = "", 0
        self.source = client.source._replace(kept_in=str(kept_in))

    @property
    def description(self) -> str:
        """The store that has it, and who renews it."""
        return f"{self._open_kept().description}; renewed by {self.client.issuer}"

    def get(self, address: Address) -> Secret | None:
        """Return the access token; it is renewed first if it has expired.

        Raises:
            SignInError: the issuer does not renew it.
            StoreError: the other store could not be read.
            ConnectionFailedError: the issuer did not answer, or conda is offline.
        """
        self._name = f"{self.source.name} {address}"
        answer = self._answers.get(self._name, lambda: self._read(address))
        self._expired = self._answers.stamp(self._name)
        return answer.secret if answer else None

    def renewed(self, address: Address, refused: Secret) -> Secret | None:
        """Return another access token for one that the server refused; None if there is none.

        Raises:
            CondaPrivateError: an error of ``get``.
        """
        grant = _unless_stopped(lambda: self._renew(address, refused))
        if grant is None:
            return None
        self._answers.put(self._name, _answer(grant))
        return grant.access

    def take(self, grant: Grant) -> None:
        """Take the grant of a new sign-in, which ``put`` stores."""
        self._new = grant

    def put(self, address: Address, secret: Secret) -> None:
        """Store the new grant; the one that it replaces is revoked.

        Raises:
            StoreError: the other store could not be written.
        """
        if self._new is None:
            return
        with self._renewals.locked(address):
            before = None
            with suppress(StoreError):
                before = self._kept(address)
            self._store(address, self._new)
        self._new = None
        if before:
            self.revoke(before)

    def give_up(self) -> None:
        """Revoke the grant of a new sign-in that is not stored."""
        if self._new:
            self.revoke(self._new)

    def delete(self, address: Address) -> bool:
        """Revoke the grant at its issuer, and delete it; return whether there was one.

        Raises:
            StoreError: the other store could not be read or written.
        """
        grant = self._kept(address)
        if grant is None or grant.client != self.client:
            return False  # another sign-in has replaced it
        self.revoke(grant)
        deleted = self._open_kept().delete(address.child(_MARK))
        self._renewals.forget(address)
        return deleted

    def revoke(self, grant: Grant) -> None:
        """Revoke a grant at its issuer, and say so if that failed."""
        from conda_private.signin.issuer import discover, revoke

        name = grant.client.issuer
        try:
            url = discover(grant.client).revocation
            if url:
                revoke(url, grant.client, grant.refresh or grant.access)
                return
            reason = f"{name} has no address for it (RFC 7009)."
        except CondaPrivateError as error:
            reason = f"{error.what} {error.cause}"
        notice(
            f"\nWarning: The sign-in was not revoked at {name}.\nCause: {reason}\n"
            f"Next:  open {name} in a browser, and end the session of {grant.client.client_id}"
        )

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a grant."""
        cause = f"It is not in the {self.source.kept_in}."
        return CredentialMissingError.not_in(address, cause, again(address, self.client))

    def stamp(self) -> object:
        """Return how many access tokens have expired since ``get``."""
        return self._answers.stamp(self._name) - self._expired if self._name else 0

    def _kept(self, address: Address) -> Grant | None:
        found = self._open_kept().get(address.child(_MARK))
        return Grant.parse(found) if found else None

    def _store(self, address: Address, grant: Grant) -> None:
        self._open_kept().put(address.child(_MARK), grant.stored)
        self._renewals.record(address, grant.until)

    def _read(self, address: Address) -> Answer | None:
        grant = self._kept(address)
        if grant and self._is_over(grant):
            grant = _unless_stopped(lambda: self._renew(address))
        return _answer(grant) if grant else None

    def _is_over(self, grant: Grant) -> bool:
        return _answer(grant).is_over(self._answers.now())

    def _renew(self, address: Address, refused: Secret | None = None) -> Grant | None:
        """Renew a grant, unless another process has done it in the meantime."""
        with self._renewals.locked(address):
            grant = self._kept(address)
            if grant is None or not (grant.access == refused or self._is_over(grant)):
                return grant
            renewed = self._asked(address, grant)
            try:
                self._store(address, renewed)
            except StoreError as error:
                # The answer is here, so this process can go on.
                notice(
                    f"\nWarning: The renewed sign-in for {address} was not stored.\n{error}\n"
                    f"then  {again(address, self.client)}"
                )
            return renewed

    def _asked(self, address: Address, grant: Grant) -> Grant:
        from conda_private.signin.issuer import granted

        if grant.refresh is None:
            raise self._ended(address, "It gave no refresh token.")
        fields = {"grant_type": "refresh_token", "refresh_token": grant.refresh.reveal()}
        try:
            return granted(grant.endpoint, grant.client, fields, grant)
        except SignInError as error:
            raise self._ended(address, error.cause) from None

    def _ended(self, address: Address, cause: str) -> SignInError:
        return SignInError(
            f"The sign-in for {address} is no longer valid.",
            cause=f"{self.client.issuer} does not renew it. {cause}",
            next_step=again(address, self.client),
        )


def _answer(grant: Grant) -> Answer:
    return Answer(grant.access, grant.ends)


def _unless_stopped(renew: Callable[[], Grant | None]) -> Grant | None:
    """Renew in a thread of its own: Ctrl-C ends the wait, but not between answer and storing."""
    outcome: list[Grant | Exception | None] = []

    def run() -> None:
        try:
            outcome.append(renew())
        except Exception as error:
            outcome.append(error)

    # Not a daemon, also if the caller is one: Python waits for it when the process ends.
    thread = threading.Thread(target=run, name="renewal of a sign-in", daemon=False)
    thread.start()
    thread.join()
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]
