"""Report logins, accounts and results, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from itertools import chain
from typing import Any

from conda.base.context import context

from conda_private.actions.account import AccountResult
from conda_private.actions.login import LoginResult
from conda_private.cli.renewals import renewal_row, shown_renewal
from conda_private.cli.settings import (
    Settings,
    instead_of,
    settings_about,
    shown_settings,
    warn_of_settings,
)
from conda_private.cli.warnings import (
    channels_in_other_case,
    describe_other_channel,
    other_case,
    shown_other_channel,
    shown_taken_over,
    warn_of_readers,
)
from conda_private.composition import servers
from conda_private.composition.settings import other_channel
from conda_private.model.anaconda import is_channel_api
from conda_private.model.exceptions import CondaPrivateError, CredentialError
from conda_private.model.expiry import describe, verb
from conda_private.model.facts import TokenFacts
from conda_private.model.login import Account, Leftover, Login
from conda_private.model.ports import Comparison
from conda_private.model.schemes import BasicScheme
from conda_private.output import ListRow, mark, notice, report, report_list, short, table

EVERYTHING = "all (no restriction)"  # the scopes of a token that was created without any
_NOTHING_PRIVATE = (
    "The channel is empty. The server reports that your account can read its private packages."
)


def tell(lines: Iterable[str], data: Mapping[str, Any]) -> None:
    """Report a result, and the warnings that the server sent in its headers."""
    warnings = servers.server_warnings()
    report(lines, {**data, "warnings": list(warnings)})
    for text in warnings:
        notice(f"\nWarning: {text}")


def tell_list(
    key: str, rows: Iterator[ListRow], *, headings: Sequence[str], none: str, data: dict[str, Any]
) -> int:
    """Report a long list as ``report_list`` does, and the warnings that the server sent.

    Returns:
        The exit code.

    Raises:
        CondaPrivateError: the list could not be read. With ``--json``, an error after the first row
            is a part of the object.
    """
    first, failed = next(rows, None), list[CondaPrivateError]()

    def shown() -> Iterator[ListRow]:
        try:
            yield from chain([first] if first else [], rows)
        except CondaPrivateError as error:
            failed.append(error)

    def end() -> dict[str, Any]:
        error = {"name": type(failed[0]).__name__, "message": failed[0].what} if failed else None
        return {"error": error, "warnings": list(servers.server_warnings())}

    report_list(key, shown(), headings=headings, none=none, data=data, end=end)
    if failed and not context.json:
        raise failed[0]
    for text in servers.server_warnings():
        notice(f"\nWarning: {text}")
    return failed[0].return_code if failed else 0


def entry(login: Login, *, from_system: bool = False) -> dict[str, object]:
    """Return a login as ``--json`` shows it; unknown values are null."""
    scheme = login.scheme
    return {
        "address": str(login.address),
        "scheme": scheme.text,
        "username": scheme.username if isinstance(scheme, BasicScheme) else None,
        "source": str(login.source.recorded),
        "backend": login.source.backend or None,
        "kept_in": login.source.kept_in or None,
        **shown_renewal(login),
        "account": login.account or None,
        "token_name": login.token_name or None,
        "expires": login.expires or None,
        "verified": login.verified or None,
        "allow_http": login.allow_http,
        "api": str(login.api) if login.api else None,
        "pypi": str(login.pypi) if login.pypi else None,
        "from_system": from_system,
        "listed_as": login.listed_as or None,
        "listed_in": login.listed_in or None,
    }


def account_entry(account: Account) -> dict[str, object]:
    """Return an account as ``--json`` shows it; unknown values are null."""
    return {
        "api": str(account.api),
        "user": account.user or None,
        "token_name": account.token_name or None,
        "source": str(account.source.recorded),
        "backend": account.source.backend or None,
        "expires": account.expires or None,
        "verified": account.verified or None,
        "allow_http": account.allow_http,
    }


def leftover_entry(leftover: Leftover) -> dict[str, object]:
    """Return a credential that is still in its store, as ``--json`` shows it."""
    return {
        "address": str(leftover.address),
        "is_account": leftover.is_account,
        "source": str(leftover.source.recorded),
        "backend": leftover.source.backend or None,
    }


def describe_packages(found: Comparison, login: Login) -> str:
    """Describe how many packages a channel has and how many are private, if they were counted."""
    total, private = found.packages, found.private
    if found.gives_access and total == 0 and login.pypi == login.address:
        return "no conda packages"  # a channel of anaconda.com, which can have wheels
    if not found.gives_access or total == 0:
        return "no private packages yet"
    if total is None or private is None:
        return "a private channel" if found.closed else "has private packages"
    return f"{total} package{'' if total == 1 else 's'}, {private} private"


def scopes_of(facts: TokenFacts | None) -> str:
    """Format a token's scopes for people; "" if the server was not asked."""
    return "" if facts is None else ", ".join(facts.scopes) or EVERYTHING


def report_account(result: AccountResult, *, dry_run: bool) -> None:
    """Show the account, its token's scopes, where it is stored, and what to try."""
    account, facts, now = result.account, result.facts, datetime.now(timezone.utc)
    rows = [
        ("scopes", scopes_of(facts)),
        (verb(account.expires, now), describe(account.expires, now)),
        ("stored in", short(result.stored_in)),
        ("note", "nothing was changed (--dry-run)" if dry_run else ""),
    ]
    is_com = is_channel_api(account.api)
    more = "conda private channels" if is_com else "conda private token list"
    hints = [
        f"It is sent to {account.api.netloc if is_com else 'that address'} only, and never used"
        " for downloads.",
        f"Try it:  conda private whoami        or:  {more}",
    ]
    data = {
        "success": True,
        "dry_run": dry_run,
        "account": account_entry(account),
        "stored_in": result.stored_in,
        "token_scopes": list(facts.scopes) if facts else None,
    }
    tell([_account_headline(result, dry_run=dry_run), *table(rows), "", *hints], data)
    if result.left:
        notice(f"\nWarning: The older token of this account was not deleted.\n{result.left}")
    warn_of_readers(account.source)


def _account_headline(result: AccountResult, *, dry_run: bool) -> str:
    account, sign = result.account, mark("✓", "ok")
    if not account.verified:
        verb = "Would store" if dry_run else "Stored"
        return f"{sign} {verb} the token for {account.api} without verification"
    verb = "Would log in" if dry_run else "Logged in"
    token = f', token "{account.token_name}"' if account.token_name else ""
    return f"{sign} {verb} to {account.api} as {account.user}{token}"


def report_login(result: LoginResult) -> int:
    """Show what was found and done, and what needs attention; 4 if conda does not use the login."""
    settings = settings_about(result)
    name = result.request.name
    other = other_channel(result.login, result.finding.comparison)
    lines = [headline(result), *table(_details(result, settings)), ""]
    data = {**_data(result, settings), "other_channel": shown_other_channel(other)}
    has_wheels = result.login.pypi == result.login.address
    tool = f"private run --for {name} pip install" if has_wheels else f"install -c {name}"
    tell([*lines, f"Try it:  conda {tool} NAME"], data)
    if result.left:
        notice(f"\nWarning: The older credential of this login was not deleted.\n{result.left}")
    _warn_of_token(result)
    if text := other_case(result.login.address, channels_in_other_case(result.login.address)):
        notice(f"\nWarning: {text}")
    warn_of_settings(result, settings)
    if other:
        what, cause = describe_other_channel(other, name)
        notice(f"\nWarning: {what}\nCause: {cause}\nNext:  " + "\n       ".join(other.commands))
    return CredentialError.return_code if settings.hidden else 0


def _warn_of_token(result: LoginResult) -> None:
    facts = result.finding.facts
    if facts and facts.wider:
        notice(
            f"\nWarning: This token can do more than download: {', '.join(facts.wider)}.\n"
            "Cause: Anyone who gets hold of it can do the same; conda:download is enough to"
            " install.\n"
            f"Next:  create a smaller one:  conda private token create --for {result.request.name}"
        )
    if not result.request.for_all:
        warn_of_readers(result.login.source)


def headline(result: LoginResult) -> str:
    """Return the line that says what was done."""
    request, login, found = result.request, result.login, result.finding.comparison
    sign, issuer = mark("✓", "ok"), login.source.issuer
    whose = f"a sign-in at {issuer}" if issuer else _whose(login)
    if request.dry_run and issuer:
        return f"{sign} Would sign in at {issuer} for {request.name}"
    if request.dry_run and request.user and found is None:
        return f"{sign} Would exchange {request.user}'s password for a token for {request.name}"
    if found is None:
        verb = "Would store" if request.dry_run else "Stored"
        return f"{sign} {verb} {whose} for {request.name} without verification"
    verb = "Would log in" if request.dry_run else "Logged in"
    return (
        f"{sign} {verb} to {request.name} with {whose} ({describe_packages(found, result.login)})"
    )


def _whose(login: Login) -> str:
    scheme = login.scheme
    if isinstance(scheme, BasicScheme) and not scheme.is_for_token:
        return f"the password of {scheme.username}"
    whose = f"{login.account}'s token" if login.account else "the token"
    return f'{whose} "{login.token_name}"' if login.token_name else whose


def _details(result: LoginResult, settings: Settings) -> list[tuple[str, str]]:
    request, login, found = result.request, result.login, result.finding.comparison
    nothing, now = found is not None and not found.gives_access, datetime.now(timezone.utc)
    return [
        ("server", login.address.netloc),
        ("sent as", login.scheme.description),
        ("scopes", scopes_of(result.finding.facts)),
        (verb(login.expires, now), describe(login.expires, now)),
        ("renewal", renewal_row(login, now)),
        ("stored in", short(result.stored_in)),
        ("channels", _listed(result, settings)),
        ("in effect", ", ".join(result.after.names) if settings.is_elsewhere else ""),
        ("note", instead_of(settings.other) if settings.other else ""),
        ("pypi", f"{login.pypi}/simple (conda private run pip ...)" if login.pypi else ""),
        ("note", _NOTHING_PRIVATE if nothing else ""),
        ("note", "nothing was changed (--dry-run)" if request.dry_run else ""),
    ]


def _listed(result: LoginResult, settings: Settings) -> str:
    request, file = result.request, short(result.login.listed_in)
    if result.listed:
        where = "first" if request.position == "prepend" else "last"
        others = " and defaults" if settings.defaults_added else ""
        return f"+ {request.name} ({where}){others} in {file}"
    if request.dry_run and result.login.listed_as:
        return f"would add {request.name} to {file}"
    return "" if request.position == "none" else f"{request.name} was already listed"


def _data(result: LoginResult, settings: Settings) -> dict[str, object]:
    found, facts = result.finding.comparison, result.finding.facts
    return {
        "success": True,
        "dry_run": result.request.dry_run,
        "login": entry(result.login),
        "stored_in": result.stored_in,
        "packages": found.packages if found else None,
        "private_packages": found.private if found else None,
        "token_scopes": list(facts.scopes) if facts else None,
        "wider_than_download": list(facts.wider) if facts else None,
        "channel": result.request.name,
        "channel_added": result.listed,
        "other_case": channels_in_other_case(result.login.address),
        "defaults_added": settings.defaults_added,
        "channels_in_effect": list(result.after.names),
        **shown_settings(settings.hidden, settings.other),
        "takes_over": shown_taken_over(settings.taken),
    }
