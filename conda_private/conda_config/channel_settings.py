"""The entries that tell conda which requests are ours. Pure text; no secret is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conda_private.model.address import ChannelUrl

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


def channel_of(scope: ChannelUrl) -> ChannelUrl:
    """The channel that a label's address belongs to; the address itself for all others."""
    if "label" not in scope.path[1:-1]:
        return scope
    end = scope.path.index("label", 1)
    return ChannelUrl(scope.scheme, scope.host, scope.port, scope.path[:end])


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
