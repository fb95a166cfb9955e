"""Log out: the list first, then the secret, then the entry and the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conda_private.model.exceptions import (
    CondaPrivateError,
    StoreError,
    TokenRefusedError,
)
from conda_private.model.login import Login
from conda_private.model.ports import ChannelList, LoginIndex, StoreOpener


@dataclass(frozen=True)
class LogoutResult:
    """What was taken back.

    Attributes:
        login: the entry that is gone.
        unlisted: whether the channel was taken out of its list.
        left: why the secret itself is still there; "" when it is gone.
        alive: why the token is still alive at the server; "" when it was ended, or not asked for.
    """

    login: Login
    unlisted: bool
    left: str = ""
    alive: str = ""


def log_out(
    login: Login,
    *,
    index: LoginIndex,
    open_store: StoreOpener,
    open_list: Callable[[str], ChannelList],
    revoke: Callable[[Login], None] | None = None,
    dry_run: bool = False,
) -> LogoutResult:
    """Take back what a login wrote: the list first, and the entry last, so that it can be repeated.

    Args:
        login: what to forget.
        index: where it stands.
        open_store: finds its secret.
        open_list: finds its channel list.
        revoke: ends the token at the server before it is forgotten; None leaves it alive.
        dry_run: whether nothing is changed.

    Raises:
        CondaPrivateError: a file could not be changed; what is left can be logged out again.
    """
    if dry_run:
        return LogoutResult(login, unlisted=bool(login.channel))
    alive = _end(login, revoke) if revoke else ""
    unlisted = bool(login.channel) and open_list(login.condarc).remove(login.channel)
    left = _forget(login, open_store)
    index.remove(login.scope)
    return LogoutResult(login, unlisted, left, alive)


def _forget(login: Login, open_store: StoreOpener) -> str:
    try:
        open_store(login.source).delete(login.scope)
    except StoreError as error:
        # The entry goes all the same, so the secret signs nothing; the user still has to know.
        return str(error)
    return ""


def _end(login: Login, revoke: Callable[[Login], None]) -> str:
    try:
        revoke(login)
    except TokenRefusedError:
        return ""  # the server does not take it any more: it has ended already
    except CondaPrivateError as error:
        return str(error)
    return ""
