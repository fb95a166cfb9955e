"""Log out: remove the channel from its list, then the credential, then the login."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    StoreError,
    TokenRefusedError,
)
from conda_private.model.login import Login
from conda_private.model.ports import ChannelList, LoginRecords, StoreOpener


@dataclass(frozen=True)
class LogoutResult:
    """What was removed.

    Attributes:
        login: the login that was removed.
        unlisted: whether the channel was removed from its list.
        left: why the credential is still in its store; "" if it was deleted.
        not_revoked: why the token is still valid at the server; "" if it was revoked, or if that
            was not requested.
    """

    login: Login
    unlisted: bool
    left: str = ""
    not_revoked: str = ""


def log_out(
    login: Login,
    *,
    records: LoginRecords,
    open_store: StoreOpener,
    open_list: Callable[[str], ChannelList],
    forget: Callable[[Address], None],
    revoke: Callable[[Login], None] | None = None,
    dry_run: bool = False,
) -> LogoutResult:
    """Remove everything a login created; the login itself last, so that it can be repeated.

    Args:
        login: the login to remove.
        records: the logins.
        open_store: opens the store that has the credential.
        open_list: opens the list that has the channel.
        forget: removes what conda has cached of the address, and what the login remembers.
        revoke: revokes the token at the server before it is deleted; None leaves it valid.
        dry_run: whether nothing is changed.
    """
    if dry_run:
        return LogoutResult(login, unlisted=bool(login.listed_as))
    not_revoked = _revoke(login, revoke) if revoke else ""
    unlisted = bool(login.listed_as) and open_list(login.listed_in).remove(login.listed_as)
    left = _delete_credential(login, open_store)
    forget(login.address)
    records.remove(login.address)
    return LogoutResult(login, unlisted, left, not_revoked)


def _delete_credential(login: Login, open_store: StoreOpener) -> str:
    try:
        open_store(login.source).delete(login.address)
    except StoreError as error:
        # The login is removed all the same, so nothing sends this credential, but the
        # user needs to know that it exists.
        return str(error)
    return ""


def _revoke(login: Login, revoke: Callable[[Login], None]) -> str:
    try:
        revoke(login)
    except TokenRefusedError:
        return ""  # the server refuses the token, so it is no longer valid
    except CondaPrivateError as error:
        return str(error)
    return ""
