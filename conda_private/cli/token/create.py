"""``conda private token create``: make a token, and store or show it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import datetime, timezone

from conda_private.actions.login import LoginRequest, log_in
from conda_private.actions.new_token import check_scopes, ended_on_failure, make
from conda_private.cli import arguments, owners
from conda_private.cli.arguments import (
    add_expiry,
    add_listing,
    add_organization,
    add_password,
    add_storage,
)
from conda_private.cli.password import maker, token_name
from conda_private.cli.report import report_login, tell
from conda_private.composition import machine, servers
from conda_private.conda_config.settings import condarc_path, scope_of
from conda_private.model.address import ChannelUrl, refuse_plain_http
from conda_private.model.exceptions import UsageError
from conda_private.model.known_servers import pypi_of, schemes_to_try
from conda_private.model.ports import TokenApi
from conda_private.model.records import TokenWish
from conda_private.model.secret import Secret
from conda_private.output import show_once

HELP = """\
Make a token. With --for it is stored for a channel at once and never shown; with --show it is
printed once, alone on standard output, and stored nowhere. It may only download conda packages,
if nothing else is said.

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
        help=f"what it may do (default: {DEFAULT})",
    )
    parser.add_argument(
        "--pypi", dest="private_pypi", action="store_true", help="it may download PyPI packages"
    )
    parser.add_argument("--name", metavar="NAME", dest="private_name", help="what to call it")
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
        "--for", dest="private_channel", metavar="CHANNEL", help="store it for this channel"
    )
    where.add_argument(
        "--show", dest="private_show", action="store_true", help="print it once, store it nowhere"
    )
    parser.add_argument(
        "--label", dest="private_label", metavar="LABEL", help="a label of the channel"
    )


def execute(args: Namespace) -> int:
    """Make it; 0 when it is stored or shown."""
    if args.private_label and not args.private_channel:
        raise UsageError(
            "A label belongs to a channel.", next_step="conda private token create --for CHANNEL"
        )
    scope = _scope(args) if args.private_channel else None
    api = owners.api_from(args, scope)
    account, secret = owners.account_at(api)
    tokens = maker(
        api,
        secret,
        account.name or servers.people(api, secret).profile().login,
        from_stdin=args.private_stdin,
        command="conda private token create",
    )
    wish = _wish(args, tokens, scope)
    if args.dry_run:
        return _say(wish)
    exact, now = bool(args.private_name), datetime.now(timezone.utc)
    made, name = make(tokens, wish, now=now, exact_name=exact)
    if scope:
        return _store(args, scope, api, made, name)
    show_once(made, f'token "{name}": {", ".join(wish.scopes)}; it is not shown again')
    return 0


def _scope(args: Namespace) -> ChannelUrl:
    scope = scope_of(args.private_channel, "token create --for")
    refuse_plain_http(scope, allow_http=False)
    return scope.with_label(args.private_label) if args.private_label else scope


def _wish(args: Namespace, tokens: TokenApi, scope: ChannelUrl | None) -> TokenWish:
    wanted = [word.strip() for word in args.private_scopes.replace(" ", ",").split(",")]
    if args.private_pypi:
        wanted.append("pypi:download")
    scopes = check_scopes(tokens, filter(None, wanted))
    if not scopes:
        raise UsageError(
            "A token needs a scope.",
            cause="The server takes a token without any as one that may do everything.",
            next_step="leave --scopes out: the token may download then",
        )
    words = scope.path if scope else (f"{datetime.now(timezone.utc):%Y-%m-%d}",)
    name = args.private_name or token_name(*words)
    return TokenWish(name, scopes, args.private_org, args.private_max_age)


def _say(wish: TokenWish) -> int:
    data = {"dry_run": True, "name": wish.name, "scopes": list(wish.scopes)}
    tell([f'would make the token "{wish.name}": {", ".join(wish.scopes)}'], data)
    return 0


def _store(args: Namespace, scope: ChannelUrl, api: ChannelUrl, made: Secret, name: str) -> int:
    request = LoginRequest(
        scope=scope,
        secret=made,
        schemes=schemes_to_try("auto", "", scope),
        channel=machine.name_for(scope),
        position=args.private_position if scope.path else "none",
        condarc=condarc_path("user", None),
        api=str(api),
        pypi=pypi_of(scope),
    )
    with ended_on_failure(servers.tokens(api, made), name):
        store = machine.store_for_login(args.private_storage)
        result = log_in(request, servers.login_edges(store, machine.index()))
    report_login(request, result, machine.conflicts(scope))
    return 0
