"""Refuses packages from other channels that have the name of a private one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from conda_private.model.address import Address
from conda_private.model.channel import channel_of
from conda_private.model.exceptions import NamesakeError

if TYPE_CHECKING:
    from conda_private.model.login import Login
    from conda_private.model.memory import Recognizer


def refuse_namesakes(
    linked: Iterable[Any], taking_part: Sequence[tuple[Login, Recognizer]]
) -> None:
    """Refuse a package with a remembered name from outside the channels that remember it.

    Args:
        linked: the records of the packages that conda is about to link.
        taking_part: the logins whose channels take part, and the names that they remember.

    Raises:
        NamesakeError: there is such a package.
    """
    for record in linked:
        knowing = [login for login, names in taking_part if names.knows(record.name)]
        url = Address.of_conda(str(record.url)) if knowing else None
        # Another label of the channel has the same owner, who may move packages between them.
        if knowing and not any(url and channel_of(each.address).covers(url) for each in knowing):
            raise _namesake(record, knowing[0])


def _namesake(record: Any, login: Login) -> NamesakeError:
    address = login.address
    return NamesakeError(
        f"{record.name} is a private package in {address}, but conda would take it from"
        f" {record.channel.canonical_name}.",
        cause="The channel does not show it any more, or conda prefers the other channel. Nothing"
        " was installed.",
        next_step=f"conda private check {address}\n"
        "It also forgets packages that the owner has removed or made public. To install from the\n"
        f"other channel alone:  --override-channels -c {record.channel.canonical_name}",
    )
