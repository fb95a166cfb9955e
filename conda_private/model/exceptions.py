"""Every error that conda-private raises: what happened, why, and the next command.

No error carries a secret, a credential, a request or a response: conda prints every public
attribute of an exception with ``--json``.
"""

from __future__ import annotations

from conda import CondaError


class CondaPrivateError(CondaError):
    """The base of all errors of this package.

    The text has up to three parts, shown in this order: what happened, ``Cause:`` and ``Next:``.
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

    def adding(self, words: str) -> CondaPrivateError:
        """The same error with one more sentence to its cause."""
        return type(self)(self.what, cause=f"{self.cause} {words}", next_step=self.next_step)


def _indented(text: str) -> str:
    return text.replace("\n", "\n       ")


class CancelledError(CondaPrivateError):
    """The user pressed Ctrl-C."""

    return_code = 130


class UsageError(CondaPrivateError):
    """The command line asks for something that cannot be."""

    return_code = 2


class ChannelUrlError(UsageError):
    """A channel, label or URL that cannot be a scope."""


class SecretInUrlError(ChannelUrlError):
    """A channel was given as a URL that holds a token or a password."""


class InsecureUrlError(ChannelUrlError):
    """An ``http`` channel on another machine, without ``--allow-http``."""


class SecretFormatError(UsageError):
    """A token or password that cannot be one: empty, line breaks, blanks, too long."""


class NoTerminalError(UsageError):
    """A secret or a confirmation is needed and there is nobody to ask."""


class CredentialError(CondaPrivateError):
    """A credential is missing, refused or expired."""

    return_code = 4


class TokenRefusedError(CredentialError):
    """The server says that the credential does not count, or it opens nothing."""


class AccessDeniedError(CredentialError):
    """The server knows the credential and does not let it into the channel."""


class CredentialMissingError(CredentialError):
    """The index has a login whose secret is not where it should be."""


class NotLoggedInError(CredentialError):
    """There is no login for the scope that was named."""


class AccountMissingError(CredentialError):
    """An owner's command has no account to ask the server's API with."""


class ServerError(CondaPrivateError):
    """The server could not be asked: it failed, or its answer makes no sense."""


class ChannelNotFoundError(ServerError):
    """The server says that there is no such channel."""


class NotAChannelError(ServerError):
    """The address answers, but not with a conda channel."""


class RequestRefusedError(ServerError):
    """The server's API understands what is asked, and does not do it."""


class AlreadyExistsError(RequestRefusedError):
    """The server has something of that name already."""


class NotFoundError(RequestRefusedError):
    """The server's API knows no account, package, group or token of that name."""


class ConnectionFailedError(ServerError):
    """No connection: no network, no such host, refused, or timed out."""


class TlsError(ServerError):
    """The server's certificate was not accepted."""


class ProxyRefusedError(ServerError):
    """A proxy on the way asks for its own credential."""


class StoreError(CondaPrivateError):
    """The place where secrets live could not be read or written."""


class KeyringUnavailableError(StoreError):
    """There is no system keyring here."""


class KeyringLockedError(StoreError):
    """There is a keyring, but it is locked or does not answer."""


class HelperError(StoreError):
    """A credential helper is not there, hangs, fails or answers rubbish."""


class UnsafeFileError(StoreError):
    """A file of ours has the wrong owner or mode, or is not a plain file."""


class FileFormatError(CondaPrivateError):
    """A file of ours, or a ``.condarc``, does not parse."""


class FileWriteError(CondaPrivateError):
    """A file could not be written or locked; the old one is still whole."""


class CondarcError(CondaPrivateError):
    """A ``.condarc`` cannot be edited without risk; it was left alone."""
