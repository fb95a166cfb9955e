"""Whose files are believed: read with suspicion, refused when another user could have written."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from typing import NamedTuple

from conda_private.model.exceptions import UnsafeFileError

_POSIX = os.name == "posix"


class Access(NamedTuple):
    """Who owns a file of ours, and what nobody else may do with it.

    Attributes:
        owner: the user's number; None for whoever runs this process.
        mode: the file's own mode; its folder gets the same, and x where there is r.
        forbidden: the bits that make it unbelievable.
    """

    owner: int | None
    mode: int
    forbidden: int

    @property
    def folder_mode(self) -> int:
        """The mode of the folder that the file is in."""
        return self.mode | (self.mode & 0o444) >> 2


PRIVATE = Access(owner=None, mode=0o600, forbidden=0o077)
SYSTEM = Access(owner=0, mode=0o644, forbidden=0o022)  # root's, for all to read


def read(path: Path, access: Access = PRIVATE) -> str | None:
    """The text of a file that only its owner may have written; None when there is none.

    Raises:
        UnsafeFileError: it is not a plain file, another user's, or open to others; or its folder.
    """
    try:
        _refuse_unless_safe(path.parent, path.parent.stat(), access.folder_mode, 0o022, access)
        with open(path, encoding="utf-8", errors="replace", opener=_open_plain) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnsafeFileError(f"{path} is not a plain file.", next_step=f"rm {_word(path)}")
            _refuse_unless_safe(path, status, access.mode, access.forbidden, access)
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnsafeFileError(
            f"{path} cannot be read.", cause=str(error), next_step=f"ls -l {_word(path)}"
        ) from error


def _open_plain(path: str, flags: int) -> int:
    # Not blocking: a FIFO in the file's place must not make conda hang.
    extra = (os.O_NOFOLLOW | os.O_NONBLOCK) if _POSIX else 0
    return os.open(path, flags | extra)


def _refuse_unless_safe(
    path: Path, status: os.stat_result, wanted: int, forbidden: int, access: Access
) -> None:
    if not _POSIX:
        return
    owner = os.geteuid() if access.owner is None else access.owner
    if status.st_uid != owner:
        raise UnsafeFileError(
            f"{path} belongs to another user, so nothing in it is believed.",
            cause="A command was run as another user, perhaps with sudo and this user's HOME.",
            next_step=f"chown {owner} {_word(path)}",
        )
    if status.st_mode & forbidden:
        raise UnsafeFileError(
            f"{path} is open to other users, so nothing in it is believed.",
            cause=f"Its mode is {stat.S_IMODE(status.st_mode):04o}; it was made with {wanted:04o}.",
            next_step=f"chmod {wanted:o} {_word(path)}",
        )


def _word(path: Path) -> str:
    return shlex.quote(str(path))
