"""``conda private token rotate``: replace a login's token with a new one."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime, timezone

from conda_private.actions.rotate import Rotation, RotationEdges, rotate
from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_expiry, add_organization, add_password
from conda_private.cli.password import token_creator
from conda_private.cli.report import entry, scopes_of, tell
from conda_private.composition import machine, servers
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, UsageError
from conda_private.model.expiry import describe, normal
from conda_private.model.login import Login, find_login
from conda_private.model.secret import Secret
from conda_private.output import mark, notice, table
from conda_private.server.tokens import AnacondaTokens

HELP = """\
Replace a login's token with a new one that has the same scopes, verify that it gives access to the
channel, and revoke the old one. Every login on this machine that has the same token gets the new
one. If any step fails, a working token remains in place.

example:
  conda private token rotate my-org --expires 90d"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser)
    parser.add_argument(
        "--keep-old",
        dest="private_keep_old",
        action="store_true",
        help="do not revoke the old token, for instance because other machines use it",
    )
    add_expiry(parser)
    add_organization(parser)
    add_password(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Rotate the token; 1 if the old token could not be revoked."""
    logins = machine.records().logins()
    login = find_login(arguments.own_address_from(args), logins)
    _refuse_reference(login)
    api = owners.api_from(args, login.address)
    secret = machine.resolver().secret(login)
    same = _with_same_token(login, secret, logins)
    creator, user = _creator(args, api, login, secret)
    edges = RotationEdges(
        creator=creator,
        user=user,
        called_with=lambda token: servers.tokens(api, token),
        server=servers.token_server(),
        probe=machine.probe(),
        open_store=machine.open_store,
        records=machine.records(),
        drop_index=machine.drop_index,
        remember=machine.remember,
        now=datetime.now(timezone.utc),
    )
    if args.dry_run:
        return _report_dry_run(same)
    options = {"organization": args.private_org, "max_age": args.private_max_age}
    done = rotate(same, secret, edges, **options, keep_old=args.private_keep_old)
    _report(done, kept=args.private_keep_old)
    return 1 if done.not_revoked else 0


def _refuse_reference(login: Login) -> None:
    if login.source.is_reference:
        raise UsageError(
            f"The token for {login.address} cannot be replaced in {login.source}.",
            cause="conda-private only reads this token; it does not manage it.",
            next_step="create a token, and put it there:  conda private token create --show",
        )


def _with_same_token(login: Login, secret: Secret, logins: Sequence[Login]) -> list[Login]:
    def same(other: Login) -> bool:
        ours = other.source.is_stored_by_us
        # A token of another API, or with another name, is different and need not be read.
        pairs = ((other.api, login.api), (other.token_name, login.token_name))
        differ = any(theirs and mine and theirs != mine for theirs, mine in pairs)
        return ours and not differ and _secret(other) == secret

    return [other for other in logins if other.address == login.address or same(other)]


def _secret(login: Login) -> Secret | None:
    try:
        return machine.resolver().secret(login)
    except CredentialMissingError:
        return None


def _creator(
    args: Namespace, api: Address, login: Login, old: Secret
) -> tuple[AnacondaTokens, str]:
    account, token = owners.account_at(api)
    if token == old and not args.private_keep_old:
        raise UsageError(
            "The owners' commands use this token too, and would stop working.",
            cause=f"The account at {api} and the login for {login.address} have the same token.",
            next_step="give the account a token of its own:  conda private login --account\n"
            "or do not revoke the old token:  --keep-old",
        )
    name = account.user or servers.people(api, token).profile().login
    command = f"conda private token rotate {login.address}"
    return token_creator(api, token, name, from_stdin=args.private_stdin, command=command), name


def _report_dry_run(logins: Sequence[Login]) -> int:
    addresses = [str(login.address) for login in logins]
    lines = [
        "Would replace the token for",
        *(f"  {each}" for each in addresses),
    ]
    tell(lines, {"dry_run": True, "addresses": addresses})
    return 0


def _report(done: Rotation, *, kept: bool) -> None:
    fate = "still valid (--keep-old)" if kept else "NOT REVOKED" if done.not_revoked else "revoked"
    rows = [
        *(("used for", str(login.address)) for login in done.logins),
        ("scopes", scopes_of(done.new)),
        ("expires", describe(normal(done.new.expires), datetime.now(timezone.utc))),
        ("old token", f'"{done.old}" {fate}'),
    ]
    lines = [f'{mark("✓", "ok")} Created the token "{done.new.token_name}"', *table(rows)]
    data = {
        "rotated": [entry(login) for login in done.logins],
        "old": {"name": done.old or None, "revoked": not (kept or done.not_revoked)},
        "old_left": done.not_revoked or None,
    }
    tell(lines, data)
    if done.not_revoked:
        notice(
            f"\nWarning: The old token could not be revoked.\n{done.not_revoked}\n"
            f"Next:  conda private token revoke {shell.word(done.old)}"
        )
