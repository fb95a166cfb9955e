"""Every error that conda-private raises: what happened, why, and the next command.

No error holds a credential, a request or a response: conda prints every public attribute of an
exception with ``--json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conda import CondaError

from conda_private.model import shell

if TYPE_CHECKING:
    from pathlib import Path


class CondaPrivateError(CondaError):
    """The base class of all errors of this package.

    Args:
        what: what happened.
        cause: why, shown after ``Cause:``.
        next_step: the command that fixes it, shown after ``Next:``.
    """

    return_code = 1

    def __init__(self, what: str, *, cause: str = "", next_step: str = "") -> None:
        self.what, self.cause, self.next_step = what, cause, next_step
        details = [
            f"{word:<6} {_indented(text)}"
            for word, text in (("Cause:", cause), ("Next:", next_step))
            if text
        ]
        text = "\n".join([what, "", *details] if details else [what])
        super().__init__("%(text)s", text=text)  # type: ignore[no-untyped-call]

    def leading_to(self, next_step: str) -> CondaPrivateError:
        """Return this error with another next step."""
        return type(self)(self.what, cause=self.cause, next_step=next_step)

    def adding(self, words: str) -> CondaPrivateError:
        """Return this error with one more sentence in its cause."""
        return type(self)(self.what, cause=f"{self.cause} {words}", next_step=self.next_step)


def _indented(text: str) -> str:
    return text.replace("\n", "\n       ")


class CancelledError(CondaPrivateError):
    """The user pressed Ctrl-C."""

    return_code = 130


class UsageError(CondaPrivateError):
    """The command line is not valid."""

    return_code = 2


class AddressError(UsageError):
    """A channel, a label or a URL that is not a valid address."""

    @classmethod
    def not_plain(cls, option: str, example: str) -> AddressError:
        """Create the error for a text that is not a plain absolute URL.

        Args:
            option: the option that has the text, or "" for a channel.
            example: an example of a valid text.
        """
        return cls(
            f"The value of {option} is not a valid address."
            if option
            else "This is not the address of a conda channel.",
            cause="An address has a scheme (https), a host, possibly a port, and a plain path; no"
            " username, token, query, fragment, '..', '*' or '%', except %20 for a blank.",
            next_step=f"repeat the command with  {option} {example}"
            if option
            else "conda private login my-org\nor with its URL:"
            "  conda private login https://conda.example.org/my-org",
        )


class SecretInUrlError(AddressError):
    """A channel was given as a URL that contains a token or a password."""


class InsecureUrlError(AddressError):
    """An ``http`` channel on another machine, without ``--allow-http``."""


class SecretFormatError(UsageError):
    """A text that cannot be a token or password: empty, too long, or with invalid characters."""

    @classmethod
    def because(cls, reason: str, word: str = "token or password") -> SecretFormatError:
        """Create the error for a text, which it does not repeat.

        Args:
            reason: what is wrong with it: "is empty".
            word: what it should be: "token" or "password", or either.
        """
        return cls(
            f"This is not a valid {word}.",
            cause=f"It {reason}. Nothing was sent or stored.",
            next_step=f"copy only the {word} itself, and repeat the command",
        )

    @classmethod
    def outside_ascii(cls) -> SecretFormatError:
        """Create the error for a token with characters that only a password can have."""
        return cls.because(
            "contains characters outside ASCII, which only a password with --username can have",
            "token",
        )


class NoTerminalError(UsageError):
    """A credential or a confirmation is needed, and there is no terminal to ask for it."""


class CredentialError(CondaPrivateError):
    """A credential is missing, refused or expired."""

    return_code = 4


class TokenRefusedError(CredentialError):
    """The server refuses the credential, or the credential gives access to nothing private."""

    @classmethod
    def no_longer(cls, address: object, *, worked: str, next_step: str) -> TokenRefusedError:
        """Create the error for a credential that gave access before.

        Args:
            address: the address of the login.
            worked: the date when it last did.
            next_step: how to get another one.
        """
        return cls(
            f"The credential for {address} no longer gives access to private packages.",
            cause=f"It gave access on {worked}. Since then, it expired or was revoked, your access"
            " was withdrawn, or the owner removed the private packages or made them public.",
            next_step=next_step,
        )


class AccessDeniedError(CredentialError):
    """The credential is valid, but it gives no access to the channel."""


class NamesakeError(CredentialError):
    """A package from another channel has the name of a private one, and would take its place."""


class CredentialMissingError(CredentialError):
    """A login's credential is not in its store."""

    @classmethod
    def not_in(cls, address: object, cause: str, next_step: str = "") -> CredentialMissingError:
        """Create the error for an address without a credential in its store."""
        return cls(
            f"The credential for {address} is missing.",
            cause=cause,
            next_step=next_step or f"conda private login {address}",
        )


class NotLoggedInError(CredentialError):
    """There is no login for the given address."""


class AccountMissingError(CredentialError):
    """An owner's command needs an account at the server's API, and there is none."""


class HiddenLoginError(CredentialError):
    """A setting of conda has the effect that conda does not use a login."""


class ChannelNotAllowedError(CondaPrivateError):
    """A setting of conda refuses the channel, so each command would fail with it."""

    @classmethod
    def by(cls, address: object, setting: str, where: str) -> ChannelNotAllowedError:
        """Create the error for a setting and the files that have it."""
        return cls(
            f"conda's settings do not allow the channel {address}.",
            cause=f"{setting} is set in {where}. Nothing was changed.",
            next_step="ask the person who set it, or look at it:\n"
            f"conda config --show {setting} --show-sources",
        )


class ServerError(CondaPrivateError):
    """The server failed, or its answer is not valid."""


class ChannelNotFoundError(ServerError):
    """The server has no such channel."""


class NotAChannelError(ServerError):
    """The server answers, but not with a conda channel."""


class RequestRefusedError(ServerError):
    """The server's API refuses the request."""


class AlreadyExistsError(RequestRefusedError):
    """The server already has something with that name."""


class NotFoundError(RequestRefusedError):
    """The server's API knows no account, package, group or token with that name."""


class PublicPackageError(ServerError):
    """A package is public, and only the server's web page can make it private."""

    @classmethod
    def at(cls, package: object, page: str, *, cause: str = "") -> PublicPackageError:
        """Create the error for ``OWNER/PACKAGE``, with its web page, and what was tried."""
        return cls(
            f"{package} is public, and no command can make it private.",
            cause=cause or "The server's API has no call for it. An owner does it on a web page.",
            next_step=f"open {page}, and choose Settings > Admin > Private\n"
            f"or open it in your browser:  conda private make-private {package} --open",
        )


class ConnectionFailedError(ServerError):
    """The connection failed: no network, unknown host, refused, or timed out."""


class TlsError(ServerError):
    """The server's certificate is not valid for this connection."""


class ProxyRefusedError(ServerError):
    """A proxy requires a credential of its own."""


class StoreError(CondaPrivateError):
    """A credential store could not be read or written."""

    def needed_by(self, what: str, command: str) -> CondaPrivateError:
        """Return this error with what needs the store.

        Args:
            what: the login or the account whose credential is in the store, as a subject.
            command: the command that logs in again, in the place of one without an address.
        """
        return type(self)(
            self.what,
            cause=f"{self.cause} {what} needs it.",
            next_step=self.next_step.replace("conda private login my-org", command),
        )


class KeyringUnavailableError(StoreError):
    """There is no keyring here, it stores nothing, or the one of a login cannot be used here."""


class KeyringLockedError(StoreError):
    """A keyring is locked or does not answer."""


class HelperError(StoreError):
    """A credential helper or a command is missing, hangs, fails, or gives no credential."""


class UnsafeFileError(StoreError):
    """A file of ours has the wrong owner or mode, or is not a regular file."""

    @classmethod
    def not_regular(cls, path: Path) -> UnsafeFileError:
        """Create the error for a folder, a device or a pipe in the place of a file."""
        what, cause = f"{path} is not a regular file.", "It is a folder, a device or a pipe."
        return cls(what, cause=cause, next_step=shell.remove(path))


class FileFormatError(CondaPrivateError):
    """A file of ours, or a ``.condarc``, could not be parsed."""


class FileWriteError(CondaPrivateError):
    """A file could not be written or locked; it is unchanged."""


class CondarcError(CondaPrivateError):
    """A ``.condarc`` cannot be edited safely; it is unchanged."""
