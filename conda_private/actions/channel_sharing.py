"""Share a channel of anaconda.com with users, take their access away, and make it private."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conda_private.model.anaconda import ChannelName
from conda_private.model.channel_api import ChannelApi, ChannelFacts
from conda_private.model.exceptions import (
    AlreadyExistsError,
    CondaPrivateError,
    NotFoundError,
    ServerError,
    UsageError,
)


@dataclass(frozen=True)
class Shared:
    """What was done: the users, and those of them who had the access before."""

    users: tuple[str, ...]
    already: tuple[str, ...] = ()


def find_channel(name: ChannelName, channels: ChannelApi) -> ChannelFacts:
    """Return a channel.

    Raises:
        NotFoundError: there is no such channel, or the account has no access to it.
        CondaPrivateError: the API could not be reached, or refuses.
    """
    try:
        return channels.channel(name)
    except NotFoundError as error:
        raise error.leading_to(
            "list your channels:  conda private channels\n"
            f"or create it:  anaconda channel create {name} --private"
        ) from error


def share_channel(
    name: ChannelName, users: tuple[str, ...], grant: str, channels: ChannelApi
) -> Shared:
    """Give users access to a channel. Each step can be repeated without harm.

    Raises:
        CondaPrivateError: a step failed; the message names the completed steps.
    """
    already: list[str] = []

    def give(user: str) -> None:
        try:
            channels.share(name, user, grant)
        except AlreadyExistsError:
            already.append(user)

    _each(users, give, "has access")
    return Shared(tuple(user for user in users if user not in already), tuple(already))


def unshare_channel(name: ChannelName, users: tuple[str, ...], channels: ChannelApi) -> None:
    """Take users' access to a channel away. Each step can be repeated without harm.

    Raises:
        CondaPrivateError: a step failed; the message names the completed steps.
    """
    _each(users, lambda user: channels.unshare(name, user), "removed")


def refuse_owners(facts: ChannelFacts, users: tuple[str, ...]) -> None:
    """Refuse to take the access of an owner away.

    Raises:
        UsageError: one of the users is an owner of the channel.
    """
    for user in users:
        if user in facts.owners:
            raise UsageError(
                f"{user} is an owner of {facts.path}.",
                cause="Sharing does not give owners their access. Nothing was changed.",
                next_step="see the owners:"
                f"  conda private share {facts.path} --list --on anaconda.com",
            )


def make_channel_private(name: ChannelName, channels: ChannelApi) -> None:
    """Make a channel private, and read it back.

    Raises:
        ServerError: the server reports success, and the channel is not private.
        CondaPrivateError: the API could not be reached, or refuses.
    """
    channels.make_private(name)
    privacy = channels.channel(name).privacy
    if privacy != "private":
        raise ServerError(
            f"{name} is still {privacy or 'not private'}.",
            cause="The server accepted the change, and did not make it.",
            next_step=f"repeat it:  conda private make-private {name} --on anaconda.com",
        )


def _each(users: tuple[str, ...], change: Callable[[str], None], done: str) -> None:
    for number, user in enumerate(users):
        so_far = ", ".join(f"{each} {done}" for each in users[:number]) or "nothing"
        try:
            change(user)
        except NotFoundError as error:
            raise NotFoundError(
                f"The server does not know the user {user}, or the channel is not yours.",
                cause=f"{error.what} Done so far: {so_far}.",
                next_step="ask for the exact username, and repeat the command",
            ) from error
        except CondaPrivateError as error:
            raise error.adding(f"Done so far: {so_far}.") from error
