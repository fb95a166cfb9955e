"""``conda private packages``: show the packages of a channel."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from conda_private.actions.listing import from_api, from_channel
from conda_private.cli import arguments, owners
from conda_private.cli.com.listing import packages_of
from conda_private.cli.report import tell_list
from conda_private.composition import machine, servers
from conda_private.model.address import Address
from conda_private.model.anaconda import is_channel_api
from conda_private.model.channel import channel_of, label_of
from conda_private.model.exceptions import AddressError
from conda_private.model.facts import PackageFacts
from conda_private.model.known_servers import web_page_of
from conda_private.model.login import find_login
from conda_private.output import ListRow, notice

HELP = """\
Show the packages of a channel, which of them are private, and their labels. With an account
(`conda private login --account`), the list comes from the server's API, which knows all labels and
all kinds of packages. Otherwise it comes from the channel, read with the credential of your login.
The packages are printed while they arrive, also with --json. If an error ends the list early, the
key "error" has it; else that is null. --quiet prints no packages.

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
    """Show the packages; 0 even if there are none."""
    address = arguments.own_address_from(args)
    api = owners.api_option(args) or owners.api_of_channel(address)
    account = owners.find_account(api) if api else None
    by_api = api is not None and account is not None
    found = _from_api(address, api, args) if by_api and api else _from_channel(address, args)
    any_public = False

    def shown() -> Iterator[ListRow]:
        nonlocal any_public
        for each in found:
            any_public |= bool(each.public)
            yield _row(each), _data(each)

    code = tell_list(
        "packages",
        shown(),
        headings=_HEADINGS,
        none="No packages.",
        data={"channel": str(address), "asked": "api" if by_api else "channel"},
    )
    if any_public:
        _say_how_to_change_access(address)
    return code


def _owner(address: Address) -> str:
    channel = channel_of(address)
    if not channel.path:
        raise AddressError(
            "No channel given.",
            cause=f"{address} is a server; its channels have the packages.",
            next_step=f"conda private packages {address}/my-org",
        )
    return channel.path[-1]


def _from_api(address: Address, api: Address, args: Namespace) -> Iterator[PackageFacts]:
    if is_channel_api(api):
        return packages_of(address, api, private=args.private_access)
    _, secret = owners.account_at(api)
    packages = servers.packages(api, secret)
    return from_api(_owner(address), packages, label=label_of(address), private=args.private_access)


def _from_channel(address: Address, args: Namespace) -> Iterator[PackageFacts]:
    login = machine.resolver().find(f"{address}/noarch/repodata.json") or find_login(
        address, machine.logins()
    )
    files = machine.channel_files(address, login)
    return from_channel(files, order=_order, label=label_of(address), private=args.private_access)


def _order(version: str) -> Any:
    from conda.exceptions import InvalidVersionSpec
    from conda.models.version import VersionOrder

    try:
        # Not VersionOrder(version): conda's class keeps every version that it has seen.
        return type.__call__(VersionOrder, version)
    except InvalidVersionSpec:
        return VersionOrder("0")


def _say_how_to_change_access(address: Address) -> None:
    if page := web_page_of(address):
        notice(
            "\nNo command can make a public package private. Use its web page:\n"
            f"  {page}/PACKAGE, Settings > Admin > Private\n"
            "To upload a new package as private:  anaconda upload --private"
        )


def _access(package: PackageFacts) -> str:
    return {True: "public", False: "private", None: "unknown"}[package.public]


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
