"""``conda private whoami``: show the account and the scopes of a token."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from conda_private.actions.identity import Identity, identity, identity_of_user
from conda_private.cli import arguments, owners
from conda_private.cli.report import scopes_of, tell
from conda_private.composition import machine, servers
from conda_private.model.address import Address
from conda_private.model.anaconda import is_channel_api
from conda_private.model.exceptions import UsageError
from conda_private.model.expiry import describe, normal, verb
from conda_private.model.known_servers import server_of
from conda_private.model.login import Login, find_login
from conda_private.model.secret import Secret
from conda_private.output import listed, table

HELP = """\
Ask the server for the user and the scopes of a token: the token of your account or, with CHANNEL,
of the login for a channel. A token that can only download shows its name, its scopes and when it
expires.

examples:
  conda private whoami
  conda private whoami my-org"""


@dataclass(frozen=True)
class _Asked:
    """A token to ask the server about, and what it is used for."""

    use: str
    api: Address
    secret: Secret


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser, optional=True)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Ask about each token; 0 if the server accepts all of them."""
    asked = list(_asked(args))
    found = [(one, _identity(one)) for one in asked]
    lines = [line for one, who in found for line in _lines(one, who)]
    tell(lines, {"identities": [_data(one, who) for one, who in found]})
    return 0


def _asked(args: Namespace) -> Iterator[_Asked]:
    if args.private_channel:
        yield _of_login(find_login(arguments.own_address_from(args), machine.logins()))
        return
    api = owners.api_of_account(args)
    logins = [login for login in machine.logins() if login.api == api]
    if owners.find_account(api) or not logins:
        yield _Asked("owners' commands", api, owners.account_at(api)[1])
        return
    yield from map(_of_login, logins)


def _of_login(login: Login) -> _Asked:
    api = login.api or server_of(login.address).channel_api
    if not api:
        raise UsageError(
            f"The API of the server of {login.address} is not known.",
            cause="Only APIs like those of anaconda.org and anaconda.com report whose token it is.",
            next_step=f"conda private check {login.address}",
        )
    secret = machine.resolver().secret(login)
    return _Asked(str(login.address), api, secret)


def _identity(asked: _Asked) -> Identity:
    if is_channel_api(asked.api):
        return identity_of_user(servers.channels(asked.api, asked.secret))
    tokens = servers.tokens(asked.api, asked.secret)
    return identity(tokens, servers.people(asked.api, asked.secret))


def _lines(asked: _Asked, who: Identity) -> list[str]:
    facts, now = who.facts, datetime.now(timezone.utc)
    is_com = is_channel_api(asked.api)
    groups = [f"{each.organization}/{each.name} ({each.permission})" for each in who.groups or ()]
    rows = [
        ("used for", asked.use),
        ("token", f'"{facts.token_name}"' if facts.token_name else ""),
        ("scopes", "" if is_com else scopes_of(facts)),
        (verb(normal(facts.expires), now), describe(normal(facts.expires), now)),
        ("organizations", listed(who.organizations or ()) or ("none" if who.profile else "")),
        ("groups", listed(groups) or ("none" if who.profile and not is_com else "")),
        (
            "not reported",
            f"account, organizations, groups. {who.not_reported}" if who.not_reported else "",
        ),
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
        "token_name": who.facts.token_name or None,
        "scopes": None if is_channel_api(asked.api) else list(who.facts.scopes),
        "expires": normal(who.facts.expires) or None,
        "organizations": None if who.organizations is None else list(who.organizations),
        "groups": None
        if who.groups is None
        else [
            {"organization": each.organization, "name": each.name, "permission": each.permission}
            for each in who.groups
        ],
        "not_reported": who.not_reported or None,
    }
