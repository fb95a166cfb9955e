"""References: credentials in an environment variable or a file that the user or a tool provides."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, SecretFormatError, UsageError
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret
from conda_private.model.source import Source

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# conda prints variables with these names in `conda info` and in its error reports.
_PRINTED = re.compile(
    r"(CONDA|PYTHON|SUDO|LD_).*|.*(PATH|PROXY)|CIO_TEST|(CURL|REQUESTS)_CA_BUNDLE|SSL_CERT_FILE",
    re.IGNORECASE,
)


def open_store(source: Source, tell: Callable[[str], None]) -> EnvironmentStore | SecretFileStore:
    """Open the environment variable or the file that a source names."""
    return (EnvironmentStore if source.kind == "env" else SecretFileStore)(source.name)


def check_variable_name(name: str) -> None:
    """Refuse the name of a variable that must not contain a credential.

    Raises:
        UsageError: it is not the name of a variable, or conda prints variables with such names.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            "This is not the name of an environment variable.",
            cause="--from-env takes the variable's name, not its value.",
            next_step="conda private login my-org --from-env MY_ORG_TOKEN",
        )
    if _PRINTED.fullmatch(name):
        raise UsageError(
            f"The variable {name} must not contain a credential.",
            cause="It configures conda or another program, or conda prints it in `conda info` and"
            " in error reports: names that begin with CONDA, PYTHON, SUDO or LD_, names that end in"
            " PATH or PROXY, and the names of certificate files.",
            next_step="use another name:  conda private login my-org --from-env MY_ORG_TOKEN",
        )


def _opener(path: str, flags: int) -> int:
    # A FIFO must not block conda. Links are followed, because containers mount secrets as links.
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "It is not a regular file")
    return descriptor


def _secret(text: str, where: str) -> Secret:
    try:
        return Secret.parse(text)
    except SecretFormatError as error:
        raise CredentialMissingError(
            f"{where} contains no valid token or password.",
            cause=error.cause.partition(". ")[0] + ".",
            next_step="put only the credential there, and repeat the command",
        ) from error


class _Reference:
    source: Source

    def put(self, address: Address, secret: Secret) -> None:
        """Do nothing: the user or another tool provides the credential."""

    def delete(self, address: Address) -> bool:
        """Delete nothing: the credential belongs to the user or another tool."""
        return False


class EnvironmentStore(_Reference):
    """One environment variable, read when a request is authenticated."""

    def __init__(self, name: str) -> None:
        check_variable_name(name)
        self.name = name
        self.source = Source("env", name)

    @property
    def description(self) -> str:
        """The name of the variable."""
        return f"environment variable {self.name}, read at run time"

    def get(self, address: Address) -> Secret | None:
        """Return the value of the variable, for any address; None if it is not set or empty.

        Raises:
            CredentialMissingError: the value is not a valid token.
        """
        value = os.environ.get(self.name, "")
        return _secret(value, f"The variable {self.name}") if value else None

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for a variable that is not set."""
        cause = f"The variable {self.name} is not set."
        return CredentialMissingError.not_in(address, cause, shell.set_variable(self.name, "..."))

    def stamp(self) -> object:
        """Return a hash of the value: programs that use conda as a library can change it."""
        return hash(os.environ.get(self.name))


class SecretFileStore(_Reference):
    """One file that contains only the credential, such as ``/run/secrets/NAME``."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.source = Source("secret-file", path)

    @property
    def description(self) -> str:
        """The path of the file."""
        return f"file {self.path}, read at run time"

    def get(self, address: Address) -> Secret | None:
        """Return the text of the file, for any address; None if there is no such file.

        Raises:
            CredentialMissingError: the file cannot be read, or its text is not a valid token.
        """
        try:
            # Bytes that are not UTF-8 become a character that no credential can have.
            with open(self.path, encoding="utf-8", errors="replace", opener=_opener) as file:
                text = file.read(MAX_SECRET_LENGTH + 2)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CredentialMissingError(
                f"The credential file {self.path} cannot be read.",
                cause=error.strerror or str(error),
                next_step=shell.look_at(self.path),
            ) from error
        return _secret(text, f"The file {self.path}")

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for a file that does not exist."""
        step = shell.look_at(self.path)
        return CredentialMissingError.not_in(address, f"There is no file {self.path}.", step)

    def stamp(self) -> object:
        """Return the file's number and time: tokens are rotated while programs run."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns
