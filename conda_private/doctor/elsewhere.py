"""Checks what other tools have for the servers of logins, and what no login uses any more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from conda.base.context import context

from conda_private.composition import machine
from conda_private.conda_config.channels import addresses_in_effect
from conda_private.doctor.finding import Finding, Subject
from conda_private.files import paths
from conda_private.files.atomic import remove
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.login import Leftover
from conda_private.model.source import FILE
from conda_private.stores.anaconda_client import AnacondaClientStore
from conda_private.stores.by_host import HOST_FILES
from conda_private.stores.file import FileStore


def check(_subject: Subject) -> Iterator[Finding]:
    """Find credentials of other tools for servers of ours, and credentials without a login.

    Raises:
        CondaPrivateError: a file of ours could not be read.
    """
    logins = tuple(login.address for login in machine.logins())
    for tool in HOST_FILES:
        yield from _in_file(tool, logins)
    yield from _added_token(logins)
    yield from _without_login()
    yield from _settings_without_login(logins)


def _in_file(tool: str, logins: tuple[Address, ...]) -> Iterator[Finding]:
    file = HOST_FILES[tool].path()
    try:
        entries = HOST_FILES[tool].read(file) if file.is_file() else []
    except (CondaPrivateError, OSError):
        return  # the tool itself reports it
    others = [each for each in addresses_in_effect() if not any(a.covers(each) for a in logins)]
    for entry in entries:
        of_ours = next(filter(entry.covers, logins), None)
        other = next(filter(entry.covers, others), None)
        if of_ours:
            what = f"{tool} has a credential for {entry.key}, in clear text."
            why = f"The login for {of_ours} does not use it; programs that read the file do."
            step = f"if you do not need it there, remove it from {shell.quoted(file)}"
        elif other:
            what = f"{tool} has a credential for {entry.key}, in clear text, and no login has one."
            why = f"It may be for the channel {other}, and could be in a store instead."
            step = f"conda private import --from {tool}"
        else:
            continue
        yield Finding(what, why, step, str(file), is_problem=False)


def _added_token(logins: tuple[Address, ...]) -> Iterator[Finding]:
    client = AnacondaClientStore()
    if not getattr(context, "add_anaconda_token", False):
        return
    for api in client.apis():
        host = api.host.replace("api.", "conda.", 1)
        if any(address.host == host for address in logins):
            yield Finding(
                f"conda adds the token of anaconda-client to URLs of channels at {host}.",
                "Channels without a login get it, and so it can be in logs and records.",
                "conda config --set add_anaconda_token false",
                str(client.file(api)),
                is_problem=False,
            )


def _without_login() -> Iterator[Finding]:
    store, records = machine.open_store(FILE), machine.records()
    assert isinstance(store, FileStore)
    known = [each.address for each in machine.logins()]
    known += [account.api for account in records.accounts()]
    known += [left.key for left in records.leftovers()]
    for key in store.addresses():
        # Below its address, a login or an account can have more than one item.
        if not any(each.covers(key) for each in known):
            yield Finding(
                f"The file of credentials has one for {key}, but there is no such login.",
                "The login was removed by hand, or a command was stopped.",
                "conda private doctor --fix",
                str(store.path),
                fix=partial(_delete, store, key),
            )


def _delete(store: FileStore, key: Address) -> str:
    # Its token may still be valid, so the place is recorded until the item is gone.
    left = Leftover(key, FILE)
    machine.records().leave(left)
    store.delete(key)
    machine.records().drop(left)
    return f"deleted the credential for {key}"


def _settings_without_login(logins: tuple[Address, ...]) -> Iterator[Finding]:
    file = paths.channel_settings()
    if not logins and os.path.lexists(file):
        yield Finding(
            "conda's channel settings name conda-private, but there is no login.",
            "conda asks conda-private in vain, and another auth handler may not be asked.",
            "conda private doctor --fix",
            str(file),
            fix=partial(_remove, file),
        )


def _remove(file: Path) -> str:
    remove(file)
    return f"removed {file}"
