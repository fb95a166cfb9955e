"""Credential helpers: programs that implement the protocol of docker-credential-helpers.

``docker-credential-NAME get|store|erase``, with one JSON object on standard input and output:
https://github.com/docker/docker-credential-helpers
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from typing import Any

from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CredentialMissingError,
    HelperError,
    SecretFormatError,
    UsageError,
)
from conda_private.model.secret import MASK, Secret
from conda_private.model.source import Source
from conda_private.stores.programs import NoEndError, Output, run

TIMEOUT = 30  # seconds; a helper may wait until the user touches a key or types a code
PREFIX = "docker-credential-"
USER = "token"  # stored as the username, because helpers refuse an empty one
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_NOT_FOUND = "credentials not found"
_QUOTED = 200  # characters
# A word or a small number, with the punctuation around it. Tokens are longer, or mixed.
_PLAIN = re.compile(
    r"""[("'`]*(?:[A-Za-z]?[a-z]{0,14}(?:'[a-z]{1,2})?|[A-Z]{1,6}|\d{1,3})[)"'`.,:;!?]*"""
)


def open_store(source: Source, tell: Callable[[str], None]) -> HelperStore:
    """Open the helper that a source names."""
    return HelperStore(source.name, ours=source.is_stored_by_us)


class HelperStore:
    """One helper. It knows an address as the ``ServerURL``.

    Args:
        name: the end of the program's name: ``pass`` for ``docker-credential-pass``.
        ours: whether we store and erase credentials there, or only read them.
    """

    def __init__(self, name: str, *, ours: bool) -> None:
        if not _NAME.fullmatch(name):
            raise UsageError(
                "This is not the name of a credential helper.",
                cause=f"The name is the part of the program's name after {PREFIX}.",
                next_step="conda private login my-org --from-helper pass",
            )
        self.name = name
        self._ours = ours
        self.source = Source("helper-store" if ours else "helper", name)

    @property
    def description(self) -> str:
        """The name of the helper."""
        how = "stored there" if self._ours else "asked at run time"
        return f"credential helper {self.name} ({how})"

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if the helper has none.

        Raises:
            HelperError: the helper is missing, hangs, fails, or gives an invalid answer.
        """
        answer = self._answer(address)
        text = answer.get("Secret") or ""
        try:
            return Secret.parse(text) if text else None
        except (SecretFormatError, AttributeError):
            problem = "gave an invalid credential"
        # Raised here, so that no chained error shows the credential to debuggers.
        raise self._error(problem)

    def username(self, address: Address) -> str:
        """Return the username, or "" if it only marks the credential as a token."""
        name = str(self._answer(address).get("Username") or "")
        return "" if name in (USER, "<token>", "__token__") else name

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address; a helper that is only read ignores it."""
        if self._ours:
            record = {"ServerURL": str(address), "Username": USER, "Secret": secret.reveal()}
            self._run("store", json.dumps(record))

    def delete(self, address: Address) -> bool:
        """Erase the credential for this address; a helper that is only read ignores it."""
        # Helpers do not report whether they erased anything.
        if not (self._ours and self._answer(address)):
            return False
        self._run("erase", str(address))
        return True

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential."""
        cause = f"The credential helper {self.name} has no credential for {address}."
        step = f"see its credentials:  {PREFIX}{self.name} list"
        return CredentialMissingError.not_in(address, cause, step)

    def stamp(self) -> object:
        """Return None: changes are not noticed within a process."""
        return None

    def _answer(self, address: Address) -> dict[str, Any]:
        text = self._run("get", str(address))
        if not text:
            return {}
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if isinstance(answer, dict):
            return answer
        # Neither chained nor quoted, because the answer may contain the credential.
        raise self._error("gave an answer that is not a JSON object")

    def _run(self, action: str, text: str) -> str:
        """Return the helper's output; "" if it reports that it has no such credential."""
        done = self._start(action, text)
        if done.returncode == 0:
            return done.stdout
        words = (done.stdout or done.stderr).strip().partition("\n")[0][:_QUOTED]
        if _NOT_FOUND in words:
            return ""
        # A helper that fails to store may repeat its input.
        said = _masked(words) if action != "store" else ""
        raise self._error(f"failed with exit code {done.returncode}" + (said and f': "{said}"'))

    def _start(self, action: str, text: str) -> Output:
        program = shutil.which(PREFIX + self.name)
        if program is None:
            step = f"install it, or add its folder to PATH; check:  which {PREFIX}{self.name}"
            raise self._error("is not on PATH", step)
        try:
            return run([program, action], text, TIMEOUT)
        except NoEndError as error:
            problem = str(error)
        except OSError as error:
            problem = f"could not be started: {error.strerror}"
        raise self._error(problem)

    def _error(self, problem: str, next_step: str = "") -> HelperError:
        return HelperError(
            f"The credential helper {PREFIX}{self.name} {problem}.",
            cause="A login gets its credential from this helper.",
            next_step=next_step or f"see its credentials:  {PREFIX}{self.name} list",
        )


def _masked(words: str) -> str:
    """Return what a helper said, with each word masked that is no plain one: it may be a secret."""
    if "{" in words:
        return MASK  # an answer in JSON
    return " ".join(word if _PLAIN.fullmatch(word) else MASK for word in words.split())
