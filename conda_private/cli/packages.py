"""``conda private packages``: what is in a channel."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from conda_private.actions.listing import from_api, from_channel
from conda_private.cli import arguments, owners
from conda_private.cli.report import tell
from conda_private.composition import machine, servers
from conda_private.model.address import ChannelUrl, channel_of
from conda_private.model.exceptions import ChannelUrlError
from conda_private.model.known_servers import web_page_of
from conda_private.model.login import find_login
from conda_private.model.records import PackageFacts
from conda_private.output import columns, notice

HELP = """\
Show the packages of a channel: which are private, and under which labels each is. With an account
at the server (`conda private login --account`) it asks the API, which knows all labels and all
kinds of packages; without, it reads the channel with the credential of your login.

examples:
  conda private packages my-org
  conda private packages my-org --label dev --private"""

_HEADINGS = ("PACKAGE", "VERSION", "ACCESS", "KIND", "LABELS")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--private",
        dest="private_access",
        action="store_const",
        const=True,
        help="only private packages",
    )
    which.add_argument(
        "--public",
        dest="private_access",
        action="store_const",
        const=False,
        help="only public packages",
    )
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Show them; 0 also when there is none."""
    scope = arguments.scope_from(args)
    api = ChannelUrl.parse(args.private_api) if args.private_api else owners.api_of_channel(scope)
    account = owners.find_account(api) if api else None
    by_api = api is not None and account is not None
    found = _from_api(scope, api, args) if by_api and api else _from_channel(scope, args)
    lines = columns(_HEADINGS, [_row(each) for each in found]) if found else ["No packages."]
    tell(
        lines,
        {
            "channel": str(scope),
            "asked": "api" if by_api else "channel",
            "packages": [_data(each) for each in found],
        },
    )
    _say_how_to_make_private(scope, found)
    return 0


def _owner(scope: ChannelUrl) -> str:
    channel = channel_of(scope)
    if not channel.path:
        raise ChannelUrlError(
            "A whole server has no packages; a channel has.",
            next_step=f"conda private packages {scope}/CHANNEL",
        )
    return channel.path[-1]


def _label(scope: ChannelUrl) -> str:
    return scope.path[-1] if scope != channel_of(scope) else ""


def _from_api(scope: ChannelUrl, api: ChannelUrl, args: Namespace) -> tuple[PackageFacts, ...]:
    _, secret = owners.account_at(api)
    packages = servers.packages(api, secret)
    return from_api(_owner(scope), packages, label=_label(scope), private=args.private_access)


def _from_channel(scope: ChannelUrl, args: Namespace) -> tuple[PackageFacts, ...]:
    resolver = machine.resolver()
    login = resolver.find(f"{scope}/noarch/repodata.json") or find_login(scope, machine.logins())
    found = machine.probe().compare(scope, (login.scheme,), resolver.secret(login))
    return from_channel(found, order=_order, label=_label(scope), private=args.private_access)


def _order(version: str) -> Any:
    from conda.exceptions import InvalidVersionSpec
    from conda.models.version import VersionOrder

    try:
        return VersionOrder(version)
    except InvalidVersionSpec:
        return VersionOrder("0")


def _say_how_to_make_private(scope: ChannelUrl, found: tuple[PackageFacts, ...]) -> None:
    page = web_page_of(scope)
    if page and any(each.public for each in found):
        notice(
            f"\nTo make a public package private:  {page}/PACKAGE, Settings > Admin > Private\n"
            "(no command can; a new one is private from the start: anaconda upload --private)"
        )


def _access(package: PackageFacts) -> str:
    return {True: "public", False: "private", None: "not told"}[package.public]


def _row(package: PackageFacts) -> tuple[str, ...]:
    return (
        package.name,
        package.version,
        _access(package),
        ", ".join(package.kinds),
        ", ".join(package.labels),
    )


def _data(package: PackageFacts) -> dict[str, object]:
    return {
        "name": package.name,
        "version": package.version or None,
        "public": package.public,
        "kinds": list(package.kinds),
        "labels": list(package.labels),
    }
