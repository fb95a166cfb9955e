"""Find what other tools have stored for conda channels, and the channels that it is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from conda_private.composition.machine import open_store
from conda_private.conda_config import channels, conda_auth
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, KeyringUnavailableError
from conda_private.model.source import KEYRING
from conda_private.stores import anaconda_auth
from conda_private.stores.by_host import HOST_FILES, Entry
from conda_private.stores.conda_auth import credentials
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.others import Found, ReadItem


class ForChannel(NamedTuple):
    """What a tool would send to one channel; more than one if it has a fallback."""

    address: Address
    credentials: list[Found]


def found_in(tool: str, named: Sequence[Address], file: Path | None = None) -> list[ForChannel]:
    """Find the credentials of a tool.

    Args:
        tool: a key of ``TOOLS`` or ``HOST_FILES``.
        named: the channels to look for; without any, those that conda's configuration names.
        file: the file of a tool of ``HOST_FILES``; by default, the one that the tool itself reads.

    Raises:
        CredentialMissingError: the tool has none.
        StoreError: its file or the keyring could not be read.
    """
    if tool in HOST_FILES:
        return _of_host_file(tool, named, file or HOST_FILES[tool].path())
    return TOOLS[tool](named, _item_reader())


def _of_host_file(tool: str, named: Sequence[Address], file: Path) -> list[ForChannel]:
    entries = HOST_FILES[tool].read(file) if file.is_file() else []
    each = (
        ForChannel(address, [one.found for one in _longest_first(entries) if one.covers(address)])
        for address in named or dict.fromkeys(channels.addresses_in_effect())
    )
    if chosen := [one for one in each if one.credentials]:
        return chosen
    if entries and named:
        return _none_for(tool, named)
    hosts = ", ".join(sorted({entry.key for entry in entries}))
    raise CredentialMissingError(
        f"{tool} has no credential for a channel that conda uses.",
        cause=f"{file} has credentials for {hosts}." if hosts else f"There is none in {file}.",
        next_step=f"name the channels:  conda private import --from {tool} CHANNEL",
    )


def _longest_first(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.key.startswith("*"), -len(entry.key)))


def _item_reader() -> ReadItem:
    try:
        store = open_store(KEYRING)
    except KeyringUnavailableError:
        return lambda service, user: None
    assert isinstance(store, KeyringStore)
    return store.read_item


def _of_anaconda_auth(named: Sequence[Address], read_item: ReadItem) -> list[ForChannel]:
    records = list(anaconda_auth.records(read_item))
    if not any(record.api_key or record.tokens for record in records):
        raise CredentialMissingError(
            "anaconda-auth has no credential.",
            cause=f"There is none in {anaconda_auth.file()} or in the keyring.",
            next_step="anaconda login\nconda private import --from anaconda-auth",
        )
    in_use = dict.fromkeys(channels.addresses_in_effect())
    others = [address for record in records for address in record.channels()]
    chosen = _found(records, named or in_use) or _found(records, others)
    if chosen or named:
        return chosen or _none_for("anaconda-auth", named)
    raise CredentialMissingError(
        "conda uses no channel that the credential of anaconda-auth is for.",
        cause=f"It is for {' and '.join(record.netloc for record in records)}.",
        next_step="name the channels:\n"
        f"conda private import --from anaconda-auth {anaconda_auth.CHANNELS}/repo/main",
    )


def _found(
    records: Sequence[anaconda_auth.Record], addresses: Sequence[Address] | dict[Address, None]
) -> list[ForChannel]:
    each = (
        ForChannel(address, [one for record in records for one in record.credentials(address)])
        for address in addresses
    )
    return [found for found in each if found.credentials]


def _of_conda_auth(named: Sequence[Address], read_item: ReadItem) -> list[ForChannel]:
    found: dict[Address, list[Found]] = {}
    for entry in conda_auth.entries():
        is_wanted = not named or entry.address in named
        if is_wanted and (each := credentials(entry, read_item)):
            found[entry.address] = each  # of several entries, conda uses the last one
    if not found and named:
        return _none_for("conda-auth", named)
    if not found:
        raise CredentialMissingError(
            "conda-auth has no credential.",
            cause="conda's channel_settings have no entry of it that has one in the keyring.",
            next_step="conda auth login CHANNEL, or without it:  conda private login CHANNEL",
        )
    return [ForChannel(address, each) for address, each in found.items()]


def _none_for(tool: str, named: Sequence[Address]) -> list[ForChannel]:
    raise CredentialMissingError(
        f"{tool} has no credential for {named[0]}.",
        next_step=f"see what it has:  conda private import --from {tool} --dry-run",
    )


TOOLS: dict[str, Callable[[Sequence[Address], ReadItem], list[ForChannel]]] = {
    "anaconda-auth": _of_anaconda_auth,
    "conda-auth": _of_conda_auth,
}
