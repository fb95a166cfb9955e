"""Channels of anaconda.com as its API reports them, and the protocol of that API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from conda_private.model.anaconda import ChannelName
from conda_private.model.facts import PackageFacts, Profile

PRIVATE, PUBLIC = "private", "public"
# What users can be given: a role, and what the API calls it.
GRANTS = {"viewer": "read", "collaborator": "write"}


@dataclass(frozen=True)
class ChannelFacts:
    """A channel of anaconda.com; "" for unknown values.

    Attributes:
        path: its name with its namespace: ``NAMESPACE/CHANNEL``.
        privacy: ``private``, ``public``, or another word of the server.
        access: what the account has: ``viewer``, ``collaborator`` or ``owner``. Only the list of
            the account's own channels has it.
        packages: how many packages it has.
        owners: the users who own it.
    """

    path: str
    privacy: str
    access: str = ""
    packages: int = 0
    owners: tuple[str, ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether only users with whom it is shared can read it."""
        return self.privacy == PRIVATE

    @property
    def is_public(self) -> bool:
        """Whether everyone can read it."""
        return self.privacy == PUBLIC


class ChannelApi(Protocol):
    """API of anaconda.com: channels. Every call may raise ``CondaPrivateError``."""

    def profile(self) -> Profile:
        """Return the authenticated user."""

    def organizations(self) -> tuple[str, ...]:
        """Return the namespaces of the authenticated user."""

    def channels(self) -> Iterator[ChannelFacts]:
        """Return the channels that the user owns, and those that are shared with the user."""

    def channel(self, name: ChannelName) -> ChannelFacts:
        """Return one channel."""

    def make_private(self, name: ChannelName) -> None:
        """Make a channel private."""

    def share(self, name: ChannelName, user: str, grant: str) -> None:
        """Give a user access to a channel; ``grant`` is ``read`` or ``write``."""

    def unshare(self, name: ChannelName, user: str) -> None:
        """Take a user's access to a channel away."""

    def packages(self, name: ChannelName) -> Iterator[PackageFacts]:
        """Return the packages of a channel, without their access and their labels."""
