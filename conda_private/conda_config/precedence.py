"""Which auth handler conda uses for a channel, and which configuration file decides that."""

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
from conda_private.model.address import Address
from conda_private.model.channel import channel_of, with_label
from conda_private.model.exceptions import AddressError


@dataclass(frozen=True)
class Taken:
    """A channel without a login for which conda now uses our handler instead of another one."""

    channel: Address
    handler: str


@dataclass(frozen=True)
class Conflicts:
    """Conflicts between our channel settings and those of other handlers.

    Attributes:
        overridden_by: the files with channel settings that take precedence over ours.
        takes_over: the channels of other handlers for which ours take precedence.
    """

    overridden_by: Sequence[str]
    takes_over: Sequence[Taken]


def is_ours(address: Address) -> bool:
    """Whether conda, after reading its configuration again, uses our handler for this address."""
    read_again()
    return _is_ours(address)


def files_with_entries_for(address: Address) -> list[str]:
    """Return the configuration files that have ``channel_settings`` for this address."""
    return [
        source
        for source, settings in files()
        if any(_matches(pattern, address) for pattern in _patterns(settings))
    ]


def taken_over(logins: Iterable[Address]) -> list[Taken]:
    """Return the channels without a login for which our handler replaces another one.

    Our channel settings cover all labels of a channel even if the login is for one of them, and
    the whole server if it has many channels. conda uses the last setting that matches.
    """
    read_again()
    foreign = [
        # The handler's name is shown at a terminal, so no character may move the cursor.
        (str(entry.get("channel", "")), "".join(filter(str.isprintable, str(entry["auth"]))))
        for entry in context.channel_settings
        if entry.get("auth", HANDLER) != HANDLER
    ]
    if not foreign:
        return []
    addresses = tuple(logins)
    found = {}
    for address in (*_near(addresses), *_addresses(pattern for pattern, _ in foreign)):
        handlers = [handler for pattern, handler in foreign if _matches(pattern, address)]
        is_covered = any(login.covers(address) for login in addresses)
        if handlers and not is_covered and _is_ours(address):
            found[address] = handlers[-1]
    return [Taken(channel, handler) for channel, handler in sorted(found.items())]


def _near(addresses: Iterable[Address]) -> Iterable[Address]:
    """Yield the channel of each label, and the label ``main`` of that channel."""
    for channel in {channel_of(address) for address in addresses if channel_of(address) != address}:
        yield channel
        yield with_label(channel, "main")


def _is_ours(address: Address) -> bool:
    from conda.gateways.connection.session import get_session

    get_session.cache_clear()
    session = get_session(str(address.child("noarch", "repodata.json")))
    return type(session.auth).__module__.startswith("conda_private.")


def _addresses(patterns: Iterable[str]) -> Iterable[Address]:
    for pattern in patterns:
        text = pattern.removesuffix("*").removesuffix("/")
        # A pattern with wildcards elsewhere does not name a single channel.
        with suppress(AddressError):
            yield Address.parse(text if "://" in text else str(Channel(text).base_url))


def _matches(pattern: str, address: Address) -> bool:
    return pattern in (name_for(address), str(address)) or fnmatch(
        f"{address}/noarch/repodata.json", pattern
    )


def _patterns(settings: dict[str, Any]) -> list[str]:
    raw = settings.get("channel_settings")
    entries = raw.value(None) if raw is not None else ()
    fields = [entry.value(None) for entry in entries]
    return [str(each["channel"].value(None)) for each in fields if "channel" in each]
