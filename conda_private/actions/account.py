"""Log an account in and out: the credential for a server's API, which signs no download."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from conda_private.model.exceptions import CondaPrivateError, StoreError
from conda_private.model.expiry import normal
from conda_private.model.login import Account
from conda_private.model.ports import AccountIndex, PeopleApi, SecretStore, StoreOpener, TokenApi
from conda_private.model.records import TokenFacts
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class AccountResult:
    """What was found and done.

    Attributes:
        account: the entry of the index.
        stored_in: the place of the secret, for people.
        facts: what the server says of the token; None when it was not asked.
        left: why an older secret of this account is still in another place, or "".
    """

    account: Account
    stored_in: str
    facts: TokenFacts | None
    left: str = ""


def identify(
    account: Account, tokens: TokenApi, people: PeopleApi, now: datetime
) -> tuple[Account, TokenFacts]:
    """Ask the server whose token it is; it has to be one that may ask for more than downloads.

    Raises:
        CondaPrivateError: the server does not take it, or it may only download.
    """
    try:
        facts = tokens.current()
        name = people.profile().login
    except CondaPrivateError as error:
        raise error.adding("Nothing was stored.") from error
    known = replace(
        account,
        name=name,
        note=facts.note,
        token_id=facts.token_id,
        expires=normal(facts.expires),
        verified=now.isoformat(timespec="seconds"),
    )
    return known, facts


def keep(
    account: Account,
    secret: Secret | None,
    facts: TokenFacts | None,
    *,
    index: AccountIndex,
    store: SecretStore,
    open_store: StoreOpener,
) -> AccountResult:
    """Keep the secret, then the entry; a reference keeps no secret.

    Raises:
        CondaPrivateError: the store or the index could not be written.
    """
    before = next((each for each in index.accounts() if each.api == account.api), None)
    if secret:
        store.put(account.key, secret)
    index.add_account(account)
    left = ""
    if before and before.source != account.source:
        left = _forget(before, open_store)
    return AccountResult(account, store.description, facts, left)


def log_out_account(account: Account, *, index: AccountIndex, open_store: StoreOpener) -> str:
    """Forget the secret, then the entry; gives why the secret is still there, or ""."""
    left = _forget(account, open_store)
    index.remove_account(account.api)
    return left


def _forget(account: Account, open_store: StoreOpener) -> str:
    try:
        open_store(account.source).delete(account.key)
    except StoreError as error:
        return str(error)
    return ""
