"""Log in to a server's API, and out of it: the credential for the owners' commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from conda_private.actions.leftovers import Deletion, delete, delete_older
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.expiry import normal
from conda_private.model.facts import Profile, TokenFacts
from conda_private.model.login import Account, Leftover
from conda_private.model.ports import PeopleApi, SecretStore, StoreOpener, TokenApi
from conda_private.model.records import AccountRecords
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class AccountResult:
    """What was found and done.

    Attributes:
        account: what is recorded.
        stored_in: the store, for people.
        facts: what the server reports about the token; None if it was not asked.
        left: why an older credential of this account is still in another store, or "".
    """

    account: Account
    stored_in: str
    facts: TokenFacts | None
    left: str = ""


def identify(
    account: Account, tokens: TokenApi, people: PeopleApi, now: datetime
) -> tuple[Account, TokenFacts]:
    """Ask the server whose token it is; a token that can only download is refused.

    Raises:
        CondaPrivateError: the server refuses the token, or the token can only download.
    """
    try:
        facts = tokens.current()
        user = people.profile().login
    except CondaPrivateError as error:
        raise error.adding("Nothing was stored.") from error
    known = replace(
        account,
        user=user,
        token_name=facts.token_name,
        token_id=facts.token_id,
        expires=normal(facts.expires),
        verified=now.isoformat(timespec="seconds"),
    )
    return known, facts


def identify_user(account: Account, profile: Callable[[], Profile], now: datetime) -> Account:
    """Ask a server that reports only the user whose credential it is.

    Raises:
        CondaPrivateError: the server refuses the credential.
    """
    try:
        user = profile().login
    except CondaPrivateError as error:
        raise error.adding("Nothing was stored.") from error
    return replace(account, user=user, verified=now.isoformat(timespec="seconds"))


def store_account(
    account: Account,
    secret: Secret | None,
    facts: TokenFacts | None,
    *,
    records: AccountRecords,
    store: SecretStore,
    open_store: StoreOpener,
) -> AccountResult:
    """Store the credential, then record the account; a reference has no credential to store.

    Raises:
        CondaPrivateError: the store or the records could not be written.
    """
    before = next((each for each in records.accounts() if each.api == account.api), None)
    if secret:
        store.put(account.key, secret)
        account = replace(account, source=store.source)
    records.add_account(account)
    left = ""
    if before and before.source != account.source:
        left = delete_older(Leftover.of(before), account.source, records, open_store).left
    return AccountResult(account, store.description, facts, left)


def log_out_account(
    account: Account, *, records: AccountRecords, open_store: StoreOpener, give_up: bool = False
) -> Deletion:
    """Delete the credential, then the record.

    Args:
        account: the account to remove.
        records: the accounts.
        open_store: opens the store that has the credential.
        give_up: whether a credential that cannot be deleted is forgotten.
    """
    deletion = delete(Leftover.of(account), records, open_store, give_up=give_up)
    records.remove_account(account.api)
    return deletion
