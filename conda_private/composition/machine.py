"""Compose this machine's objects: records, stores, channel lists and the resolver.

``composition`` is the only place that creates them, each once and when it is needed. The objects
that call a server's API are in ``servers``.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from conda_private.actions.resolver import Resolver
from conda_private.files import paths
from conda_private.files.logins import LoginsFile
from conda_private.files.permissions import PRIVATE, SYSTEM, Access
from conda_private.model.address import Address
from conda_private.model.source import AUTO, FILE, KEYRING, KINDS, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conda_private.conda_config.channel_settings import Neighbors
    from conda_private.conda_config.condarc.file import CondarcFile
    from conda_private.files.memory import MemoryFolder
    from conda_private.http.probe import RepodataProbe
    from conda_private.model.login import Login
    from conda_private.model.memory import Recognizer
    from conda_private.model.ports import Comparison, SecretStore
    from conda_private.model.secret import Secret


@cache
def resolver() -> Resolver:
    """Return the one resolver of this process."""
    return Resolver(logins=logins, open_store=open_store)


def logins() -> tuple[Login, ...]:
    """Return the user's logins, and the system's for addresses without a login of the user."""
    own = records().logins()
    addresses = {login.address for login in own}
    return (*own, *(each for each in system_logins() if each.address not in addresses))


def system_logins() -> tuple[Login, ...]:
    """Return the logins that an administrator set up for all users of this machine."""
    # On other systems the owner of a file cannot be checked, so the file is ignored.
    return records(for_all=True).logins() if os.name == "posix" else ()


def records(*, for_all: bool = False) -> LoginsFile:
    """Return the user's logins file, or the system's, which only root can write to.

    Raises:
        UsageError: on Windows, if the system's is asked for.
    """
    if for_all:
        _refuse_without_owners(os.name)
        return records_in(paths.SYSTEM_LOGINS, paths.SYSTEM_CHANNEL_SETTINGS, SYSTEM)
    return records_in(paths.logins(), paths.channel_settings(), PRIVATE)


def _refuse_without_owners(system: str) -> None:
    if system != "posix":
        from conda_private.model.exceptions import UsageError

        raise UsageError(
            "On Windows, there are no logins for all users.",
            cause="The plugin cannot check there that only administrators can write to their file.",
            next_step="log in as each user:  conda private login my-org",
        )


@cache
def records_in(path: Path, settings: Path, access: Access) -> LoginsFile:
    """Return the logins file with this path, which configures conda with this other file."""

    def configure(addresses: tuple[Address, ...]) -> None:
        from conda_private.conda_config.channel_settings import ChannelSettingsFile

        ChannelSettingsFile(settings, access, _neighbors).write(addresses)

    return LoginsFile(path, configure=configure, access=access)


def _neighbors(addresses: tuple[Address, ...]) -> Neighbors:
    """Find what else conda uses on the servers of the logins, so that ours does not affect it."""
    from conda_private.conda_config.channel_settings import Neighbors
    from conda_private.conda_config.channels import addresses_in_effect
    from conda_private.conda_config.precedence import has_entries_of_others

    read = (each for each in addresses_in_effect() if not any(a.covers(each) for a in addresses))
    return Neighbors(has_entries_of_others, tuple(read))


def open_store(source: Source) -> SecretStore:
    """Open the store that has a credential; its module is imported only when it is needed.

    Raises:
        StoreError: this version has no such store, or it cannot be used here.
    """
    from conda_private.output import notice

    if source.kind not in KINDS:
        from conda_private.model.exceptions import StoreError

        raise StoreError(
            f"This version has no store called {source.kind!r}.",
            cause="The logins file was written by a newer conda-private, or by hand.",
            next_step="conda update conda-private",
        )
    if source.kept_in:
        return _kept(source)
    store: SecretStore = import_module(KINDS[source.kind].module).open_store(source, notice)
    return store


def _kept(source: Source, *, for_login: bool = False, dry_run: bool = False) -> SecretStore:
    if source.signs_in:
        from conda_private.composition.sign_ins import open_sign_in

        return open_sign_in(source, for_login=for_login, dry_run=dry_run)
    from conda_private.stores.kept import KeptStore
    from conda_private.stores.once import answers

    asked, place = open_store(source._replace(kept_in="")), Source.parse(source.kept_in)
    if for_login:
        kept = store_for_login(place, dry_run=dry_run)
        return KeptStore(asked, kept.source, lambda: kept, answers(), asks_anew=True)
    return KeptStore(asked, place, lambda: open_store(place), answers())


def store_for_login(source: Source, *, dry_run: bool = False) -> SecretStore:
    """Open the store for a new credential; ``auto`` is the keyring, or a file without one.

    A relative path is resolved against the current folder, and the absolute path is recorded.

    Raises:
        StoreError: it cannot be used here, or it is a keyring that stores nothing.
    """
    from conda_private.files import policy_file
    from conda_private.model.exceptions import KeyringUnavailableError
    from conda_private.model.ports import OnTrial

    if source.kept_in:
        return _kept(source, for_login=True, dry_run=dry_run)
    if source.kind == "secret-file":
        return open_store(source._replace(name=absolute(source.name)))
    try:
        store = open_store(KEYRING if source == AUTO else source)
        if isinstance(store, OnTrial) and not dry_run:
            store.try_out()
    except KeyringUnavailableError as error:
        if source != AUTO:
            raise
        policy_file.in_force().refuse_file(error)
        return open_store(FILE)
    return _auto(store) if source == AUTO and policy_file.in_force().allows(FILE) else store


def _auto(keyring: SecretStore) -> SecretStore:
    from conda_private.composition.auto import AutoStore
    from conda_private.output import notice

    return AutoStore(keyring, lambda: open_store(FILE), notice)


def channel_list(path: str, memory: LoginsFile | None = None) -> CondarcFile:
    """Return the ``channels:`` list of a ``.condarc``; the logins file records what is added."""
    from conda_private.conda_config.channels import defaults_must_be_listed
    from conda_private.conda_config.condarc.file import CondarcFile

    return CondarcFile(
        Path(path), memory=memory or records(), keep_defaults=defaults_must_be_listed
    )


def absolute(path: str) -> str:
    """Return the absolute path, with ``~`` expanded."""
    return os.path.abspath(os.path.expanduser(path))


@cache
def memories(*, for_all: bool = False) -> MemoryFolder:
    """Return what the user's logins remember, or the system's."""
    from conda_private.files.memory import MemoryFolder

    file = paths.SYSTEM_LOGINS if for_all else paths.logins()
    return MemoryFolder(file.parent / "memory", SYSTEM if for_all else PRIVATE)


def recognizer(login: Login, secret: Secret | None = None) -> Recognizer | None:
    """Return what recognizes the names that a login remembers; None if it remembers none.

    Raises:
        CondaPrivateError: the credential could not be read, or a file is not safe.
    """
    return _recognizer(login, secret or resolver().secret(login))


@cache
def _recognizer(login: Login, secret: Secret) -> Recognizer | None:
    from conda_private.model.memory import is_remembered, recognizer

    if not is_remembered(login):
        return None
    for for_all in (False, True) if os.name == "posix" else (False,):
        memory = memories(for_all=for_all).read(login.address)
        if found := recognizer(login.address, secret, memory):
            return found
    return None


def remember(
    login: Login,
    secret: Secret | None,
    found: Comparison | None,
    *,
    keeps_missed: bool = False,
    for_all: bool = False,
) -> None:
    """Store the names that only the credential shows, or nothing for a login that has none.

    Args:
        login: the login.
        secret: its credential, if it was read.
        found: the channel as read with and without it; None if that was not done.
        keeps_missed: whether names that are no longer shown are kept.
    """
    from conda_private.model import memory as model
    from conda_private.model.exceptions import FileWriteError
    from conda_private.output import notice

    folder = memories(for_all=for_all)
    try:
        if secret and found and not found.closed and model.is_remembered(login):
            before = folder.read(login.address) if keeps_missed else None
            known = found.private_names, before, found.mixed_names
            folder.write(login.address, model.remember(login.address, secret, *known))
        else:
            folder.remove(login.address)
    except FileWriteError as error:
        notice(f"\nWarning: {error.what} So a loss of access may not be noticed.")


def forget(address: Address, *, for_all: bool = False) -> None:
    """Remove what a login remembers, and what conda has cached of its address.

    Raises:
        FileWriteError: what it remembers could not be removed.
    """
    memories(for_all=for_all).remove(address)
    drop_index(address)


def drop_index(address: Address) -> None:
    """Remove what conda has cached of an address, and say so if a file could not be removed."""
    from conda_private.conda_config.index_cache import drop
    from conda_private.output import notice

    if left := drop(address):
        notice(
            f"\nWarning: conda may still use an old index of {address}, because {left[0]} could not"
            " be removed.  Next:  conda clean --index-cache"
        )


def channel_files(address: Address, login: Login) -> Iterator[tuple[str, bool]]:
    """Yield the files of a channel in alphabetical order, and whether each one is public."""
    from conda_private.http.channel_files import files_in_order
    from conda_private.http.client import Signer, stream

    signer = Signer(address, login.scheme, resolver().secret(login))
    heads = probe().heads(address, signer)
    return files_in_order(address, signer, heads, lambda url, by: stream("GET", url, by, {}))


def probe() -> RepodataProbe:
    """Return the probe that reads the subdirs that conda would read on this machine."""
    from conda.base.context import context

    from conda_private.http.client import read
    from conda_private.http.probe import RepodataProbe

    return RepodataProbe(subdirs=tuple(dict.fromkeys(("noarch", context.subdir))), read=read)


def name_for(address: Address) -> str:
    """Return the shortest name that means exactly this address, in this shell and in any other."""
    from conda_private.conda_config.names import name_for as shortest

    return shortest(address)
