"""``conda private check``: ask the servers whether credentials are valid and give access."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from conda_private.actions.check import CheckResult, check
from conda_private.cli import arguments
from conda_private.cli.arguments import span
from conda_private.cli.renewals import renewal_row
from conda_private.cli.report import describe_packages, entry, scopes_of, tell
from conda_private.cli.settings import instead_of, shown_settings
from conda_private.cli.warnings import (
    describe_other_channel,
    other_case,
    shown_other_channel,
    shown_taken_over,
    warn_of_taken_over,
)
from conda_private.composition import machine, servers, settings
from conda_private.conda_config.channels import members
from conda_private.conda_config.hiding import Hiding
from conda_private.conda_config.names import listed_in_other_case
from conda_private.conda_config.other_channels import OtherChannel
from conda_private.conda_config.precedence import Entry
from conda_private.model.exceptions import (
    AccessDeniedError,
    NotAChannelError,
    TokenRefusedError,
)
from conda_private.model.expiry import describe, ends_within, verb
from conda_private.model.login import Account, Login, find_login, renewal
from conda_private.output import mark, table

HELP = """\
Ask the server of each login whether its credential still gives access to the channel, which
scopes it has, and when it expires. The exit code is 4 if a credential is refused, missing, expired,
or about to expire, or if a setting of conda has the effect that conda does not use the login. At a
terminal, a progress bar appears if indexes take longer than a second to read; not with --json or
--quiet.

examples:
  conda private check
  conda private check my-org --expires-within 30d     # also fail if it expires soon"""

_AT_ONCE = 8


class _Checked(NamedTuple):
    """A login that was checked, and what conda's settings mean for it.

    Attributes:
        result: what the server says.
        hidden: the settings because of which conda does not use it.
        replaced: the other handler's entry that it takes precedence over.
        other: another channel from which conda may take its packages.
    """

    result: CheckResult
    hidden: Sequence[Hiding]
    replaced: Entry | None
    other: OtherChannel | None


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "private_channels",
        metavar="CHANNEL",
        nargs="*",
        help="check only these logins (default: all)",
    )
    parser.add_argument(
        "--expires-within",
        dest="private_within",
        metavar="SPAN",
        type=span,
        default=timedelta(0),
        help="also fail for credentials that expire within this time, such as 12h, 30d or 8w",
    )
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Check each login; return the highest exit code."""
    now = datetime.now(timezone.utc)

    def one(login: Login, hidden: Sequence[Hiding]) -> CheckResult:
        return check(
            login,
            hidden=hidden[0].error if hidden else None,
            secret_of=machine.resolver().secret,
            probe=machine.probe(),
            server=servers.token_server(),
            remember=machine.remember,
            within=args.private_within,
            now=now,
            accounts=accounts,
        )

    accounts = machine.records().accounts()
    logins = _chosen(args.private_channels)
    addresses = [login.address for login in logins]
    # conda reads its settings again, which is not safe among threads: before and after them.
    hidden, replaced = settings.hiding(*addresses), settings.displaced(*addresses)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(one, logins, hidden))
    found = [*map(_Checked, results, hidden, replaced, map(_other_channel, results))]
    _report(found, now, accounts)
    return max((result.exit_code for result in results), default=0)


def _report(found: Sequence[_Checked], now: datetime, accounts: Sequence[Account]) -> None:
    taken = settings.taken_over()
    lines = [line for each in found for line in _lines(each, now, accounts)]
    data = {"checked": [_data(each) for each in found], "takes_over": shown_taken_over(taken)}
    tell(lines or ["No logins to check."], data)
    warn_of_taken_over(taken)


def _chosen(channels: list[str]) -> tuple[Login, ...]:
    logins = machine.logins()
    asked = [
        address
        for name in channels
        for address in members(name) or (arguments.own_address(name, "check"),)
    ]
    return tuple(find_login(address, logins) for address in asked) or logins


def _other_channel(result: CheckResult) -> OtherChannel | None:
    if result.error:
        return None
    return settings.other_channel(result.login, result.finding.comparison)


def _lines(checked: _Checked, now: datetime, accounts: Sequence[Account]) -> list[str]:
    result, other, replaced = checked.result, checked.other, checked.replaced
    login, found, facts = result.login, result.finding.comparison, result.finding.facts
    good = mark("✓", "ok") if result.exit_code == 0 else mark("✗", "failed")
    problem = result.error
    # What was recorded at the login says nothing about a token that the server refuses.
    expires = "" if isinstance(problem, TokenRefusedError) else describe(result.expires, now)
    note, reason = (
        describe_other_channel(other, machine.name_for(login.address)) if other else ("", "")
    )
    rows = [
        ("gives access to", describe_packages(found, login) if found else ""),
        ("scopes", scopes_of(facts)),
        (verb(result.expires, now), expires),
        ("renewal", "" if problem else renewal_row(login, now)),
        ("problem", problem.what if problem else _expiring(result, now)),
        ("cause", problem.cause if problem else ""),
        ("next", _next(result, accounts)),
        ("or", _logout(result)),
        ("note", instead_of(replaced) if replaced else ""),
        ("note", note),
        ("cause", reason),
        *(("next", command) for command in (other.commands if other else ())),
        ("note", other_case(login.address, listed_in_other_case(login.address))),
    ]
    return [f"{good} {login.address}", *table(rows)]


def _expiring(result: CheckResult, now: datetime) -> str:
    if not result.expiring:
        return ""
    return "expired" if ends_within(result.expires, timedelta(0), now) else "about to expire"


def _next(result: CheckResult, accounts: Sequence[Account]) -> str:
    error, address = result.error, result.login.address
    if error is None:
        return renewal(result.login, accounts) if result.expiring else ""
    if isinstance(error, AccessDeniedError):
        # The credential is valid, so another login with it would not help.
        _, asks, command = error.next_step.partition("ask ")
        return asks + command if asks else f"conda private logout {address}"
    if isinstance(error, NotAChannelError):
        # The login tries all schemes, and a server can stop to accept one.
        return f"open {address.origin} in a browser, or  conda private login {address}"
    return error.next_step


def _logout(result: CheckResult) -> str:
    if not isinstance(result.error, TokenRefusedError):
        return ""
    # While there is a login, conda takes none of the packages that it remembers from elsewhere.
    return f"conda private logout {result.login.address}  (if you no longer need it)"


def _data(checked: _Checked) -> dict[str, object]:
    result = checked.result
    found, facts, error = result.finding.comparison, result.finding.facts, result.error
    return {
        **entry(result.login, from_system=result.login not in machine.records().logins()),
        "expires": result.expires or None,
        "gives_access": found.gives_access if found else False,
        "packages": found.packages if found else None,
        "private_packages": found.private if found else None,
        "token_scopes": list(facts.scopes) if facts else None,
        "expiring": result.expiring,
        "other_channel": shown_other_channel(checked.other),
        **shown_settings(checked.hidden, checked.replaced),
        "error": {"name": type(error).__name__, "message": error.what} if error else None,
        "listed_in_other_case": listed_in_other_case(result.login.address),
        "exit_code": result.exit_code,
    }
