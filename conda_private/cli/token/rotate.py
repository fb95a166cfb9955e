"""``conda private token rotate``: a new token in the place of a login's."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime, timezone

from conda_private.actions.rotate import Rotation, RotationEdges, rotate
from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_expiry, add_organization, add_password
from conda_private.cli.password import maker
from conda_private.cli.report import entry, tell
from conda_private.composition import machine, servers
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import CredentialMissingError, UsageError
from conda_private.model.expiry import describe, normal
from conda_private.model.login import Login, find_login
from conda_private.model.secret import Secret
from conda_private.output import mark, notice, table
from conda_private.server.tokens import AnacondaTokens

HELP = """\
Put a new token of the same scopes in the place of a login's, check that it opens the channel, and
end the old one. Every login of this machine that has the same token gets the new one. Whatever
fails, a token that works stays in place.

example:
  conda private token rotate my-org --expires 90d"""

_OURS = ("keyring", "file", "helper-store")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser)
    parser.add_argument(
        "--keep-old",
        dest="private_keep_old",
        action="store_true",
        help="do not end the old token: other machines still use it",
    )
    add_expiry(parser)
    add_organization(parser)
    add_password(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Rotate; 0 when the old token is ended, 1 when it is still alive."""
    logins = machine.index().logins()
    login = find_login(arguments.scope_from(args), logins)
    _refuse_what_others_provide(login)
    api = owners.api_from(args, login.scope)
    secret = machine.resolver().secret(login)
    same = _with_same_token(login, secret, logins)
    maker_of_tokens, user = _maker(args, api, login, secret)
    edges = RotationEdges(
        maker=maker_of_tokens,
        user=user,
        asked_with=lambda token: servers.tokens(api, token),
        server=servers.token_server(),
        probe=machine.probe(),
        open_store=machine.open_store,
        index=machine.index(),
        now=datetime.now(timezone.utc),
    )
    if args.dry_run:
        return _say(same)
    options = {"organization": args.private_org, "max_age": args.private_max_age}
    done = rotate(same, secret, edges, **options, keep_old=args.private_keep_old)
    _report(done, kept=args.private_keep_old)
    return 1 if done.left else 0


def _refuse_what_others_provide(login: Login) -> None:
    if login.source.partition(":")[0] not in _OURS:
        raise UsageError(
            f"The token for {login.scope} is not kept here: it comes from {login.source}.",
            cause="Only who put it there can put another in its place.",
            next_step="make one to put there:  conda private token create --show",
        )


def _with_same_token(login: Login, secret: Secret, logins: Sequence[Login]) -> list[Login]:
    def same(other: Login) -> bool:
        ours = other.source.partition(":")[0] in _OURS
        # What is known to be of another API, or to have another name, need not be read.
        pairs = ((other.api, login.api), (other.note, login.note))
        differ = any(theirs and mine and theirs != mine for theirs, mine in pairs)
        return ours and not differ and _secret(other) == secret

    return [other for other in logins if other.scope == login.scope or same(other)]


def _secret(login: Login) -> Secret | None:
    try:
        return machine.resolver().secret(login)
    except CredentialMissingError:
        return None


def _maker(
    args: Namespace, api: ChannelUrl, login: Login, old: Secret
) -> tuple[AnacondaTokens, str]:
    account, token = owners.account_at(api)
    if token == old and not args.private_keep_old:
        raise UsageError(
            "The owners' commands use the same token, and would lose it.",
            cause=f"The account at {api} and the login for {login.scope} have one token.",
            next_step="give the account one of its own:  conda private login --account\n"
            "or leave the old one alive:  --keep-old",
        )
    name = account.name or servers.people(api, token).profile().login
    command = f"conda private token rotate {login.scope}"
    return maker(api, token, name, from_stdin=args.private_stdin, command=command), name


def _say(logins: Sequence[Login]) -> int:
    scopes = [str(login.scope) for login in logins]
    lines = ["would put a new token in the place of the one for", *(f"  {each}" for each in scopes)]
    tell(lines, {"dry_run": True, "scopes": scopes})
    return 0


def _report(done: Rotation, *, kept: bool) -> None:
    fate = "still alive (--keep-old)" if kept else "STILL ALIVE" if done.left else "ended"
    rows = [
        *(("in use for", str(login.scope)) for login in done.logins),
        ("may", ", ".join(done.new.scopes)),
        ("expires", describe(normal(done.new.expires), datetime.now(timezone.utc))),
        ("old token", f'"{done.old}" {fate}'),
    ]
    lines = [f'{mark("✓", "ok")} the new token is "{done.new.note}"', *table(rows)]
    data = {
        "rotated": [entry(login) for login in done.logins],
        "old": {"name": done.old or None, "ended": not (kept or done.left)},
        "old_left": done.left or None,
    }
    tell(lines, data)
    if done.left:
        notice(
            f"\nWarning: the old token could not be ended.\n{done.left}\n"
            f"Next:  conda private token revoke {shlex.quote(done.old)}"
        )
