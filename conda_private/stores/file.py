"""Credentials in one private file of the user, 0600: for machines without a keyring."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from conda_private.files import paths
from conda_private.files.atomic import make_folder, remove, remove_leftovers, replace
from conda_private.files.locks import locked
from conda_private.files.permissions import read
from conda_private.files.systems import exclude_from_backups
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, FileFormatError
from conda_private.model.secret import Secret, SecretText
from conda_private.model.source import FILE, Source

VERSION = 1
_MODE = "only you can read it: 0600"
# Files have no mode there. A new one inherits the access control list of the user's folder.
_PROTECTION = {"win32": "in your profile, which other users cannot read; administrators can"}


def open_store(source: Source, tell: Callable[[str], None]) -> FileStore:
    """Open the user's file."""
    return FileStore(paths.secrets_file())


class FileStore:
    """A JSON file ``{"version": 1, "secrets": {ADDRESS: SECRET}}``, not encrypted."""

    source = FILE

    def __init__(
        self, path: Path, *, keep_out_of_backups: Callable[[Path], None] = exclude_from_backups
    ) -> None:
        self.path = path
        self._keep_out_of_backups = keep_out_of_backups

    @property
    def description(self) -> str:
        """Where it is and how it is protected."""
        return f"{self.path} ({_PROTECTION.get(sys.platform, _MODE)}; not encrypted)"

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if there is none."""
        return self._read().get(str(address))

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address; it replaces any other."""
        make_folder(self.path.parent)
        with self._changing():
            self._write({**self._read(), str(address): secret})

    def delete(self, address: Address) -> bool:
        """Delete the credential for this address, if any; the file is removed with the last one."""
        if not self.path.exists():
            return False
        with self._changing():
            secrets = self._read()
            if secrets.pop(str(address), None) is None:
                return False
            self._write(secrets) if secrets else remove(self.path)
            return True

    def addresses(self) -> tuple[Address, ...]:
        """Return the keys that have a credential."""
        return tuple(map(_key, self._read()))

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential."""
        return CredentialMissingError.not_in(address, f"It is not in {self.path}.")

    def stamp(self) -> object:
        """Return None: changes are not noticed within a process."""
        return None

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with locked(self.path):
            # No other process writes while we have the lock, so leftovers are from killed writers.
            remove_leftovers(self.path)
            yield

    def _read(self) -> dict[str, Secret]:
        # Neither a variable nor a chained JSON error has the text, because debuggers show both.
        secrets = _parsed(read(self.path))
        if secrets is None:
            raise FileFormatError(
                f"{self.path} is not a valid credentials file of conda-private.",
                cause="It is not the JSON that this plugin writes; it may have been edited.",
                next_step=f"move it away and log in again:  {shell.move_away(self.path)}",
            )
        return secrets

    def _write(self, secrets: dict[str, Secret]) -> None:
        replace(self.path, _rendered(secrets), mode=0o600)
        self._keep_out_of_backups(self.path)


def _key(text: str) -> Address:
    # The last segment of some keys is a mark, such as "(account)", which no address has.
    address, _, mark = text.partition("/(")
    parsed = Address.parse(address)
    return parsed.child(f"({mark}") if mark else parsed


def _parsed(text: str | None) -> dict[str, Secret] | None:
    """Return the credentials by address; None for a text that is not valid."""
    if text is None:
        return {}
    try:
        content = json.loads(text)
        if content["version"] != VERSION:
            return None
        secrets = content["secrets"]
        if not all(isinstance(value, str) for value in secrets.values()):
            return None
        return {address: Secret(value) for address, value in secrets.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _rendered(secrets: dict[str, Secret]) -> SecretText:
    texts = {address: secret.reveal() for address, secret in sorted(secrets.items())}
    return SecretText(json.dumps({"version": VERSION, "secrets": texts}, indent=2) + "\n")
