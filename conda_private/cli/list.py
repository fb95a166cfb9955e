"""``conda private list``: the logins, without reading a secret or asking a server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private import composition
from conda_private.cli import arguments
from conda_private.cli.entries import entry
from conda_private.cli.output import report
from conda_private.credentials import Login

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
    logins = composition.index().logins()
    report(_lines(logins), {"credentials": [entry(login) for login in logins]})
    return 0


def _lines(logins: tuple[Login, ...]) -> list[str]:
    if not logins:
        return [_EMPTY]
    rows = [_HEADINGS, *(_row(login) for login in logins)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _row(login: Login) -> tuple[str, ...]:
    notes = [login.note, "" if login.verified else "not verified"]
    notes += ["no TLS" if login.allow_http else ""]
    expires = login.expires[:10] or "-"
    return (
        str(login.scope),
        login.scheme.text,
        login.source,
        expires,
        ", ".join(filter(None, notes)),
    )
