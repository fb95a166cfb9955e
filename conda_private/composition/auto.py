"""The store of ``--storage auto``: a keyring, or a file for what the keyring does not take."""

from __future__ import annotations

from collections.abc import Callable

from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, KeyringUnavailableError
from conda_private.model.ports import SecretStore
from conda_private.model.secret import Secret
from conda_private.model.source import Source


class AutoStore:
    """A keyring until it refuses a credential; from then on, the file.

    A keyring can refuse one because it is too long, or because this session has no access. It does
    not count as refused if the keyring is only locked.

    Args:
        keyring: the keyring.
        open_file: opens the file store.
        tell: tells the user that, and why, the credential is in the file.
    """

    def __init__(
        self,
        keyring: SecretStore,
        open_file: Callable[[], SecretStore],
        tell: Callable[[str], None],
    ) -> None:
        self._store, self._open_file, self._tell = keyring, open_file, tell

    @property
    def source(self) -> Source:
        """The source of the store that has, or would get, the credential."""
        return self._store.source

    @property
    def description(self) -> str:
        """The description of that store."""
        return self._store.description

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if there is none."""
        return self._store.get(address)

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address; it replaces any other in the same store."""
        try:
            self._store.put(address, secret)
        except KeyringUnavailableError as error:
            self._store = self._open_file()
            self._store.put(address, secret)
            self._tell(f"conda-private: {error.what} {error.cause} It is stored in a file instead.")

    def delete(self, address: Address) -> bool:
        """Delete the credential for exactly this address; return whether there was one."""
        return self._store.delete(address)

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential."""
        return self._store.missing(address)

    def stamp(self) -> object:
        """Return a value that changes when a credential may have changed; None if unknown."""
        return self._store.stamp()
