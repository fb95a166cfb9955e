"""How logins, accounts and their results read, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from conda_private.actions.account import AccountResult
from conda_private.actions.login import LoginRequest, LoginResult
from conda_private.composition import servers
from conda_private.conda_config.precedence import Conflicts, Taken
from conda_private.model.expiry import describe
from conda_private.model.login import Account, Login
from conda_private.model.ports import Comparison
from conda_private.model.schemes import BasicScheme
from conda_private.output import mark, notice, report, short, table

# User names by which servers say "the password is a token".
_TOKEN_USERS = frozenset({"token", "oauth2accesstoken", "__token__"})


def entry(login: Login, *, from_system: bool = False) -> dict[str, object]:
    """One login as ``--json`` shows it; unknown values are null."""
    scheme = login.scheme
    return {
        "scope": str(login.scope),
        "scheme": scheme.text,
        "username": scheme.username if isinstance(scheme, BasicScheme) else None,
        "source": login.source,
        "account": login.account or None,
        "name": login.note or None,
        "expires": login.expires or None,
        "verified": login.verified or None,
        "allow_http": login.allow_http,
        "api": login.api or None,
        "pypi": login.pypi or None,
        "from_system": from_system,
        "channel": login.channel or None,
        "condarc": login.condarc or None,
    }


def describe_packages(found: Comparison) -> str:
    """How many packages, and how many of them private."""
    private, total = len(found.private), len(found.packages)
    if total == 0:
        return "no packages in it yet"
    if total == 1:
        return f"1 package, {'private' if private else 'public'}"
    return f"{total} packages, {'all' if private == total else f'{private} of them'} private"


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


def tell(lines: Iterable[str], data: Mapping[str, Any]) -> None:
    """Report a result, and beside it what the server said in its headers."""
    words = servers.server_words()
    report(lines, {**data, "warnings": list(words)})
    for text in words:
        notice(f"\nWarning: {text}")


def report_login(request: LoginRequest, result: LoginResult, conflicts: Conflicts) -> None:
    """Say what was found and done, what to try, and what stands in the way."""
    lines = [headline(request, result), *table(_details(request, result)), "", *_try(request)]
    tell(lines, _data(request, result, conflicts))
    _warn_of_power(request, result)
    if result.left:
        notice(f"\nWarning: the older secret of this login is still in its place.\n{result.left}")
    for file in conflicts.overridden_by:
        notice(
            f"\nWarning: conda does not ask conda-private for {request.scope}.\n"
            f"Cause: another entry in channel_settings wins: {file}\n"
            f"Next:  take that entry out; see both with  conda config --show-sources"
        )
    warn_of_taken_over(conflicts.takes_over)


def warn_of_taken_over(found: Sequence[Taken]) -> None:
    """Say which channels no handler signs any more, and how they are signed again."""
    for each in found:
        notice(
            f"\nWarning: conda does not ask {each.handler} for {each.channel} any more.\n"
            "Cause: the entry of a login for a label is for all labels of its channel, and above 4"
            " channels\nof one host for the whole host: conda asks conda-private now, which has no"
            " login for it.\n"
            f"Next:  conda private login {each.channel}"
        )


def shown_taken_over(found: Sequence[Taken]) -> list[dict[str, str]]:
    """The same for programs."""
    return [{"channel": str(each.channel), "handler": each.handler} for each in found]


def _warn_of_power(request: LoginRequest, result: LoginResult) -> None:
    facts = result.finding.facts
    if facts and facts.wider:
        notice(
            f"\nWarning: this token may do more than download: {', '.join(facts.wider)}.\n"
            "Cause: whoever gets hold of it can do all that; conda:download is enough to install.\n"
            f"Next:  make a smaller one:  conda private token create --for {request.channel}"
        )


def headline(request: LoginRequest, result: LoginResult) -> str:
    """The one line that says what became of it."""
    named = _whose(result.login)
    sign = mark("✓", "ok")
    found = result.finding.comparison
    if request.dry_run and request.user and found is None:
        return f"{sign} would exchange {request.user}'s password for a token for {request.channel}"
    if found is None:
        return f"{sign} {named} is bound to {request.channel}; the server was not asked"
    if not found.opens:
        return f"{sign} {named} is valid; {request.channel} has nothing private for it yet"
    return f"{sign} {named} opens {request.channel}: {describe_packages(found)}"


def _whose(login: Login) -> str:
    scheme = login.scheme
    if isinstance(scheme, BasicScheme) and scheme.username not in _TOKEN_USERS:
        return f"user {scheme.username}"
    whose = f"{login.account}'s token" if login.account else "the token"
    return f'{whose} "{login.note}"' if login.note else whose


def _details(request: LoginRequest, result: LoginResult) -> list[tuple[str, str]]:
    login, facts = result.login, result.finding.facts
    return [
        ("sent as", login.scheme.description),
        ("may", ", ".join(facts.scopes) or "everything" if facts else ""),
        ("expires", describe(login.expires, datetime.now(timezone.utc))),
        ("stored in", short(result.stored_in)),
        ("channels", _channels(request, result)),
        ("pypi", f"{login.pypi}/simple (conda private run pip ...)" if login.pypi else ""),
        ("note", _nothing_private(result)),
        ("note", "nothing was changed (--dry-run)" if request.dry_run else ""),
    ]


def _nothing_private(result: LoginResult) -> str:
    found = result.finding.comparison
    if found is None or found.opens:
        return ""
    return (
        "what is private may be under a label (--label), or its account in no group that reads it"
    )


def _channels(request: LoginRequest, result: LoginResult) -> str:
    if result.listed:
        where = "first" if request.position == "prepend" else "last"
        return f"+ {request.channel} ({where}) in {short(result.login.condarc)}"
    if request.dry_run and result.login.channel:
        return f"would add {request.channel} to {short(result.login.condarc)}"
    return "" if request.position == "none" else f"{request.channel} was listed already"


def _try(request: LoginRequest) -> list[str]:
    return [f"Try it:  conda install -c {request.channel} NAME        See all:  conda private list"]


def _data(request: LoginRequest, result: LoginResult, conflicts: Conflicts) -> dict[str, object]:
    found, facts = result.finding.comparison, result.finding.facts
    return {
        "success": True,
        "dry_run": request.dry_run,
        "credential": entry(result.login),
        "stored_in": result.stored_in,
        "packages": len(found.packages) if found else None,
        "private_packages": len(found.private) if found else None,
        "token_scopes": list(facts.scopes) if facts else None,
        "wider_than_download": list(facts.wider) if facts else None,
        "channel": request.channel,
        "channel_added": result.listed,
        "overridden_by": list(conflicts.overridden_by),
        "takes_over": shown_taken_over(conflicts.takes_over),
    }
