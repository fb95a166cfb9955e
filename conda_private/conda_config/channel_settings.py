"""The channel settings that make conda call our handler. They contain no credential."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from conda_private.files.atomic import make_folder, remove, replace
from conda_private.files.permissions import PRIVATE, Access, read
from conda_private.model.address import Address
from conda_private.model.channel import channel_of
from conda_private.model.exceptions import UnsafeFileError

HANDLER = "conda-private"
MAX_CHANNELS_PER_ORIGIN = 4
# Public channels that many users read, on whatever server.
_WELL_KNOWN = (
    *("anaconda", "bioconda", "conda-forge", "defaults", "free", "huggingface", "intel", "main"),
    *("microsoft", "msys2", "nvidia", "pkgs", "pro", "pytorch", "r", "rapidsai", "robostack"),
)
_HEADER = "# Created by conda-private: do not edit.\n"


@dataclass(frozen=True)
class Neighbors:
    """What else is on the servers of the logins.

    Attributes:
        has_others: whether another auth handler has channel settings for a server.
        public: the addresses of channels without a login that the user reads.
    """

    has_others: Callable[[Address], bool] = lambda origin: False
    public: Collection[Address] = ()


def patterns(addresses: Iterable[Address], neighbors: Neighbors = Neighbors()) -> tuple[str, ...]:
    """Return the URL patterns for conda's ``channel_settings`` that cover the addresses.

    A channel has two patterns, its address and everything below it, in each spelling of a blank. A
    channel with logins for its labels only has one pattern for all of its labels. Each pattern
    costs every conda command up to 1.4 ms, so several channels of an origin share one: the one that
    matches no other channel that is known, and, above ``MAX_CHANNELS_PER_ORIGIN`` channels, the one
    for the whole origin. Where another handler has channel settings, ours remain exact.
    """
    by_origin: dict[Address, set[Address]] = {}
    for address in addresses:
        origin = Address(address.scheme, address.host, address.port)
        by_origin.setdefault(origin, set()).add(address)
    return tuple(
        pattern
        for origin in sorted(by_origin)
        for pattern in _of_origin(origin, by_origin[origin], neighbors)
    )


def _of_origin(origin: Address, addresses: set[Address], neighbors: Neighbors) -> Iterator[str]:
    is_shared = neighbors.has_others(origin)
    areas = _areas(origin, addresses, is_exact=is_shared)
    outer = sorted(
        area for area in areas if not any(each != area and each.covers(area) for each in areas)
    )
    channels = [area for area in outer if area in addresses]
    left = {*neighbors.public, *map(channel_of, {*outer}.difference(channels, [origin]))}
    joint = "" if is_shared else _joint(channels, left)
    for area in outer:
        if area not in addresses or not joint:
            yield from _exact(area, is_channel=area in addresses)
    if joint:
        yield joint


def _exact(area: Address, *, is_channel: bool) -> Iterator[str]:
    for text in area.spellings:
        if is_channel:
            # conda looks up the handler of a single shard by the address of its channel alone.
            yield text
        yield f"{text}/*"


def _areas(origin: Address, addresses: set[Address], *, is_exact: bool) -> set[Address]:
    channels = {channel_of(address) for address in addresses}
    if len(channels) > MAX_CHANNELS_PER_ORIGIN and not is_exact:
        return {origin}
    return {
        address if address in channels else channel_of(address).child("label")
        for address in addresses
    }


def _joint(channels: Sequence[Address], public: Iterable[Address]) -> str:
    """One pattern for several channels: for each place in their names, the letters that occur.

    It is as long as the shortest name. Returns "" if it would match another channel.
    """
    if len(channels) < 2 or any(len(each.spellings) > 1 for each in channels):
        return ""
    places = zip(*map(str, channels), strict=False)
    pattern = "".join(map(_letters, places)) + "*"
    known = {*public, *(channels[0]._replace(path=(name,)) for name in _WELL_KNOWN)}
    others = (each for each in known if not any(ours.covers(each) for ours in channels))
    is_wide = any(fnmatch(str(each.child("noarch", "repodata.json")), pattern) for each in others)
    return "" if is_wide else pattern


def _letters(place: tuple[str, ...]) -> str:
    # A hyphen that is not first would be a range.
    letters = sorted({*place}, key=lambda letter: (letter != "-", letter))
    return letters[0] if len(letters) == 1 else f"[{''.join(letters)}]"


def render(addresses: Iterable[Address], neighbors: Neighbors = Neighbors()) -> str:
    """Create the text of our file in ``condarc.d``; "" if there are no addresses."""
    # Every conda command parses this file; before 26.1 even three times. Flow style in one line
    # takes half the time of block style.
    found = patterns(addresses, neighbors)
    text = ", ".join(f'{{"channel": "{each}", "auth": "{HANDLER}"}}' for each in found)
    return f'{_HEADER}{{"channel_settings": [{text}]}}\n' if text else ""


class ChannelSettingsFile:
    """``~/.conda/condarc.d/conda-private.yml``, which every conda since 24.7 reads.

    Args:
        path: the file.
        access: the owner and the mode that it must have.
        neighbors: finds what else is on the servers of the logins.
    """

    def __init__(
        self,
        path: Path,
        access: Access = PRIVATE,
        neighbors: Callable[[tuple[Address, ...]], Neighbors] = lambda addresses: Neighbors(),
    ) -> None:
        self.path = path
        self._access = access
        self._neighbors = neighbors

    def write(self, addresses: tuple[Address, ...]) -> None:
        """Write the channel settings for these addresses, or remove the file if there are none.

        A file with the right text, owner and mode is not written again.

        Raises:
            FileWriteError: the file could not be written; it is unchanged.
        """
        text = render(addresses, self._neighbors(addresses)) if addresses else ""
        if not text:
            remove(self.path)
        elif not self._has(text):
            make_folder(self.path.parent, self._access)
            replace(self.path, text, mode=self._access.mode)

    def _has(self, text: str) -> bool:
        try:
            return read(self.path, self._access) == text
        except UnsafeFileError:
            return False
