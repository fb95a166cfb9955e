"""Moves a credential from a URL in a file into a store: verified first, then removed."""

from __future__ import annotations

from pathlib import Path

from conda_private.actions.login import log_in
from conda_private.actions.verify import verify
from conda_private.composition import machine, servers
from conda_private.conda_config.settings import condarc_path
from conda_private.doctor import rewriting
from conda_private.doctor.clear_text import Clear
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.source import AUTO
from conda_private.model.typed import parse


def channel_in(found: Clear) -> Address | None:
    """Return the channel that a URL is for; None if a login cannot be for it."""
    try:
        address = parse(found.url).address
    except AddressError:
        return None
    return address if address and address.path else None


def move(file: Path, found: Clear, address: Address) -> str:
    """Log in with the credential of a URL, and remove it from the file.

    A login that covers the channel stays, if it is valid.

    Raises:
        CondaPrivateError: the server refuses the credential, or a store or a file could not be
            written. The file still has the credential.
    """
    login = machine.resolver().find(str(address))
    done = _validated(login, address) if login else _stored(found, address)
    rewriting.clean_url(file, found.masked)
    return f"{done}; {file} has {found.url} now"


def _validated(login: Login, address: Address) -> str:
    secret = machine.resolver().secret(login)
    request = LoginRequest.again(login)
    verify(request, secret, probe=machine.probe(), server=servers.token_server())
    return f"removed the credential for {address}; the login for {login.address} is valid"


def _stored(found: Clear, address: Address) -> str:
    request = LoginRequest.to(
        address,
        scheme="basic" if found.username else "auto",
        username=found.username,
        name=machine.name_for(address),
        condarc=condarc_path("user", None),
        position="none",  # the file lists it
    )
    edges = servers.login_edges(machine.store_for_login(AUTO), machine.records())
    result = log_in(request, found.secret, edges)
    machine.resolver.cache_clear()
    return f"moved the credential for {address} to {result.stored_in}"
