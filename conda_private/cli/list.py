"""``conda private list``: show the logins without reading a credential or asking a server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TypeAlias

from conda_private.cli import arguments
from conda_private.cli.renewals import renewal_note
from conda_private.cli.report import account_entry, entry, leftover_entry, tell
from conda_private.cli.settings import shown_settings
from conda_private.cli.warnings import shown_taken_over, warn_of_taken_over
from conda_private.composition import machine
from conda_private.composition import settings as asked
from conda_private.conda_config.hiding import Hiding
from conda_private.conda_config.precedence import Entry
from conda_private.model.address import Address
from conda_private.model.login import Account, Login
from conda_private.output import columns, short

_Settings: TypeAlias = "tuple[Sequence[Hiding], Entry | None]"

HELP = """\
Show each login: its channel, how the credential is sent, where it is stored, and when it expires.
The notes say which of conda's settings has the effect that conda does not use a login, and which
other auth handler it replaces. Reads no credential and asks no server.

example:
  conda private list"""

_EMPTY = "No logins yet.  To log in:  conda private login my-org"
_HEADINGS = ("CHANNEL", "SENT AS", "STORED IN", "EXPIRES", "NOTES")
_ACCOUNT_HEADINGS = ("ACCOUNT AT (never used for downloads)", "STORED IN", "EXPIRES", "NOTES")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """List the logins and accounts; 0 even if there are none."""
    own = machine.records().logins()
    addresses = {login.address for login in own}
    system = machine.system_logins()
    settings = _settings_for([*own, *system])
    rows = [_row(login, settings[login.address]) for login in own]
    rows += [
        _row(login, settings[login.address], _for_all(login.address in addresses))
        for login in system
    ]
    data = [
        {**entry(login, from_system=login in system), **shown_settings(*settings[login.address])}
        for login in (*own, *system)
    ]
    accounts = machine.records().accounts()
    lines = [
        *(columns(_HEADINGS, rows) if rows else ()),
        *_accounts(accounts, after=bool(rows)),
    ]
    taken = asked.taken_over() if rows else []
    shown = {
        "logins": data,
        "accounts": [account_entry(each) for each in accounts],
        "leftovers": [*map(leftover_entry, machine.records().leftovers())],
        "takes_over": shown_taken_over(taken),
    }
    tell(lines or [_EMPTY], shown)
    warn_of_taken_over(taken)
    return 0


def _settings_for(logins: Sequence[Login]) -> dict[Address, _Settings]:
    addresses = [login.address for login in logins]
    found = zip(asked.hiding(*addresses), asked.displaced(*addresses), strict=True)
    return dict(zip(addresses, found, strict=True))


def _accounts(accounts: Sequence[Account], *, after: bool) -> list[str]:
    if not accounts:
        return []
    rows = [
        (
            str(each.api),
            str(each.source),
            each.expires[:10] or "-",
            _token(each.user, each.token_name),
        )
        for each in accounts
    ]
    return [*([""] if after else []), *columns(_ACCOUNT_HEADINGS, rows)]


def _for_all(has_own: bool) -> str:
    return "for all users; your own login takes precedence" if has_own else "for all users"


def _token(user: str, token_name: str) -> str:
    name = f'token "{token_name}"' if token_name else ""
    return f"{user}'s {name or 'token'}" if user else name


def _row(login: Login, settings: _Settings, whose: str = "") -> tuple[str, ...]:
    hidden, other = settings
    notes = (
        *(f"not used by conda: {each.setting} in {short(each.source)}" for each in hidden[:1]),
        f"instead of {other.handler}" if other else "",
        renewal_note(login),
        _token(login.account, login.token_name),
        whose,
        "" if login.verified else "not verified",
        "no TLS" if login.allow_http else "",
    )
    return (
        str(login.address),
        login.scheme.text,
        login.source.place if login.source.signs_in else str(login.source),
        login.expires[:10] or "-",
        ", ".join(filter(None, notes)),
    )
