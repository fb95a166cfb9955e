"""A stand-in for the keyring of a desktop: a file outside of the user's home directory.

``sitecustomize`` imports it in the place of ``keyring.backends.SecretService``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

_FILE = Path(os.environ["KEYRING_STAND_IN"])
_STATE = os.environ.get("KEYRING_STAND_IN_IS", "")


class Keyring(KeyringBackend):
    """Store passwords by service and username."""

    @properties.classproperty
    def priority(self) -> float:
        """Fail without a desktop, as the real one does."""
        if _STATE == "not there":
            raise RuntimeError("There is no desktop")
        return 5

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, or None."""
        return _read().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store it, unless the keyring is locked."""
        if _STATE == "locked":
            raise PermissionError("locked")
        _FILE.write_text(json.dumps({**_read(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        """Delete it."""
        passwords = _read()
        if passwords.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError("not found")
        _FILE.write_text(json.dumps(passwords))


def _read() -> dict[str, str]:
    return json.loads(_FILE.read_text()) if _FILE.exists() else {}
