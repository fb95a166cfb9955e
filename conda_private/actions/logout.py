"""Log out: remove the channel from its list, then the credential, then the login."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from conda_private.actions.leftovers import delete
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError, TokenRefusedError
from conda_private.model.login import Leftover, Login
from conda_private.model.ports import ChannelList, StoreOpener
from conda_private.model.records import LoginRecords

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class LogoutResult:
    """What was removed.

    Attributes:
        login: the login that was removed.
        unlisted: whether the channel was removed from its list.
        deleted: whether the credential was in its store, and is deleted now.
        left: why the credential is still in its store, or "".
        not_revoked: why the token is still valid at the server; "" if it was revoked, or if that
            was not requested.
    """

    login: Login
    unlisted: bool
    deleted: bool = False
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
    give_up: bool = False,
    dry_run: bool = False,
) -> LogoutResult:
    """Remove everything a login created; the login itself last, so that it can be repeated.

    Args:
        login, records: the login to remove, and all logins.
        open_store: opens the store with the credential.
        open_list: opens the list with the channel.
        forget: removes what conda has cached of the address, and what the login remembers.
        revoke: revokes the token at the server before it is deleted; None leaves it valid.
        give_up: whether a credential that cannot be deleted is forgotten; else it is a leftover.
        dry_run: whether nothing is changed.
    """
    if dry_run:
        return LogoutResult(login, unlisted=bool(login.listed_as))
    not_revoked = revoked(revoke, login) if revoke else ""
    unlisted = bool(login.listed_as) and open_list(login.listed_in).remove(login.listed_as)
    gone = delete(Leftover.of(login), records, open_store, give_up=give_up)
    forget(login.address)
    records.remove(login.address)
    return LogoutResult(login, unlisted, *gone, not_revoked)


def revoked(revoke: Callable[[Entry], None], entry: Entry) -> str:
    """Revoke a token; return why it is still valid at the server, or ""."""
    try:
        revoke(entry)
    except TokenRefusedError:
        return ""  # the server refuses the token, so it is no longer valid
    except CondaPrivateError as error:
        return str(error)
    return ""
