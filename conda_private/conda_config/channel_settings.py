"""The channel settings that make conda call our handler. They contain no credential."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from conda_private.files.atomic import make_folder, remove, replace
from conda_private.files.permissions import PRIVATE, Access, read
from conda_private.model.address import Address
from conda_private.model.channel import channel_of
from conda_private.model.exceptions import UnsafeFileError

HANDLER = "conda-private"
MAX_CHANNELS_PER_ORIGIN = 4
_HEADER = "# Created by conda-private: do not edit.\n"


def patterns(addresses: Iterable[Address]) -> tuple[str, ...]:
    """Return the URL patterns for conda's ``channel_settings`` that cover the addresses.

    A channel has two patterns, its address and everything below it, in each spelling of a blank. A
    channel with logins for its labels only has one pattern for all of its labels. An origin with
    more than ``MAX_CHANNELS_PER_ORIGIN`` channels has one pattern for the whole origin, because
    each pattern costs every conda command about 0.4 ms.
    """
    by_origin: dict[Address, set[Address]] = {}
    for address in addresses:
        origin = Address(address.scheme, address.host, address.port)
        by_origin.setdefault(origin, set()).add(address)
    return tuple(
        pattern for origin in sorted(by_origin) for pattern in _of_origin(origin, by_origin[origin])
    )


def _of_origin(origin: Address, addresses: set[Address]) -> Iterator[str]:
    areas = _areas(origin, addresses)
    for area in sorted(areas):
        if any(other != area and other.covers(area) for other in areas):
            continue
        for text in area.spellings:
            if area in addresses:
                # conda looks up the handler of a single shard by the address of its channel alone.
                yield text
            yield f"{text}/*"


def _areas(origin: Address, addresses: set[Address]) -> set[Address]:
    channels = {channel_of(address) for address in addresses}
    if len(channels) > MAX_CHANNELS_PER_ORIGIN:
        return {origin}
    return {
        address if address in channels else channel_of(address).child("label")
        for address in addresses
    }


def render(addresses: Iterable[Address]) -> str:
    """Create the text of our file in ``condarc.d``; "" if there are no addresses."""
    # Every conda command parses this file; before 26.1 even three times. Flow style in one line
    # takes half the time of block style.
    entries = (f'{{"channel": "{each}", "auth": "{HANDLER}"}}' for each in patterns(addresses))
    text = ", ".join(entries)
    return f'{_HEADER}{{"channel_settings": [{text}]}}\n' if text else ""


class ChannelSettingsFile:
    """``~/.conda/condarc.d/conda-private.yml``, which every conda since 24.7 reads.

    Args:
        path: the file.
        access: the owner and the mode that it must have.
    """

    def __init__(self, path: Path, access: Access = PRIVATE) -> None:
        self.path = path
        self._access = access

    def write(self, addresses: tuple[Address, ...]) -> None:
        """Write the channel settings for these addresses, or remove the file if there are none.

        A file with the right text, owner and mode is not written again.

        Raises:
            FileWriteError: the file could not be written; it is unchanged.
        """
        text = render(addresses)
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
