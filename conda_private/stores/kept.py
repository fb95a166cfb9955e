"""The credential of a command, kept in another store until it expires."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from conda_private.model.address import Address
from conda_private.model.answer import Answer, parse_answer
from conda_private.model.exceptions import (
    CredentialMissingError,
    SecretFormatError,
    StoreError,
    UsageError,
)
from conda_private.model.ports import SecretStore
from conda_private.model.secret import Secret
from conda_private.model.source import Source
from conda_private.stores.once import Once

# No valid address has such a segment, so no login has the same key.
_MARK = "(kept)"


class KeptStore:
    """Asks a command only if the other store has no valid credential of that command.

    Args:
        asked: the command.
        kept_in: the other store.
        open_kept: opens the other store.
        answers: the answers of this process.
        asks_anew: whether the other store is not read, as for a login, which also verifies before
            it stores.
    """

    def __init__(
        self,
        asked: SecretStore,
        kept_in: Source,
        open_kept: Callable[[], SecretStore],
        answers: Once,
        *,
        asks_anew: bool = False,
    ) -> None:
        self._asked, self._open_kept, self._answers = asked, open_kept, answers
        self._asks_anew = asks_anew
        self._name = asked.source.name
        self.source = asked.source._replace(kept_in=str(kept_in))

    @property
    def description(self) -> str:
        """The command, and the other store."""
        return f"command {self._name}; kept until it expires in: {self._open_kept().description}"

    def get(self, address: Address) -> Secret | None:
        """Return the credential that is kept, or else the one that the command prints.

        Raises:
            StoreError: the command failed. The other store may fail.
            UsageError: the command does not say when its credential expires.
        """
        if self._asks_anew:
            return self._stating_expiry(self._asked.get(address))
        if not self._answers.known(self._name) and (kept := self._kept(address)):
            self._answers.put(self._name, kept)
            return kept.secret
        secret = self._asked.get(address)
        if secret:
            # The credential is here; keeping it only saves a run of the command.
            with suppress(StoreError):
                self.put(address, secret)
        return secret

    def put(self, address: Address, secret: Secret) -> None:
        """Keep a credential of the command, if its expiry is known.

        Raises:
            StoreError: the other store could not be written.
        """
        answer = self._answers.known(self._name)
        if answer and answer.ends and answer.secret == secret:
            record = {"command": self._name, "expires": answer.ends.isoformat()}
            item = Secret(json.dumps({**record, "token": secret.reveal()}))
            self._open_kept().put(address.child(_MARK), item)

    def delete(self, address: Address) -> bool:
        """Delete the credential that is kept; return whether there was one.

        Raises:
            StoreError: the other store could not be written.
        """
        return self._open_kept().delete(address.child(_MARK))

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for a command that prints nothing."""
        return self._asked.missing(address)

    def stamp(self) -> object:
        """Return how many of the command's credentials have expired in this process."""
        return self._asked.stamp()

    def _kept(self, address: Address) -> Answer | None:
        now = self._answers.now()
        try:
            found = self._open_kept().get(address.child(_MARK))
            text = found.reveal() if found else "{}"
            is_ours = json.loads(text).get("command") == self._name
            answer = parse_answer(text, now) if is_ours else None
        except (StoreError, SecretFormatError, ValueError, AttributeError):
            return None
        return None if answer is None or answer.is_over(now) else answer

    def _stating_expiry(self, secret: Secret | None) -> Secret | None:
        answer = self._answers.known(self._name)
        if secret and not (answer and answer.ends):
            raise UsageError(
                "The command does not say when its credential expires.",
                cause="A credential is only kept until then.",
                next_step="repeat the command without --storage: the credential is not stored, and"
                " the\ncommand runs once in each conda command that needs it",
            )
        return secret
