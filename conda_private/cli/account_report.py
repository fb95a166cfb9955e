"""How an account reads, for people and for programs."""

from __future__ import annotations

from datetime import datetime, timezone

from conda_private.actions.account import AccountResult
from conda_private.cli.owners import tell
from conda_private.model.account import Account
from conda_private.model.expiry import describe
from conda_private.output import mark, notice, short, table


def report_account(result: AccountResult, *, dry_run: bool) -> None:
    """Say whose it is, what it may do, where it is kept, and what to try."""
    account, facts = result.account, result.facts
    rows = [
        ("may", ", ".join(facts.scopes) or "everything" if facts else ""),
        ("expires", describe(account.expires, datetime.now(timezone.utc))),
        ("kept in", short(result.stored_in)),
        ("note", "nothing was changed (--dry-run)" if dry_run else ""),
    ]
    hints = [
        "It is sent to that address alone, and signs no download.",
        "Try it:  conda private whoami        or:  conda private token list",
    ]
    tell(
        [_headline(account, asked=facts is not None), *table(rows), "", *hints],
        {
            "success": True,
            "dry_run": dry_run,
            "account": account_entry(account),
            "stored_in": result.stored_in,
            "token_scopes": list(facts.scopes) if facts else None,
        },
    )
    if result.left:
        notice(f"\nWarning: the older token of this account is still there.\n{result.left}")


def _headline(account: Account, *, asked: bool) -> str:
    sign = mark("✓", "ok")
    if not asked:
        return f"{sign} the token is kept for {account.api}; the server was not asked"
    return f'{sign} {account.name}\'s token "{account.note}" is the account at {account.api}'


def account_entry(account: Account) -> dict[str, object]:
    """One account as ``--json`` shows it; unknown values are null."""
    return {
        "api": str(account.api),
        "account": account.name or None,
        "name": account.note or None,
        "source": account.source,
        "expires": account.expires or None,
        "verified": account.verified or None,
        "allow_http": account.allow_http,
    }
