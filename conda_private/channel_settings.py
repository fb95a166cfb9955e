"""The entries that tell conda which requests are ours. Pure text; no secret is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conda_private.channels import ChannelUrl

HANDLER = "conda-private"
MAX_CHANNELS_PER_ORIGIN = 16

_HEADER = (
    "# Made anew by conda-private at each login and logout: do not edit. It holds no secret.\n"
)


def patterns(scopes: Iterable[ChannelUrl]) -> tuple[str, ...]:
    """The URL patterns for conda's ``channel_settings`` that cover the scopes.

    Two for each channel: the channel's own address and everything below it. Labels need none of
    their own. Above ``MAX_CHANNELS_PER_ORIGIN`` channels of one origin, two for the whole origin.
    """
    by_origin: dict[str, set[ChannelUrl]] = {}
    for scope in scopes:
        by_origin.setdefault(scope.origin, set()).add(channel_of(scope))
    return tuple(
        pattern
        for origin in sorted(by_origin)
        for address in _addresses(origin, by_origin[origin])
        for pattern in (address, f"{address}/*")
    )


def channel_of(scope: ChannelUrl) -> ChannelUrl:
    """The channel that a label's address belongs to; the address itself for all others."""
    if "label" not in scope.path[1:-1]:
        return scope
    end = scope.path.index("label", 1)
    return ChannelUrl(scope.scheme, scope.host, scope.port, scope.path[:end])


def _addresses(origin: str, channels: set[ChannelUrl]) -> Iterator[str]:
    if len(channels) > MAX_CHANNELS_PER_ORIGIN or any(not channel.path for channel in channels):
        yield origin
        return
    for channel in sorted(channels):
        if not any(other != channel and other.covers(channel) for other in channels):
            yield str(channel)


def wiring(scopes: Iterable[ChannelUrl]) -> str:
    """The text of our file below ``condarc.d``; "" when there is nothing to say."""
    # conda parses this in each command, before its release 26 even three times. It reads flow style
    # in one line, with one line of comment, in half of the time that block style takes.
    entries = (f'{{"channel": "{each}", "auth": "{HANDLER}"}}' for each in patterns(scopes))
    text = ", ".join(entries)
    return f'{_HEADER}{{"channel_settings": [{text}]}}\n' if text else ""
