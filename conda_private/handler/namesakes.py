"""Refuses packages from other channels that have the name of a private one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from conda_private.model.address import Address
from conda_private.model.channel import channel_of
from conda_private.model.exceptions import NamesakeError
from conda_private.output import notice

if TYPE_CHECKING:
    from conda_private.model.login import Login
    from conda_private.model.memory import Recognizer


def refuse_namesakes(
    linked: Iterable[Any], taking_part: Sequence[tuple[Login, Recognizer]]
) -> None:
    """Refuse a package with a remembered name from outside the channels that remember it.

    A package that also has public files is only named in a warning: a channel that shows it proves
    no access, and conda may have a reason to take it from another one.

    Args:
        linked: the records of the packages that conda is about to link.
        taking_part: the logins whose channels take part, and the names that they remember.

    Raises:
        NamesakeError: there is such a package.
    """
    for record in linked:
        knowing = [login for login, names in taking_part if names.knows(record.name)]
        if _is_foreign(record, knowing):
            raise _namesake(record, knowing[0])
        knowing = [login for login, names in taking_part if names.knows_in_part(record.name)]
        if _is_foreign(record, knowing):
            _warn(record.name, record.channel.canonical_name, knowing[0].address)


def _is_foreign(record: Any, knowing: Sequence[Login]) -> bool:
    """Whether there are logins that know a package, and it comes from none of their channels."""
    return bool(knowing) and not any(_is_from(record, each) for each in knowing)


@cache  # conda may solve more than once in a command
def _warn(package: str, other: str, address: Address) -> None:
    notice(
        f"\nWarning: conda takes {package} from {other}, and {address} has private files of it."
        "\nCause: The channel does not show them any more, or conda prefers the other channel.\n"
        f"Next:  conda private check {address}"
    )


def _is_from(record: Any, login: Login) -> bool:
    # Another label of the channel has the same owner, who may move packages between them. A
    # channel's index can say that its packages are on another host (CEP 15).
    channel = channel_of(login.address)
    places = map(Address.of_conda, (str(record.url), str(record.channel.base_url)))
    return any(place and channel.covers(place) for place in places)


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
