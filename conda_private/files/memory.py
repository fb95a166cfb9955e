"""The files that have what logins remember: one small file for each login, beside the logins.

conda reads the file of a login only when it reads an index of that login's channel.
"""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from conda_private.files.permissions import PRIVATE, Access, read
from conda_private.model.address import Address
from conda_private.model.memory import Memory

_VERSION = 1


class MemoryFolder:
    """The memories of one user's logins, or of the system's.

    Args:
        path: the folder; it need not exist.
        access: the owner and the mode that its files must have.
    """

    def __init__(self, path: Path, access: Access = PRIVATE) -> None:
        self._path, self._access = path, access

    def read(self, address: Address) -> Memory | None:
        """Return what is stored for an address; None if nothing is, or not in a known form.

        Raises:
            UnsafeFileError: another user could have written the file.
        """
        text = read(self._file(address), self._access)
        try:
            return _parse(json.loads(text)) if text else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def write(self, address: Address, memory: Memory) -> None:
        """Store a memory; nothing is written if it has not changed.

        Raises:
            FileWriteError: the file could not be written.
        """
        if self.read(address) == memory:
            return
        from conda_private.files.atomic import make_folder, replace

        make_folder(self._path, self._access)
        replace(self._file(address), _render(memory), mode=self._access.mode)

    def remove(self, address: Address) -> None:
        """Remove what is stored for an address, and the folder when it is empty.

        Raises:
            FileWriteError: the file could not be removed.
        """
        from conda_private.files.atomic import remove

        remove(self._file(address))
        with suppress(OSError):  # it does not exist, or it has other files
            self._path.rmdir()

    def _file(self, address: Address) -> Path:
        return self._path / f"{sha256(str(address).encode()).hexdigest()[:32]}.json"


def _render(memory: Memory) -> str:
    content = {"version": _VERSION, **memory._asdict()}
    return json.dumps(content) + "\n"


def _parse(content: Any) -> Memory | None:
    if content["version"] != _VERSION:
        return None
    names = {subdir: tuple(map(_text, found)) for subdir, found in content["names"].items()}
    missed, mixed = (tuple(map(_text, content[key])) for key in ("missed", "mixed"))
    return Memory(_text(content["own"]), names, missed, mixed)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
