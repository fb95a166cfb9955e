"""Plan and write what ``export`` adds to the files of other tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from conda_private.composition import machine
from conda_private.files.atomic import make_folder, replace
from conda_private.files.permissions import others_can_read
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError, CredentialError, UnsafeFileError
from conda_private.model.login import Account, Login
from conda_private.model.secret import Secret, SecretText
from conda_private.stores import anaconda_client
from conda_private.stores.by_host import HOST_FILES, HostFile


class Exported(NamedTuple):
    """A credential and its place in a file of another tool.

    Attributes:
        address: the address of the login, or the API of the account.
        file: the file.
        key: what the tool looks the credential up by.
        is_coarser: whether the tool sends it to more than the address.
        is_there: whether the file has exactly this entry already.
    """

    address: Address
    file: Path
    key: str
    is_coarser: bool
    is_there: bool


class Plan(NamedTuple):
    """What an export writes. A dump of variables shows no text of a file."""

    exported: list[Exported]
    failed: list[tuple[Address, CondaPrivateError]]
    texts: dict[Path, SecretText]

    def write(self) -> None:
        """Replace the files that change.

        Raises:
            FileWriteError: a file could not be written; it is unchanged.
        """
        for file, text in self.texts.items():
            make_folder(file.parent)
            replace(file, text, mode=0o600)


def plan_logins(tool: str, logins: Sequence[Login]) -> Plan:
    """Plan the export of logins to a tool that has one file.

    Raises:
        UnsafeFileError: other users can read the file.
        FileFormatError: it could not be parsed.
    """
    target = HOST_FILES[tool]
    file = target.path()
    before = text = _current(file)
    plan, used = Plan([], [], {}), dict[str, Secret]()
    for login in logins:
        try:
            secret = _secret_for(login, tool, target, used)
            after = target.add(text, file, login, secret)
        except CredentialError as error:
            plan.failed.append((login.address, error))
            continue
        used[target.key(login)] = secret
        plan.exported.append(_exported(login, file, target.key(login), is_there=after == text))
        text = after
    if text != before:
        plan.texts[file] = text
    return plan


def _secret_for(login: Login, tool: str, target: HostFile, used: dict[str, Secret]) -> Secret:
    if login.source.signs_in:
        raise CredentialError(
            f"The credential for {login.address} cannot be exported to {tool}.",
            cause="It comes from signing in, and expires before long.",
            next_step="conda private run COMMAND      # it authenticates the requests of any tool",
        )
    secret, key = machine.resolver().secret(login), target.key(login)
    if used.get(key, secret) == secret:
        return secret
    raise CredentialError(
        f"The credential for {login.address} cannot be exported to {tool}.",
        cause=f"{tool} has only one credential for {key}, and another login has a different one.",
        next_step=f"conda private export --to {tool} {login.address}      # only this one",
    )


def _exported(login: Login, file: Path, key: str, *, is_there: bool) -> Exported:
    is_coarser = bool(login.address.path) and "/" not in key
    return Exported(login.address, file, key, is_coarser, is_there)


def plan_accounts(accounts: Sequence[Account]) -> Plan:
    """Plan the export of accounts to anaconda-client, which has a file for each API.

    Raises:
        UnsafeFileError: other users can read a file.
    """
    plan = Plan([], [], {})
    for account in accounts:
        store = machine.open_store(account.source)
        secret = store.get(account.key)
        if secret is None:
            plan.failed.append((account.api, store.missing(account.api)))
            continue
        file = anaconda_client.new_file(account.api)
        text = SecretText(secret.reveal())
        is_there = _current(file) == text
        plan.exported.append(Exported(account.api, file, str(account.api), False, is_there))
        if not is_there:
            plan.texts[file] = text
    return plan


def _current(file: Path) -> SecretText:
    if others_can_read(file):
        raise UnsafeFileError(
            f"Other users of this machine can read {file}, so nothing was written to it.",
            cause="It would have a credential in clear text.",
            next_step=f"chmod 600 {shell.quoted(file)}",
        )
    try:
        return SecretText(file.read_text(encoding="utf-8")[:])
    except FileNotFoundError:
        return SecretText()
    except (OSError, UnicodeDecodeError) as error:
        raise UnsafeFileError(
            f"{file} cannot be read.", cause="It is unchanged.", next_step=shell.look_at(file)
        ) from error
