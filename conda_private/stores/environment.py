"""References: the secret is in an environment variable or a file that somebody else provides."""

from __future__ import annotations

import errno
import os
import re
import shlex
import stat
from pathlib import Path

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import CredentialMissingError, SecretFormatError, UsageError
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# conda prints variables of such names in `conda info` and in its error reports.
_PRINTED = re.compile(
    r"(CONDA|PYTHON|SUDO|LD_).*|.*(PATH|PROXY)|CIO_TEST|(CURL|REQUESTS)_CA_BUNDLE|SSL_CERT_FILE",
    re.IGNORECASE,
)


def check_variable_name(name: str) -> None:
    """Refuse a name that no secret may have.

    Raises:
        UsageError: it is not a variable's name, or conda prints variables of such names.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            "This is not the name of an environment variable.",
            cause="--from-env takes the variable's name, not its value.",
            next_step="conda private login CHANNEL --from-env MY_ORG_TOKEN",
        )
    if _PRINTED.fullmatch(name):
        raise UsageError(
            f"The variable {name} is no place for a secret.",
            cause="It steers conda or another program, or conda prints it in `conda info` and in"
            " error reports: names that begin with CONDA, PYTHON, SUDO or LD_, that end in PATH or"
            " PROXY, and those of certificate files.",
            next_step="use another name:  conda private login CHANNEL --from-env MY_ORG_TOKEN",
        )


def _open_plain(path: str, flags: int) -> int:
    # Not blocking, as a FIFO would be; links are followed, as containers mount secrets so.
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "It is not a plain file")
    return descriptor


def _secret(text: str, where: str) -> Secret:
    try:
        return Secret.parse(text)
    except SecretFormatError as error:
        raise CredentialMissingError(
            f"{where} holds no token.",
            cause=error.cause.partition(". ")[0] + ".",
            next_step="put the token there, with nothing around it, and repeat the command",
        ) from error


class _Reference:
    source: str

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Nothing to do: somebody else provides the secret."""

    def delete(self, scope: ChannelUrl) -> None:
        """The secret is not ours to delete; the login alone goes."""


class EnvironmentStore(_Reference):
    """One environment variable, read when a request is signed."""

    def __init__(self, name: str) -> None:
        check_variable_name(name)
        self.name = name
        self.source = f"env:{name}"

    @property
    def description(self) -> str:
        """Which variable it is."""
        return f"environment variable {self.name}, read at run time"

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The variable's value, for whatever scope; None when it is not set or empty."""
        value = os.environ.get(self.name, "")
        return _secret(value, f"The variable {self.name}") if value else None

    def stamp(self) -> object:
        """The variable itself may be set anew, by a program that uses conda as a library."""
        return hash(os.environ.get(self.name))


class SecretFileStore(_Reference):
    """One file that holds nothing but the secret, as ``/run/secrets/NAME``."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.source = f"secret-file:{path}"

    @property
    def description(self) -> str:
        """Which file it is."""
        return f"file {self.path}, read at run time"

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The file's text, for whatever scope; None when there is no such file.

        Raises:
            CredentialMissingError: it is there and cannot be read.
        """
        try:
            # What is no text becomes a character that no secret may have.
            with open(self.path, encoding="utf-8", errors="replace", opener=_open_plain) as file:
                text = file.read(MAX_SECRET_LENGTH + 2)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CredentialMissingError(
                f"The secret file {self.path} cannot be read.",
                cause=error.strerror or str(error),
                next_step=f"ls -l {shlex.quote(str(self.path))}",
            ) from error
        return _secret(text, f"The file {self.path}")

    def stamp(self) -> object:
        """Which file it is, and when it was written: tokens are rotated under running programs."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns
