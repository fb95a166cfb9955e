"""The entries of conda-auth in conda's ``channel_settings``, each with its channel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from conda.base.context import context
from conda.models.channel import Channel

from conda_private.conda_config.channels import addresses_in_effect
from conda_private.conda_config.settings import read_again
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError
from conda_private.stores.conda_auth import BASIC, TOKEN, Entry


def entries() -> Iterator[Entry]:
    """Yield the entries that name one channel; for a whole server, one for each channel in use.

    An entry with wildcards elsewhere than at its end is for no single channel, and is left out.
    """
    read_again()
    for setting in context.channel_settings:
        texts = {str(name): str(value) for name, value in dict(setting).items()}
        if texts.get("auth") in (TOKEN, BASIC):
            with suppress(AddressError):
                yield from _for_channels(_entry(texts))


def _for_channels(entry: Entry) -> Iterator[Entry]:
    if entry.address.path:
        yield entry
        return
    for address in addresses_in_effect():
        if entry.address.covers(address):
            yield entry._replace(address=address)


def _entry(texts: dict[str, str]) -> Entry:
    pattern = texts.get("channel", "")
    text = pattern.removesuffix("*").removesuffix("/")
    channel = Channel(text)
    address = Address.parse(text if "://" in text else str(channel.base_url))
    targets = (texts.get("auth_target", ""), pattern, str(channel.canonical_name))
    unique = tuple(dict.fromkeys(filter(None, targets)))
    return Entry(address, texts["auth"], unique, texts.get("username", ""))
