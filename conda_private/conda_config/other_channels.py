"""Whether conda may take a private package from another channel that has one of the same name.

That depends on ``channel_priority`` and on the order of the channels. Which names another channel
has is read from conda's cached indexes, so it costs no request.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conda.base.context import context, user_rc_path
from conda.models.channel import Channel

from conda_private.conda_config.index_cache import cached
from conda_private.conda_config.settings import files, read_again
from conda_private.http.index_search import Search, kind_of
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.channel import channel_of

STRICT, FLEXIBLE, DISABLED = "strict", "flexible", "disabled"
_SETTING = "channel_priority"


@dataclass(frozen=True)
class OtherChannel:
    """Another channel from which conda may take a private package.

    Attributes:
        priority: conda's ``channel_priority``.
        name: the name of the other channel; "" for any of them.
        package: a package that both channels have; "" if none is known.
        is_before: whether the list of channels has it before the login's channel.
        commands: the commands that prevent it.
    """

    priority: str
    name: str
    package: str
    is_before: bool
    commands: tuple[str, ...]


def other_channel(address: Address, name: str, packages: Collection[str]) -> OtherChannel | None:
    """Find another channel in effect that conda may take a private package from.

    Args:
        address: the address of a login.
        name: what the list of channels calls it.
        packages: names of packages that only the login gives access to.

    Returns:
        The first one, in conda's order; None if conda takes no package of these names from another.
    """
    read_again()
    priority = str(context.channel_priority)
    others = list(_others(address))
    for other, is_before in others:
        package = _shared(other, packages) if is_before or priority != STRICT else ""
        if package:
            return _found(priority, other, package, name if is_before else "")
    # The highest version is taken, whichever channel has it: also from an index that is not cached.
    return _found(priority, "", "", "") if others and priority == DISABLED else None


def _found(priority: str, other: str, package: str, move: str) -> OtherChannel:
    commands = [f"conda config --prepend channels {shell.word(move)}"] if move else []
    if priority != STRICT:
        commands.append(_make_strict())
    return OtherChannel(priority, other, package, bool(move), tuple(commands))


def _others(address: Address) -> Iterator[tuple[str, bool]]:
    """The other channels in effect, and whether they are listed before this one."""
    own = channel_of(address)
    listed = [(name, list(_addresses(name))) for name in context.channels]
    positions = [at for at, (_, found) in enumerate(listed) if any(map(own.covers, found))]
    first = positions[0] if positions else 0
    for at, (name, found) in enumerate(listed):
        if found and at not in positions:
            yield str(name), at < first


def _addresses(channel: str) -> Iterator[Address]:
    for url in Channel(channel).base_urls:
        if address := Address.of_request(str(url)):
            yield address


def _shared(channel: str, packages: Collection[str]) -> str:
    """Return one of the packages if a cached index of the channel has it, else ""."""
    places = [(each, subdir) for each in _addresses(channel) for subdir in _subdirs()]
    found = (_first(file, packages) for place in places if packages for file in cached(*place))
    return next(filter(None, found), "")


def _subdirs() -> Iterable[str]:
    return dict.fromkeys((context.subdir, "noarch"))


def _first(file: Path, packages: Collection[str]) -> str:
    hits: list[str] = []

    def finds_any(names: Iterable[str]) -> bool:
        hits.extend(name for name in names if name in packages)
        return bool(hits)

    try:
        Search(kind_of(file), finds_any).read(file)
    except (OSError, ValueError):
        return ""  # conda will find out what is wrong with it
    return hits[0] if hits else ""


def _make_strict() -> str:
    """The command that sets the priority where it is set now, or in the user's own file."""
    if _SETTING in context.raw_data.get("envvars", {}):
        return shell.unset_variable("CONDA_CHANNEL_PRIORITY")
    setting = [file for file, settings in files() if _SETTING in settings]
    file = setting[-1] if setting else user_rc_path
    # A file that this user cannot change is that of the system, and the user's own overrides it.
    is_own = os.path.realpath(file) == os.path.realpath(user_rc_path) or not os.access(
        file, os.W_OK
    )
    option = "" if is_own else f" --file {shell.word(file)}"
    return f"conda config{option} --set {_SETTING} {STRICT}"
