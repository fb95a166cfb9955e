"""The channels of anaconda.com that an account has access to, and their packages."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

from conda_private.cli import owners
from conda_private.cli.com.sharing import channels_at
from conda_private.cli.report import tell_list
from conda_private.composition import servers
from conda_private.model.address import Address
from conda_private.model.anaconda import COM, COM_API, ChannelName, is_channel_api
from conda_private.model.channel_api import ChannelFacts
from conda_private.model.exceptions import AddressError, UsageError
from conda_private.model.facts import PackageFacts
from conda_private.output import ListRow

_HEADINGS = ("CHANNEL", "ACCESS", "PRIVACY", "PACKAGES")


def list_channels(args: Namespace) -> int:
    """Show the channels; 0 even if there are none."""
    api = _api(args)
    rows = (_row(each) for each in channels_at(api).channels())
    data: dict[str, object] = {"api": str(api)}
    return tell_list("channels", rows, headings=_HEADINGS, none="No channels.", data=data)


def _api(args: Namespace) -> Address:
    """The API of ``--api-url``, of ``--on``, or of an account whose server has channels."""
    named = owners.api_option(args) or owners.api_on(args)
    if named and not is_channel_api(named):
        raise UsageError(
            "This server cannot list the channels that you have access to.",
            cause=f"Only {COM} has channels that are shared with users.",
            next_step=f"conda private channels --on {COM}",
        )
    accounts = (each.api for each in servers.accounts() if is_channel_api(each.api))
    return named or next(accounts, COM_API)


def _row(facts: ChannelFacts) -> ListRow:
    cells = (facts.path, facts.access, facts.privacy, str(facts.packages))
    data = {
        "name": facts.path,
        "access": facts.access or None,
        "privacy": facts.privacy or None,
        "packages": facts.packages,
    }
    return cells, data


def packages_of(address: Address, api: Address, *, private: bool | None) -> Iterator[PackageFacts]:
    """Return the packages of a channel as the API lists them.

    Args:
        address: the channel.
        api: the API.
        private: True for packages of a private channel only, False for a public one, None for both.

    Raises:
        AddressError: the address is not a channel with a namespace.
    """
    if len(address.path) < 2:
        raise AddressError(
            "No channel given.",
            cause=f"{address} has no NAMESPACE/CHANNEL at its end.",
            next_step="list your channels:  conda private channels",
        )
    channels, name = channels_at(api), ChannelName(*address.path[-2:])
    is_public = channels.channel(name).is_public
    if private is is_public:
        return iter(())
    return (replace(each, public=is_public) for each in channels.packages(name))
