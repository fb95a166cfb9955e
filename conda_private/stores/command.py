"""Commands that print a credential, such as those of secret managers. No shell runs them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from conda_private.model.address import Address
from conda_private.model.answer import Answer, parse_answer
from conda_private.model.command_line import refuse_for_batch, split
from conda_private.model.exceptions import (
    CredentialMissingError,
    HelperError,
    SecretFormatError,
)
from conda_private.model.secret import Secret
from conda_private.model.source import Source
from conda_private.stores.once import answers
from conda_private.stores.programs import NoEndError, Output, run

TIMEOUT = 60  # seconds; a secret manager may wait until the user touches a key


def open_store(source: Source, tell: Callable[[str], None]) -> CommandStore:
    """Open the command that a source names."""
    return CommandStore(source.name)


class CommandStore:
    """One command. It prints the same credential for every address.

    Args:
        text: the command.

    Raises:
        UsageError: it is not a command that can run without a shell.
    """

    def __init__(self, text: str) -> None:
        self._words = split(text)
        self.text = text
        self.source = Source("command", text)

    @property
    def description(self) -> str:
        """The command."""
        return f"command {self.text}, run when it is needed"

    def get(self, address: Address) -> Secret | None:
        """Return the credential, for any address; None if the command prints nothing.

        Raises:
            HelperError: the command is missing, hangs, fails, or prints something else.
        """
        answer = answers().get(self.text, self._ask)
        return answer.secret if answer else None

    def put(self, address: Address, secret: Secret) -> None:
        """Do nothing: the secret manager provides the credential."""

    def delete(self, address: Address) -> bool:
        """Delete nothing: the credential belongs to the secret manager."""
        return False

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for a command that prints nothing."""
        cause = f"The command {self.text} printed nothing."
        return CredentialMissingError.not_in(address, cause, self._by_hand)

    def stamp(self) -> object:
        """Return how many of its credentials have expired in this process."""
        return answers().stamp(self.text)

    @property
    def _by_hand(self) -> str:
        return f"run it yourself, and see what it reports:\n{self.text} > {os.devnull}"

    def _ask(self) -> Answer | None:
        done = self._start()
        if done.returncode:
            # Its messages are on the terminal; what it printed may contain the credential.
            raise self._error(f"failed with exit code {done.returncode}")
        if not done.stdout.strip("\r\n"):
            return None
        now = datetime.now(timezone.utc)
        try:
            answer = parse_answer(done.stdout, now)
        except SecretFormatError as error:
            reason = error.cause.partition(". ")[0]
        else:
            if not answer.is_over(now, timedelta(0)):
                return answer
            raise self._error("printed a credential that has expired")
        raise self._error(f"did not print a credential. {reason}")

    def _start(self) -> Output:
        name, *arguments = self._words
        program = shutil.which(name)
        # A program in the current folder is not meant: that can be anyone's.
        if program is None or not os.path.isabs(program):
            step = f"install it, or add its folder to PATH; check:  which {name}"
            raise self._error("is not on PATH", step)
        if os.name == "nt":
            refuse_for_batch(program, arguments)
        try:
            return run([program, *arguments], "", TIMEOUT, shows_errors=True)
        except NoEndError as error:
            problem = str(error)
        except OSError as error:
            problem = f"could not be started: {error.strerror}"
        raise self._error(problem)

    def _error(self, problem: str, next_step: str = "") -> HelperError:
        return HelperError(
            f"The command {os.path.basename(self._words[0])} {problem}.",
            cause=f"A login gets its credential from it:  {self.text}",
            next_step=next_step or self._by_hand,
        )
