"""Checks the system's keyring: missing, locked, or not the one that has the credentials."""

from __future__ import annotations

from collections.abc import Iterator

from conda_private.composition import machine
from conda_private.doctor.finding import Finding, Subject
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialMissingError,
    KeyringUnavailableError,
    StoreError,
)
from conda_private.model.login import Login
from conda_private.model.source import KEYRING

_NOT_ENCRYPTED = "Credentials are stored in a file, which only you can read, but not encrypted."


def check(_subject: Subject) -> Iterator[Finding]:
    """Find logins whose credential cannot be read, and a machine without a keyring."""
    logins = machine.logins()
    found = [each for login in logins if (each := _unreadable(login))]
    yield from dict.fromkeys(found)
    if any(login.source.kind == "keyring" for login in logins):
        return
    try:
        machine.open_store(KEYRING)
    except KeyringUnavailableError as error:
        step = "conda private login --help      # see --storage"
        yield Finding(error.what, _NOT_ENCRYPTED, step, is_problem=False)
    except CondaPrivateError as error:
        yield Finding(error.what, error.cause, error.next_step)


def _unreadable(login: Login) -> Finding | None:
    try:
        machine.resolver().secret(login)
    except (CredentialMissingError, StoreError) as error:
        return Finding(error.what, error.cause, error.next_step)
    return None
