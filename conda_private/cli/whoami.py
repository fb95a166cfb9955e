"""``conda private whoami``: whose token it is, and what it may do."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from conda_private.actions.identity import Identity, identity
from conda_private.cli import arguments, owners
from conda_private.cli.report import tell
from conda_private.composition import machine, servers
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import UsageError
from conda_private.model.expiry import describe, normal
from conda_private.model.login import Login, find_login
from conda_private.model.secret import Secret
from conda_private.output import table

HELP = """\
Ask the server whose token it is and what it may do: of your account, or with CHANNEL of the login
of a channel. A token that may only download tells its name, its scopes and its end.

examples:
  conda private whoami
  conda private whoami my-org"""


@dataclass(frozen=True)
class _Asked:
    """One token to be asked about, and what it is used for."""

    use: str
    api: ChannelUrl
    secret: Secret


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser, optional=True)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Ask; 0 when the server knows each."""
    asked = list(_asked(args))
    found = [(one, _identity(one)) for one in asked]
    lines = [line for one, who in found for line in _lines(one, who)]
    tell(lines, {"identities": [_data(one, who) for one, who in found]})
    return 0


def _asked(args: Namespace) -> Iterator[_Asked]:
    if args.private_channel:
        yield _of_login(find_login(arguments.scope_from(args), machine.logins()))
        return
    api = owners.api_from(args)
    logins = [login for login in machine.logins() if login.api == str(api)]
    if owners.find_account(api) or not logins:
        yield _Asked("owners' commands", api, owners.account_at(api)[1])
        return
    yield from map(_of_login, logins)


def _of_login(login: Login) -> _Asked:
    if not login.api:
        raise UsageError(
            f"The server of {login.scope} has no API that is known here.",
            cause="Only an API like anaconda.org's tells whose a token is.",
            next_step=f"conda private check {login.scope}",
        )
    secret = machine.resolver().secret(login)
    return _Asked(str(login.scope), ChannelUrl.parse(login.api), secret)


def _identity(asked: _Asked) -> Identity:
    tokens = servers.tokens(asked.api, asked.secret)
    return identity(tokens, servers.people(asked.api, asked.secret))


def _lines(asked: _Asked, who: Identity) -> list[str]:
    facts = who.facts
    groups = [f"{each.organization}/{each.name} ({each.permission})" for each in who.groups or ()]
    rows = [
        ("used for", asked.use),
        ("token", f'"{facts.note}"' if facts.note else ""),
        ("may", ", ".join(facts.scopes) or "everything"),
        ("expires", describe(normal(facts.expires), datetime.now(timezone.utc))),
        ("organizations", ", ".join(who.organizations or ()) or ("none" if who.profile else "")),
        ("groups", ", ".join(groups) or ("none" if who.profile else "")),
        ("not told", f"account, organizations, groups. {who.untold}" if who.untold else ""),
    ]
    return [f"{_name(who)} at {asked.api}", *table(rows)]


def _name(who: Identity) -> str:
    if who.profile is None:
        return who.facts.account or "a token"
    full = who.profile.full_name
    return who.profile.login + (f" ({full})" if full not in ("", who.profile.login) else "")


def _data(asked: _Asked, who: Identity) -> dict[str, object]:
    return {
        "used_for": asked.use,
        "api": str(asked.api),
        "account": who.profile.login if who.profile else who.facts.account or None,
        "name": who.facts.note or None,
        "scopes": list(who.facts.scopes),
        "expires": normal(who.facts.expires) or None,
        "organizations": None if who.organizations is None else list(who.organizations),
        "groups": None
        if who.groups is None
        else [
            {"organization": each.organization, "name": each.name, "permission": each.permission}
            for each in who.groups
        ],
        "not_told": who.untold or None,
    }
