"""``conda private list``: the logins, without reading a secret or asking a server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from conda_private.cli import arguments
from conda_private.cli.report import account_entry, entry
from conda_private.composition import machine
from conda_private.model.login import Account, Login
from conda_private.output import columns, report

HELP = """\
Show each login: where the credential may go, how it is sent, where the secret lives, when it
expires. Reads no secret and asks no server.

example:
  conda private list"""

_EMPTY = "No logins yet.  Begin with:  conda private login CHANNEL"
_HEADINGS = ("SCOPE", "SENT AS", "SECRET IN", "EXPIRES", "NOTES")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """List; 0 also when there is nothing."""
    own = machine.index().logins()
    scopes = {login.scope for login in own}
    system = machine.system_logins()
    rows = [*map(_row, own), *(_row(login, _shared(login.scope in scopes)) for login in system)]
    data = [*map(entry, own), *(entry(login, from_system=True) for login in system)]
    accounts = machine.index().accounts()
    lines = [
        *(_lines(rows) if rows or not accounts else ()),
        *_accounts(accounts, after=bool(rows)),
    ]
    report(lines, {"credentials": data, "accounts": [account_entry(each) for each in accounts]})
    return 0


def _lines(logins: list[tuple[str, ...]]) -> list[str]:
    if not logins:
        return [_EMPTY]
    return columns(_HEADINGS, logins)


def _accounts(accounts: Sequence[Account], *, after: bool) -> list[str]:
    if not accounts:
        return []
    rows = [
        (str(each.api), each.source, each.expires[:10] or "-", f'{each.name}\'s "{each.note}"')
        for each in accounts
    ]
    headings = ("ACCOUNT AT (signs no download)", "SECRET IN", "EXPIRES", "NOTES")
    return [*([""] if after else []), *columns(headings, rows)]


def _shared(has_own: bool) -> str:
    return "for all users; your own login counts" if has_own else "for all users"


def _named(login: Login) -> str:
    name = f'token "{login.note}"' if login.note else ""
    return f"{login.account}'s {name or 'token'}" if login.account else name


def _row(login: Login, whose: str = "") -> tuple[str, ...]:
    notes = [_named(login), whose, "" if login.verified else "not verified"]
    notes += ["no TLS" if login.allow_http else ""]
    expires = login.expires[:10] or "-"
    return (
        str(login.scope),
        login.scheme.text,
        login.source,
        expires,
        ", ".join(filter(None, notes)),
    )
