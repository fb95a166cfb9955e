"""The entries that tell conda which requests are ours. Pure text; no secret is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from conda_private.files.atomic import make_folder, remove, replace
from conda_private.files.permissions import PRIVATE, Access
from conda_private.model.address import ChannelUrl, channel_of

HANDLER = "conda-private"
MAX_CHANNELS_PER_ORIGIN = 4
_HEADER = "# Made by conda-private: do not edit.\n"


def patterns(scopes: Iterable[ChannelUrl]) -> tuple[str, ...]:
    """The URL patterns for conda's ``channel_settings`` that cover the scopes.

    Two for a channel, its own address and everything below it; one for its labels, however many,
    where the channel itself has no login. Above ``MAX_CHANNELS_PER_ORIGIN`` channels of one origin,
    one for the whole origin.
    """
    by_origin: dict[ChannelUrl, set[ChannelUrl]] = {}
    for scope in scopes:
        origin = ChannelUrl(scope.scheme, scope.host, scope.port)
        by_origin.setdefault(origin, set()).add(scope)
    return tuple(
        pattern for origin in sorted(by_origin) for pattern in _of_origin(origin, by_origin[origin])
    )


def _of_origin(origin: ChannelUrl, scopes: set[ChannelUrl]) -> Iterator[str]:
    areas = _areas(origin, scopes)
    for area in sorted(areas):
        if any(other != area and other.covers(area) for other in areas):
            continue
        if area in scopes:
            # conda asks for single shards by the address of their channel, with nothing behind it.
            yield str(area)
        yield f"{area}/*"


def _areas(origin: ChannelUrl, scopes: set[ChannelUrl]) -> set[ChannelUrl]:
    channels = {channel_of(scope) for scope in scopes}
    if len(channels) > MAX_CHANNELS_PER_ORIGIN:
        return {origin}
    return {scope if scope in channels else channel_of(scope).child("label") for scope in scopes}


def wiring(scopes: Iterable[ChannelUrl]) -> str:
    """The text of our file below ``condarc.d``; "" when there is nothing to say."""
    # conda parses this in each command, before its release 26 even three times. It reads flow style
    # in one line, with one line of comment, in half of the time that block style takes.
    entries = (f'{{"channel": "{each}", "auth": "{HANDLER}"}}' for each in patterns(scopes))
    text = ", ".join(entries)
    return f'{_HEADER}{{"channel_settings": [{text}]}}\n' if text else ""


class WiringFile:
    """``~/.conda/condarc.d/conda-private.yml``, which every conda since 24.7 reads."""

    def __init__(self, path: Path, access: Access = PRIVATE) -> None:
        self.path = path
        self._access = access

    def write(self, scopes: tuple[ChannelUrl, ...]) -> None:
        """Say exactly these scopes; without any the file goes away."""
        text = wiring(scopes)
        if not text:
            return remove(self.path)
        make_folder(self.path.parent, self._access)
        return replace(self.path, text, mode=self._access.mode)
