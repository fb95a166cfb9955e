"""Which auth handler conda uses for a channel, and which configuration file decides that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import NamedTuple
from urllib.parse import urlsplit

from conda.base.context import context
from conda.models.channel import Channel

from conda_private.conda_config.channel_settings import HANDLER
from conda_private.conda_config.settings import files, plain, read_again
from conda_private.model.address import Address
from conda_private.model.channel import channel_of, with_label
from conda_private.model.exceptions import AddressError


class Entry(NamedTuple):
    """One entry of conda's ``channel_settings``.

    Attributes:
        pattern: the channels that it is for: a name, a URL, or a URL with wildcards.
        handler: the auth handler; "" for conda's own.
        source: the file that has it.
    """

    pattern: str
    handler: str
    source: str


@dataclass(frozen=True)
class Taken:
    """A channel without a login for which conda now uses our handler instead of another one."""

    channel: Address
    handler: str


def is_ours(address: Address) -> bool:
    """Whether conda, after reading its configuration again, uses our handler for this address."""
    read_again()
    return conda_asks_us(address)


def conda_asks_us(address: Address) -> bool:
    """Whether conda uses our handler for this address, as it last read its configuration."""
    from conda.gateways.connection.session import get_session

    get_session.cache_clear()
    try:
        session = get_session(str(address.child("noarch", "repodata.json")))
    except Exception:
        # conda creates the handler, and another plugin's can fail, such as without its credential.
        # Ours cannot: it reads nothing before the first request.
        return False
    return type(session.auth).__module__.startswith("conda_private.")


def deciding(address: Address) -> Entry | None:
    """Return the entry that decides which handler conda uses for this address; None without any."""
    return _last(address, _entries())


def displaced(address: Address) -> Entry | None:
    """Return the other handler's entry that would decide if ours did not take precedence."""
    # On the server of channel_alias, a channel's URL alone matches next to nothing, but it shows
    # whose the channel is.
    others = _last(address, others_entries(), str(address))
    return others if others and conda_asks_us(address) else None


def others_entries() -> list[Entry]:
    """Return the entries of other handlers, in the order in which conda reads them."""
    return [each for each in _entries() if each.handler not in ("", HANDLER)]


def has_entries_of_others(origin: Address) -> bool:
    """Whether another handler has an entry for a channel of this server, or for all of them."""
    for entry in others_entries():
        urls = [entry.pattern] if "://" in entry.pattern else Channel(entry.pattern).base_urls
        for url in map(urlsplit, filter(None, urls)):
            if url.scheme == origin.scheme and fnmatch(origin.netloc, url.netloc):
                return True
    return False


def taken_over(logins: Iterable[Address]) -> list[Taken]:
    """Return the channels without a login for which our handler replaces another one.

    Our channel settings cover all labels of a channel even if the login is for one of them, and
    the whole server if it has many channels. conda uses the last setting that matches.
    """
    read_again()
    others = others_entries()
    if not others:
        return []
    addresses = tuple(logins)
    found = {}
    for address in (*_near(addresses), *_addresses(entry.pattern for entry in others)):
        is_covered = any(login.covers(address) for login in addresses)
        if not is_covered and (entry := displaced(address)):
            found[address] = entry.handler
    return [Taken(channel, handler) for channel, handler in sorted(found.items())]


def _near(addresses: Iterable[Address]) -> Iterable[Address]:
    """Yield the channel of each label, and the label ``main`` of that channel."""
    for channel in {channel_of(address) for address in addresses if channel_of(address) != address}:
        yield channel
        yield with_label(channel, "main")


def _addresses(patterns: Iterable[str]) -> Iterable[Address]:
    for pattern in patterns:
        text = pattern.removesuffix("*").removesuffix("/")
        # A pattern with wildcards elsewhere does not name a single channel.
        with suppress(AddressError):
            yield Address.parse(text if "://" in text else str(Channel(text).base_url))


def _entries() -> list[Entry]:
    """The entries in conda's order, of which it uses the last one that matches."""
    sources: dict[tuple[str, str], str] = {}
    for source, settings in files():
        for each in plain(settings.get("channel_settings")) or ():
            sources.setdefault((str(each.get("channel", "")), str(each.get("auth", ""))), source)
    found = []
    for each in context.channel_settings:
        pattern, handler = str(each.get("channel", "")), str(each.get("auth", "")).strip()
        source = sources.get((pattern, str(each.get("auth", ""))), "")
        # The handler's name is shown at a terminal, so no character may move the cursor.
        found.append(Entry(pattern, "".join(filter(str.isprintable, handler)), source))
    return found


def _last(address: Address, entries: Sequence[Entry], also: str = "") -> Entry | None:
    # As conda does in get_session: by the channel's name, or by scheme and pattern.
    url = urlsplit(str(address.child("noarch", "repodata.json")))
    name = Channel.from_url(url.geturl()).canonical_name
    for entry in reversed(entries):
        wanted = urlsplit(entry.pattern)
        if entry.pattern in (name, also or name) or (
            wanted.scheme == url.scheme
            and fnmatch(url.netloc + url.path, wanted.netloc + wanted.path)
        ):
            return entry
    return None
