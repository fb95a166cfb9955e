"""The Credential Manager of Windows, as ``WinVaultKeyring`` of the library ``keyring`` uses it.

The backend has one slot for each service. If another user name takes it, the backend moves the
item that is there, in two calls, so commands at the same time lose credentials. Each address
therefore has a service of its own. The manager ignores the case of that name, and it takes no user
name of more than 513 characters, so the address is not the user name.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from conda_private.model.address import Address

CLASS = "keyring.backends.Windows.WinVaultKeyring"
USER = "conda-private"
# CRED_MAX_CREDENTIAL_BLOB_SIZE, which is 2560 bytes of UTF-16.
# https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw
_UNITS = 1280
# https://learn.microsoft.com/windows/win32/debug/system-error-codes
_NO_SESSION, _BAD_DATA = 1312, 1783
_REASONS = {
    _NO_SESSION: "Windows opens the Credential Manager only for a session with a password, not over"
    " ssh with a key, in a service, or in some scheduled tasks (error 1312).",
    _BAD_DATA: "The credential is too long for the Credential Manager (error 1783).",
}


def service_for(address: Address) -> str:
    """Return a service that only this address has, even if the case of letters is ignored."""
    name = str(address)
    digest = "" if name == name.lower() else f" #{sha256(name.encode()).hexdigest()[:16]}"
    return f"{USER} {name}{digest}"


def keep_on_this_machine(backend: KeyringBackend) -> None:
    """Store items for this machine; by default they roam to others in a domain."""
    with suppress(AttributeError):  # versions of its library without the constant
        backend.persist = "local machine"  # type: ignore[attr-defined]


def too_long(value: str) -> str:
    """Return why a credential cannot be stored, or ""."""
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if units <= _UNITS:
        return ""
    return f"It has {units:,} characters, and the Credential Manager takes {_UNITS:,}."


def reason(error: Exception) -> str:
    """Return what an error of Windows means if it prevents every use, or ""."""
    return _REASONS.get(getattr(error, "winerror", 0), "")
