"""Ask conda, for the logins of this machine, what its settings mean for them."""

from __future__ import annotations

from conda_private.composition.machine import channel_list, logins, name_for, records
from conda_private.conda_config import channels, other_channels, precedence
from conda_private.conda_config import hiding as hides
from conda_private.conda_config.hiding import Hiding
from conda_private.conda_config.other_channels import OtherChannel
from conda_private.conda_config.precedence import Entry, Taken
from conda_private.conda_config.settings import condarc_path, read_again
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.facts import ChannelsInUse
from conda_private.model.login import Login
from conda_private.model.ports import Comparison


def channels_in_use(condarc: str) -> ChannelsInUse:
    """Return the channels that conda uses, and what it takes from this file."""
    lists_defaults = channel_list(condarc).lists("defaults")
    depends = channels.defaults_depend_on_a_variable()
    return ChannelsInUse(channels.in_effect(), lists_defaults, depends)


def command_to_unlist(address: Address) -> str:
    """Return the command that removes a channel from the file that lists it; "" if none does."""
    for file, listed in channels.listings(address):
        added = records().channel_list(file).get("channels", ())
        if any(each.get("channel") == listed for each in added):
            where = [] if file == condarc_path("user", None) else ["--condarc", file]
            return shell.joined(["conda", "private", "channels", "remove", listed, *where])
        return shell.joined(["conda", "config", "--file", file, "--remove", "channels", listed])
    return ""


def other_channel(login: Login, found: Comparison | None) -> OtherChannel | None:
    """Find another channel from which conda may take what a login gives access to."""
    names = found.names if found else ()
    return other_channels.other_channel(login.address, name_for(login.address), names)


def hiding(*addresses: Address) -> list[list[Hiding]]:
    """Find, for the login of each address, the settings because of which conda does not use it."""
    read_again()
    return [hides.hiding(address) for address in addresses]


def displaced(*addresses: Address) -> list[Entry | None]:
    """Find, for each address, another handler's entry that ours takes precedence over."""
    read_again()
    return [precedence.displaced(address) for address in addresses]


def handled_by_others(*addresses: Address) -> list[Entry | None]:
    """Find, for each address, the entry because of which conda uses another auth handler."""
    read_again()
    others = precedence.others_entries()
    found = map(precedence.deciding, addresses)
    return [entry if entry in others else None for entry in found]


def taken_over() -> list[Taken]:
    """Find channels without a login for which conda-private replaces another handler."""
    return precedence.taken_over(login.address for login in logins())
