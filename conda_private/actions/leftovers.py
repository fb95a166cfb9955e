"""Delete credentials, and what happens to those that cannot be deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from conda_private.model.address import Address
from conda_private.model.exceptions import StoreError
from conda_private.model.login import Leftover
from conda_private.model.ports import StoreOpener
from conda_private.model.records import Leaving, LeftoverRecords
from conda_private.model.source import Source


class Deletion(NamedTuple):
    """What became of a credential.

    Attributes:
        was_there: whether it was in its store, and is deleted now.
        left: why it is still there, or "".
    """

    was_there: bool
    left: str = ""


class FinishResult(NamedTuple):
    """What became of a leftover.

    Attributes:
        leftover: the leftover.
        was_there: whether its credential was in its store, and is deleted now.
        left: why it is still there, or "".
        not_revoked: why its token is still valid at the server; "" if it was revoked, or if that
            was not requested.
    """

    leftover: Leftover
    was_there: bool
    left: str = ""
    not_revoked: str = ""

    @property
    def key(self) -> Address:
        """The credential's key in its store."""
        return self.leftover.key


def delete(
    leftover: Leftover, records: Leaving, open_store: StoreOpener, *, give_up: bool = False
) -> Deletion:
    """Delete a credential; if that fails, it is recorded as a leftover.

    Args:
        leftover: the credential.
        records: the logins and the accounts.
        open_store: opens the store that has it.
        give_up: whether nothing is recorded.
    """
    deletion = _deleted(leftover, open_store)
    if deletion.left and not give_up:
        records.leave(leftover)
    return deletion


def delete_older(
    older: Leftover, used: Source, records: Leaving, open_store: StoreOpener
) -> Deletion:
    """Delete the previous credential, unless the new one is in its place.

    Args:
        older: the previous credential.
        used: the store with the new credential, which has the same key.
        records: the logins and the accounts.
        open_store: opens the store that has the previous credential.
    """
    deletion = _deleted(older, open_store, used)
    if deletion.left:
        records.leave(older)
    return deletion


def _deleted(leftover: Leftover, open_store: StoreOpener, used: Source | None = None) -> Deletion:
    try:
        store = open_store(leftover.source)
        # A login of an early version does not say which backend of the keyring has its credential.
        return Deletion(store.source != used and store.delete(leftover.key))
    except StoreError as error:
        return Deletion(was_there=False, left=str(error))


def finish(
    leftover: Leftover,
    *,
    records: LeftoverRecords,
    open_store: StoreOpener,
    revoke: Callable[[Leftover], str],
    give_up: bool,
) -> FinishResult:
    """Delete the credential of a leftover, then its record.

    Args:
        leftover: what an earlier command could not delete.
        records: the logins, the accounts and the leftovers.
        open_store: opens the store that has the credential.
        revoke: revokes the token first; returns why it is still valid, or "".
        give_up: whether a credential that cannot be deleted is forgotten.
    """
    not_revoked = revoke(leftover)
    entries = records.accounts() if leftover.is_account else records.logins()
    used = {Leftover.of(entry).key: entry.source for entry in entries}
    deletion = _deleted(leftover, open_store, used.get(leftover.key))
    if give_up or not deletion.left:
        records.drop(leftover)
    return FinishResult(leftover, *deletion, not_revoked)
