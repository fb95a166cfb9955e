"""Until when sign-ins renew themselves, and their locks: a file for each, without a secret."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path

from conda_private.files.atomic import make_folder, remove, replace
from conda_private.files.locks import locked
from conda_private.files.permissions import read
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.expiry import moment

# An issuer has ten seconds to answer each of three attempts, and one process waits for another.
TIMEOUT = 60.0


class Renewals:
    """The files of one folder.

    Args:
        folder: the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def locked(self, address: Address) -> AbstractContextManager[None]:
        """Hold the lock of one credential; no other lock is taken while it is held.

        Raises:
            FileWriteError: another process held it for a minute, or there can be no lock.
        """
        make_folder(self._folder)
        return locked(self._file(address), TIMEOUT)

    def until(self, address: Address) -> datetime | None:
        """Return until when a sign-in renews itself; None if that is not known."""
        try:
            return moment((read(self._file(address)) or "").strip())
        except CondaPrivateError:
            return None  # it is shown only

    def record(self, address: Address, until: datetime | None) -> None:
        """Record until when a sign-in renews itself. A failure is harmless: it is shown only."""
        file = self._file(address)
        with suppress(CondaPrivateError):
            if until is None:
                remove(file)
            else:
                make_folder(self._folder)
                replace(file, f"{until.isoformat(timespec='seconds')}\n", mode=0o600)

    def forget(self, address: Address) -> None:
        """Remove the files of a sign-in."""
        file = self._file(address)
        with suppress(CondaPrivateError):
            remove(file)
            remove(file.with_name(f".{file.name}.lock"))

    def _file(self, address: Address) -> Path:
        # An address can be longer than the name of a file, and has characters of its own.
        return self._folder / hashlib.sha256(str(address).encode()).hexdigest()[:32]
