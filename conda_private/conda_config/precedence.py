"""Which handler conda takes for a channel, over all of its files: where entries are in the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from conda.base.context import context
from conda.models.channel import Channel

from conda_private.conda_config.channel_settings import HANDLER
from conda_private.conda_config.settings import files, name_for, read_again
from conda_private.model.address import ChannelUrl, channel_of
from conda_private.model.exceptions import ChannelUrlError


@dataclass(frozen=True)
class Taken:
    """A channel without a login that conda asks us about now, and no longer another handler."""

    channel: ChannelUrl
    handler: str


@dataclass(frozen=True)
class Conflicts:
    """Where our entries and those of others meet.

    Attributes:
        overridden_by: the files whose entries keep conda from asking us about a login.
        takes_over: what our entries keep others from.
    """

    overridden_by: Sequence[str]
    takes_over: Sequence[Taken]


def is_wired(scope: ChannelUrl) -> bool:
    """Whether conda, reading its configuration afresh, hands this scope's requests to us."""
    read_again()
    return _is_ours(scope)


def files_with_entries_for(scope: ChannelUrl) -> list[str]:
    """The configuration files that have an entry in ``channel_settings`` for this scope."""
    return [
        source
        for source, settings in files()
        if any(_matches(pattern, scope) for pattern in _patterns(settings))
    ]


def taken_over(logins: Iterable[ChannelUrl]) -> list[Taken]:
    """What conda asks us about that no login covers and that another handler has an entry for.

    Our entry is for all labels of a channel, also where the login is for one of them, and for a
    whole host where there are many channels; and conda takes the last entry that matches, whoever
    made it.
    """
    read_again()
    foreign = [
        # Shown at a terminal, so nothing that moves its cursor.
        (str(entry.get("channel", "")), "".join(filter(str.isprintable, str(entry["auth"]))))
        for entry in context.channel_settings
        if entry.get("auth", HANDLER) != HANDLER
    ]
    if not foreign:
        return []
    scopes = tuple(logins)
    found = {}
    for address in (*_near(scopes), *_addresses(pattern for pattern, _ in foreign)):
        handlers = [handler for pattern, handler in foreign if _matches(pattern, address)]
        is_covered = any(scope.covers(address) for scope in scopes)
        if handlers and not is_covered and _is_ours(address):
            found[address] = handlers[-1]
    return [Taken(channel, handler) for channel, handler in sorted(found.items())]


def _near(scopes: Iterable[ChannelUrl]) -> Iterable[ChannelUrl]:
    """The channels of the labels, and of each the label that every channel has."""
    for channel in {channel_of(scope) for scope in scopes if channel_of(scope) != scope}:
        yield channel
        yield channel.with_label("main")


def _is_ours(scope: ChannelUrl) -> bool:
    from conda.gateways.connection.session import get_session

    get_session.cache_clear()
    session = get_session(str(scope.child("noarch", "repodata.json")))
    return type(session.auth).__module__.startswith("conda_private.")


def _addresses(patterns: Iterable[str]) -> Iterable[ChannelUrl]:
    for pattern in patterns:
        text = pattern.removesuffix("*").removesuffix("/")
        # A pattern of another kind means no one channel.
        with suppress(ChannelUrlError):
            yield ChannelUrl.parse(text if "://" in text else str(Channel(text).base_url))


def _matches(pattern: str, scope: ChannelUrl) -> bool:
    return pattern in (name_for(scope), str(scope)) or fnmatch(
        f"{scope}/noarch/repodata.json", pattern
    )


def _patterns(settings: dict[str, Any]) -> list[str]:
    raw = settings.get("channel_settings")
    entries = raw.value(None) if raw is not None else ()
    fields = [entry.value(None) for entry in entries]
    return [str(each["channel"].value(None)) for each in fields if "channel" in each]
