"""``conda private token create``: create a token, and store it or print it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import datetime, timezone

from conda_private.actions.login import log_in
from conda_private.actions.new_token import check_scopes, create_token, revoked_on_failure
from conda_private.cli import arguments, owners
from conda_private.cli.arguments import (
    add_expiry,
    add_listing,
    add_organization,
    add_password,
    add_storage,
    listing_from,
)
from conda_private.cli.password import token_creator, token_name
from conda_private.cli.report import report_login, tell
from conda_private.cli.which_server import settled
from conda_private.composition import machine, servers
from conda_private.conda_config.channels import refuse_if_not_allowed
from conda_private.conda_config.names import address_of
from conda_private.conda_config.settings import condarc_path
from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.exceptions import UsageError
from conda_private.model.facts import NewToken
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import TokenApi
from conda_private.model.secret import Secret
from conda_private.output import show_once

HELP = """\
Create a token. With --for, it is stored for a channel and never shown. With --show, it is printed
once, alone on standard output, and not stored. By default it can only download conda packages.

examples:
  conda private token create --for my-org
  conda private token create --show --name ci --expires 90d | gh secret set MY_ORG_TOKEN"""

DEFAULT = "conda:download"


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    _add_purpose(parser)
    parser.add_argument(
        "--scopes",
        dest="private_scopes",
        metavar="SCOPE[,SCOPE]",
        default=DEFAULT,
        help=f"the scopes of the token (default: {DEFAULT})",
    )
    parser.add_argument(
        "--pypi", dest="private_pypi", action="store_true", help="add the scope pypi:download"
    )
    parser.add_argument("--name", metavar="NAME", dest="private_name", help="the name of the token")
    add_expiry(parser)
    add_organization(parser)
    add_password(parser)
    add_storage(parser)
    add_listing(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def _add_purpose(parser: ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--for", dest="private_channel", metavar="CHANNEL", help="store the token for this channel"
    )
    where.add_argument(
        "--show",
        dest="private_show",
        action="store_true",
        help="print the token once, and do not store it",
    )
    parser.add_argument(
        "--label", dest="private_label", metavar="LABEL", help="a label of the channel"
    )


def execute(args: Namespace) -> int:
    """Create the token; 0 if it is stored or printed."""
    if args.private_label and not args.private_channel:
        raise UsageError(
            "A label needs a channel.",
            next_step=f"conda private token create --for my-org --label {args.private_label}",
        )
    address = _address(args) if args.private_channel else None
    api = owners.api_from(args, address)
    account, secret = owners.account_at(api)
    tokens = token_creator(
        api,
        secret,
        account.user or servers.people(api, secret).profile().login,
        from_stdin=args.private_stdin,
        command="conda private token create",
    )
    wanted = _new_token(args, tokens, address)
    if args.dry_run:
        return _report_dry_run(wanted)
    exact, now = bool(args.private_name), datetime.now(timezone.utc)
    token, name = create_token(tokens, wanted, now=now, exact_name=exact)
    if address:
        return _store(args, address, api, token, name)
    about = f'Token "{name}" (scopes: {", ".join(wanted.scopes)}). It will not be shown again:'
    with revoked_on_failure(servers.tokens(api, token), name):
        show_once(token, about)
    return 0


def _address(args: Namespace) -> Address:
    command = "token create --for"
    text = settled(args.private_channel, command, None, by_login=False)
    address = address_of(text, command, args.private_label or None)
    refuse_plain_http(address, allow_http=False)
    refuse_if_not_allowed(address)
    return address


def _new_token(args: Namespace, tokens: TokenApi, address: Address | None) -> NewToken:
    wanted = [word.strip() for word in args.private_scopes.replace(" ", ",").split(",")]
    if args.private_pypi:
        wanted.append("pypi:download")
    scopes = check_scopes(tokens, filter(None, wanted))
    if not scopes:
        raise UsageError(
            "A token needs a scope.",
            cause="The server gives a token without scopes full access.",
            next_step="omit --scopes to create a token that can only download",
        )
    words = address.path if address else (f"{datetime.now(timezone.utc):%Y-%m-%d}",)
    name = args.private_name or token_name(*words)
    return NewToken(name, scopes, args.private_org, args.private_max_age)


def _report_dry_run(wanted: NewToken) -> int:
    data = {"dry_run": True, "name": wanted.name, "scopes": list(wanted.scopes)}
    tell(
        [f'Would create the token "{wanted.name}" with the scopes {", ".join(wanted.scopes)}'], data
    )
    return 0


def _store(args: Namespace, address: Address, api: Address, token: Secret, name: str) -> int:
    request = LoginRequest.to(
        address,
        api=api,
        name=machine.name_for(address),
        condarc=condarc_path("user", None),
        assume_yes=True,  # confirmed: a new token for this login is what the command is for
        **listing_from(args, address),
    )
    with revoked_on_failure(servers.tokens(api, token), name):
        store = machine.store_for_login(args.private_storage)
        result = log_in(request, token, servers.login_edges(store, machine.records()))
    return report_login(result)
