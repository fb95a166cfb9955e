"""A new kind of store, in this process alone. It shows that a store is one module and one row."""

from __future__ import annotations

from collections.abc import Callable

from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError
from conda_private.model.secret import Secret
from conda_private.model.source import Kind, Source

ROW = Kind(__name__, stored_by_us=True, storage="toy")
REFERENCE_ROW = Kind(
    __name__,
    stored_by_us=False,
    option="--from-toy",
    help="store no credential; read the toy NAME each time it is needed",
    needs_name=True,
)
# The credentials by address, and the credentials that references read, by name.
STORED: dict[str, Secret] = {}
PROVIDED: dict[str, Secret] = {}


def open_store(source: Source, tell: Callable[[str], None]) -> ToyStore | ToyReference:
    """Open the store, or the reference that has a name."""
    return ToyReference(source) if source.name else ToyStore(source)


class _Toy:
    def __init__(self, source: Source) -> None:
        self.source = source

    @property
    def description(self) -> str:
        """What it is called."""
        return f"toy store {self.source}"

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential."""
        return CredentialMissingError.not_in(address, f"It is not in the {self.description}.")

    def stamp(self) -> object:
        """Return None: changes are not noticed within a process."""
        return None


class ToyStore(_Toy):
    """A store that we write to."""

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if there is none."""
        return STORED.get(str(address))

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address; it replaces any other."""
        STORED[str(address)] = secret

    def delete(self, address: Address) -> bool:
        """Delete the credential for this address; return whether there was one."""
        return STORED.pop(str(address), None) is not None


class ToyReference(_Toy):
    """A reference: one credential for any address, which is only read."""

    def get(self, address: Address) -> Secret | None:
        """Return the credential with this name, or None if there is none."""
        return PROVIDED.get(self.source.name)

    def put(self, address: Address, secret: Secret) -> None:
        """Do nothing: the credential is provided by the user."""

    def delete(self, address: Address) -> bool:
        """Delete nothing: the credential is provided by the user."""
        return False
