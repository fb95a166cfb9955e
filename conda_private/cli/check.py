"""``conda private check``: ask the servers whether credentials are valid and give access."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

from conda_private.actions.check import CheckResult, check
from conda_private.cli import arguments
from conda_private.cli.arguments import span
from conda_private.cli.report import describe_packages, entry, other_case, scopes_of, tell
from conda_private.composition import machine, servers
from conda_private.conda_config.names import listed_in_other_case
from conda_private.model.exceptions import AccessDeniedError, CredentialError
from conda_private.model.expiry import describe
from conda_private.model.login import Login, find_login
from conda_private.output import mark, table

HELP = """\
Ask the server of each login whether its credential still gives access to the channel, which
scopes it has, and when it expires. The exit code is 4 if a credential is refused, missing, expired,
or about to expire.

examples:
  conda private check
  conda private check my-org --expires-within 30d     # also fail if it expires soon"""

_AT_ONCE = 8


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

    def one(login: Login) -> CheckResult:
        return check(
            login,
            secret_of=machine.resolver().secret,
            probe=machine.probe(),
            server=servers.token_server(),
            remember=machine.remember,
            within=args.private_within,
            now=now,
        )

    logins = _chosen(args.private_channels)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(one, logins))
    lines = [line for result in results for line in _lines(result, now)]
    tell(lines or ["No logins to check."], {"checked": [_data(result) for result in results]})
    return max((result.exit_code for result in results), default=0)


def _chosen(channels: list[str]) -> tuple[Login, ...]:
    logins = machine.logins()
    addresses = (arguments.own_address(name, "check") for name in channels)
    return tuple(find_login(address, logins) for address in addresses) or logins


def _lines(result: CheckResult, now: datetime) -> list[str]:
    login, found, facts = result.login, result.finding.comparison, result.finding.facts
    good = mark("✓", "ok") if result.exit_code == 0 else mark("✗", "failed")
    problem = result.error
    rows = [
        ("gives access to", describe_packages(found) if found else ""),
        ("scopes", scopes_of(facts)),
        ("expires", describe(result.expires, now)),
        ("problem", problem.what if problem else "about to expire" if result.expiring else ""),
        ("cause", problem.cause if problem else ""),
        ("next", _next(result)),
        ("note", other_case(login.address, listed_in_other_case(login.address))),
    ]
    return [f"{good} {login.address}", *table(rows)]


def _next(result: CheckResult) -> str:
    if isinstance(result.error, AccessDeniedError):
        # The credential is valid, so another login with it would not help.
        return " ".join(result.error.next_step.split("\n")[:2])
    if result.error and not isinstance(result.error, CredentialError):
        # A new token does not help if the server cannot be asked.
        return result.error.next_step.partition("\n")[0]
    return f"conda private login {result.login.address}" if result.exit_code else ""


def _data(result: CheckResult) -> dict[str, object]:
    found, facts, error = result.finding.comparison, result.finding.facts, result.error
    return {
        **entry(result.login, from_system=result.login not in machine.records().logins()),
        "expires": result.expires or None,
        "gives_access": found.gives_access if found else False,
        "packages": found.packages if found else None,
        "private_packages": found.private if found else None,
        "token_scopes": list(facts.scopes) if facts else None,
        "expiring": result.expiring,
        "error": {"name": type(error).__name__, "message": error.what} if error else None,
        "listed_in_other_case": listed_in_other_case(result.login.address),
        "exit_code": result.exit_code,
    }
