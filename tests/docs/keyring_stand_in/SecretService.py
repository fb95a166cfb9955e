"""A stand-in for the keyring of a desktop: a file outside of the user's home directory."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

_FILE = Path(os.environ["KEYRING_STAND_IN"])


class Keyring(KeyringBackend):
    """Store passwords by service and username."""

    priority = 5

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, or None."""
        return _read().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store it."""
        _FILE.write_text(json.dumps({**_read(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        """Delete it."""
        passwords = _read()
        if passwords.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError("not found")
        _FILE.write_text(json.dumps(passwords))


class LockedKeyring(Keyring):
    """A keyring that is locked."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuse, as a locked keyring does."""
        raise PermissionError("locked")


def _read() -> dict[str, str]:
    return json.loads(_FILE.read_text()) if _FILE.exists() else {}
