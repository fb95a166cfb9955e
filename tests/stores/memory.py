"""Credentials in this process alone, for tests of what uses a store."""

from __future__ import annotations

from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError
from conda_private.model.secret import Secret
from conda_private.model.source import Source


class MemoryStore:
    """A store that lasts as long as the process."""

    source = Source("memory")
    description = "this process"

    def __init__(self) -> None:
        self._secrets: dict[Address, Secret] = {}

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if there is none."""
        return self._secrets.get(address)

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address; it replaces any other."""
        self._secrets[address] = secret

    def delete(self, address: Address) -> bool:
        """Delete the credential for this address; return whether there was one."""
        return self._secrets.pop(address, None) is not None

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential."""
        return CredentialMissingError.not_in(address, "It is not in this process.")

    def stamp(self) -> object:
        """Return None: changes are not noticed within a process."""
        return None
