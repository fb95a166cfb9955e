"""Credentials that conda-auth has stored in the keyring, after ``conda auth login``. Only read.

Each is below the target that its entry in ``channel_settings`` names. An item is a JSON object; of
older versions, it is the credential itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from conda_private.model.address import Address
from conda_private.stores.others import Found, ReadItem, found, parsed

# Its handlers: the entries with these names are its own.
TOKEN, BASIC = "token", "http-basic"
_SERVICE, _USER = "conda-auth::credential::{}", "credential"
_OLD_SERVICE = "conda-auth::{}::{}"


class Entry(NamedTuple):
    """An entry of conda-auth in ``channel_settings``.

    Attributes:
        address: the channel.
        handler: one of the two handlers.
        targets: under which names the credential can be stored, the most likely first.
        username: the username, or "".
    """

    address: Address
    handler: str
    targets: tuple[str, ...]
    username: str = ""


def credentials(entry: Entry, read_item: ReadItem) -> list[Found]:
    """Return the credential for an entry, or nothing.

    Raises:
        StoreError: the keyring could not be read.
        FileFormatError: the item is not valid.
    """
    return next(filter(None, _each(entry, read_item)), [])


def _each(entry: Entry, read_item: ReadItem) -> Iterator[list[Found]]:
    for target in entry.targets:
        service = _SERVICE.format(target)
        where = f"the keyring, service {service}"
        if text := read_item(service, _USER):
            yield _new(entry, parsed(text, where), where)
        service = _OLD_SERVICE.format(entry.handler, target)
        where = f"the keyring, service {service}"
        user = entry.username if entry.handler == BASIC else TOKEN
        if user and (text := read_item(service, user)):
            yield _found(entry, text, user, where)


def _new(entry: Entry, record: dict[str, Any], where: str) -> list[Found]:
    # An access token is left where it is, because its refresh token belongs to conda-auth.
    name = "password" if entry.handler == BASIC else "token"
    user = entry.username or (record.get("username") or "")[:]
    return _found(entry, record.get(name), user, where)


def _found(entry: Entry, value: object, user: str, where: str) -> list[Found]:
    if entry.handler == BASIC:
        return found(value, where, scheme="basic", username=user)
    return found(value, where)
