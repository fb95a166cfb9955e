"""Anaconda's two servers: anaconda.org has private packages, anaconda.com has private channels."""

from __future__ import annotations

import re
from typing import NamedTuple

from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError

COM, ORG = "anaconda.com", "anaconda.org"
SERVERS = (COM, ORG)
COM_API = Address.parse("https://anaconda.com/api/repo")
COM_CHANNELS = Address.parse("https://repo.anaconda.cloud/repo")
ORG_CHANNELS = Address.parse("https://conda.anaconda.org")
_DEFAULTS_HOST = "repo.anaconda.com"
_COMMUNITY = (("conda-forge",), ("bioconda",))
# As anaconda-client checks it. The server also limits the length of a namespace.
_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_MAX_NAMESPACE = 63  # characters


class ChannelName(NamedTuple):
    """A channel's name with its namespace: ``NAMESPACE/CHANNEL``."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def is_allowed(self) -> bool:
        """Whether anaconda.com allows this name."""
        plain = all(map(_NAME.fullmatch, self))
        return plain and len(self.namespace) <= _MAX_NAMESPACE

    def address_on(self, server: str) -> Address:
        """Return the address that the name has on one of the servers.

        Args:
            server: ``anaconda.com``, where it is a channel, or ``anaconda.org``, where it is a
                label of the namespace's channel.
        """
        if server == COM:
            return COM_CHANNELS.child(*self)
        return ORG_CHANNELS.child(self.namespace, "label", self.name)


def channel_named(text: str, command: str) -> ChannelName:
    """Return the channel of anaconda.com that a text names.

    Args:
        text: the name, or the address of the channel.
        command: the command to repeat, up to the channel: ``share``.

    Raises:
        UsageError: it is not a name with a namespace, or anaconda.com does not allow it.
    """
    words = text.removeprefix(f"{COM_CHANNELS}/").removesuffix("/").split("/")
    name = ChannelName(*words) if len(words) == 2 else None
    if name and name.is_allowed:
        return name
    raise UsageError(
        "This is not the name of a channel on anaconda.com.",
        cause="A channel is written NAMESPACE/CHANNEL. Both begin with a lowercase letter, and have"
        f" lowercase letters, digits, - and _; a namespace has up to {_MAX_NAMESPACE} characters.",
        next_step=f"conda private {command} my-namespace/my-channel --on {COM}",
    )


def is_well_known(channel: Address) -> bool:
    """Whether everybody can read a channel: Anaconda's own, and two that nearly everyone lists."""
    is_community = ORG_CHANNELS.covers(channel) and channel.path[:1] in _COMMUNITY
    return is_community or channel.host == _DEFAULTS_HOST


def is_channel_api(api: Address) -> bool:
    """Whether an API is like the API of anaconda.com, which shares channels and not packages."""
    return api.path[-2:] == ("api", "repo")
