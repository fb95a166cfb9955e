"""``conda private list``: the logins, without reading a secret or asking a server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private import composition
from conda_private.cli import arguments
from conda_private.cli.entries import entry
from conda_private.credentials import Login
from conda_private.output import report

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
    own = composition.index().logins()
    scopes = {login.scope for login in own}
    system = composition.system_logins()
    rows = [*map(_row, own), *(_row(login, _shared(login.scope in scopes)) for login in system)]
    data = [*map(entry, own), *(entry(login, from_system=True) for login in system)]
    report(_lines(rows), {"credentials": data})
    return 0


def _lines(logins: list[tuple[str, ...]]) -> list[str]:
    if not logins:
        return [_EMPTY]
    rows = [_HEADINGS, *logins]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


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
