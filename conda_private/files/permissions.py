"""Owner and mode checks: a file is refused if another user could have written to it."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from pathlib import Path
from typing import NamedTuple

from conda_private.model.exceptions import UnsafeFileError


class Access(NamedTuple):
    """The owner and the mode that a file of ours must have.

    Attributes:
        owner: the numeric user ID; None for the user who runs this process.
        mode: the mode of a new file.
        forbidden: the mode bits for which an existing file is refused.
    """

    owner: int | None
    mode: int
    forbidden: int

    @property
    def folder_mode(self) -> int:
        """The mode of a new folder: the file's mode, with search permission for all readers."""
        return self.mode | (self.mode & 0o444) >> 2


PRIVATE = Access(owner=None, mode=0o600, forbidden=0o077)
SYSTEM = Access(owner=0, mode=0o644, forbidden=0o022)  # owned by root, readable by all users


def read(path: Path, access: Access = PRIVATE) -> str | None:
    """Read a file that no other user can write to.

    Args:
        path: the file.
        access: the owner and the mode that it must have.

    Returns:
        The text, or None if there is no such file.

    Raises:
        UnsafeFileError: it is not a regular file, or it or its folder has a wrong owner or mode.
    """
    try:
        _refuse_unless_safe(path.parent, path.parent.stat(), access.folder_mode, 0o022, access)
        with open(path, encoding="utf-8", errors="replace", opener=_opener) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnsafeFileError.not_regular(path)
            _refuse_unless_safe(path, status, access.mode, access.forbidden, access)
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnsafeFileError(
            f"{path} cannot be read.",
            cause=error.strerror or str(error),
            next_step=f"ls -l {_word(path)}",
        ) from error


def _opener(path: str, flags: int) -> int:
    # O_NONBLOCK: conda must not hang if the file is a FIFO.
    if sys.platform != "win32":
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK
    return os.open(path, flags)


def _refuse_unless_safe(
    path: Path, status: os.stat_result, wanted: int, forbidden: int, access: Access
) -> None:
    if sys.platform == "win32":  # profiles are protected by access control lists
        return
    owner = os.geteuid() if access.owner is None else access.owner
    if status.st_uid != owner:
        raise UnsafeFileError(
            f"{path} belongs to another user, so it is ignored.",
            cause="It was created by another user, possibly with sudo and the HOME of this user.",
            next_step=f"chown {owner} {_word(path)}",
        )
    if status.st_mode & forbidden:
        raise UnsafeFileError(
            f"{path} is open to other users, so it is ignored.",
            cause=f"Its mode is {stat.S_IMODE(status.st_mode):04o}; it must be {wanted:04o}.",
            next_step=f"chmod {wanted:o} {_word(path)}",
        )


def _word(path: Path) -> str:
    return shlex.quote(str(path))
