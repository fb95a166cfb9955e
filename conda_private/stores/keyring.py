"""Secrets in the system's keyring: Keychain, Credential Manager, Secret Service, KWallet."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import KeyringLockedError, KeyringUnavailableError
from conda_private.model.secret import Secret
from conda_private.stores.patience import NoAnswerError, Patience

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "conda-private"
_MACOS = "keyring.backends.macOS.api"
_MIN_PRIORITY = 1  # keyring's own mark for "recommended"; plaintext files have less
_WAITING = (
    "conda-private: waiting for the {}; a window may be asking for its password."
    "  Ctrl-C ends the waiting."
)
_WAY_OUT = (
    "unlock it (log in to the desktop, or `gnome-keyring-daemon --unlock`) and repeat the command,"
    "\nor use a file:  conda private login CHANNEL --storage file"
)
T = TypeVar("T")


class KeyringStore:
    """The keyring that the ``keyring`` library finds; items are named by service and scope.

    Args:
        patience: how long it may take; each question may open a window that asks for a password.
    """

    source = "keyring"

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        problem = ""
        try:
            self._backend, is_secure = patience.ask(_find, _WAITING.format("system keyring"))
            if not is_secure:
                problem = f"found nothing that keeps secrets safely ({_name(self._backend)})"
        except NoAnswerError:
            raise self._no_answer("system keyring") from None
        # A setting of the user's names the backend, and loading it may fail in any way.
        except Exception as error:
            problem = f"could not load one ({type(error).__name__})"
        if problem:
            raise KeyringUnavailableError(
                "There is no system keyring here.",
                cause=f"The library `keyring` {problem}.",
                next_step="start a keyring (on Linux a Secret Service, such as"
                " gnome-keyring, with D-Bus),\n"
                "or keep the secret in a file:  conda private login CHANNEL --storage file",
            )

    @property
    def description(self) -> str:
        """Which keyring it is."""
        return f"system keyring ({_name(self._backend)})"

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The secret of exactly this scope; None when there is none."""
        value = self._ask(lambda: self._backend.get_password(SERVICE, str(scope)))
        return None if value is None else Secret(value)

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Keep a secret for this scope in place of any other."""
        self._ask(lambda: self._backend.set_password(SERVICE, str(scope), secret.reveal()))

    def delete(self, scope: ChannelUrl) -> None:
        """Forget the scope's secret; nothing happens when there is none."""
        from keyring.errors import PasswordDeleteError

        def forget() -> None:
            try:
                self._backend.delete_password(SERVICE, str(scope))
            except PasswordDeleteError:
                if self._backend.get_password(SERVICE, str(scope)) is not None:
                    raise

        self._ask(forget)

    def stamp(self) -> object:
        """A process keeps what it has read."""
        return None

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return self._patience.ask(question, _WAITING.format(self.description))
        except NoAnswerError:
            raise self._no_answer(self.description) from None
        # Backends raise errors of their own libraries too (D-Bus, Win32), not only keyring's.
        except Exception as error:
            raise KeyringLockedError(
                f"The {self.description} did not open.",
                cause=f"{type(error).__name__}: it may be locked, or there is nobody to unlock it.",
                next_step=_WAY_OUT,
            ) from error

    def _no_answer(self, name: str) -> KeyringLockedError:
        return KeyringLockedError(
            f"The {name} did not answer within {self._patience.limit:g} seconds.",
            cause="It may be waiting for somebody to unlock it, or the program behind it hangs.",
            next_step=_WAY_OUT,
        )


def _find() -> tuple[KeyringBackend, bool]:
    import keyring

    with _without_macos():
        backend = keyring.get_keyring()
    return backend, _is_secure(backend)


@contextlib.contextmanager
def _without_macos() -> Iterator[None]:
    # keyring loads each of its backends to see which can work. The one for macOS searches for
    # Apple's libraries with ldconfig, a compiler and a linker: longer than all the rest takes.
    modules: dict[str, object] = sys.modules  # type: ignore[assignment]
    blocked = sys.platform != "darwin" and _MACOS not in modules
    if blocked:
        modules[_MACOS] = None
    try:
        yield
    finally:
        if blocked:
            del modules[_MACOS]


def _is_secure(backend: KeyringBackend) -> bool:
    members = _members(backend)
    return bool(members) and all(each.priority >= _MIN_PRIORITY for each in members)


def _members(backend: KeyringBackend) -> list[KeyringBackend]:
    # A chainer writes to its first member, and has none on a machine without a keyring.
    return list(getattr(backend, "backends", [backend]))[:1]


def _name(backend: KeyringBackend) -> str:
    member = type((_members(backend) or [backend])[0])
    return member.__module__.rpartition(".")[2]
