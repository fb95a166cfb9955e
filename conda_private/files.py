"""Files of ours: replaced whole, never truncated."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from pathlib import Path

from conda_private.exceptions import FileWriteError
from conda_private.trust import PRIVATE, Access

_POSIX = os.name == "posix"


def replace(path: Path, text: str, mode: int | None = None) -> None:
    """Put a text in a file's place in one step; the old one or the new one, never a part.

    A link is followed: what it points to is replaced. Without ``mode`` an existing file keeps
    its own, and a new one is 0600.

    Raises:
        FileWriteError: it could not be done; the file is as it was.
    """
    target = Path(os.path.realpath(path))
    name = ""
    try:
        if mode is None:
            mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            if _POSIX:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        _rename(name, target)
    except OSError as error:
        if name:
            with contextlib.suppress(OSError):
                os.unlink(name)
        raise write_error(path, error) from error


def _rename(source: str, target: Path) -> None:
    # On Windows a reader that has the file open refuses the rename for a moment.
    for wait in (0.05, 0.1, 0.2, 0.4):
        try:
            os.replace(source, target)
        except PermissionError:
            if _POSIX:
                raise
            time.sleep(wait)
        else:
            return
    os.replace(source, target)


def remove(path: Path) -> None:
    """Remove a file; nothing happens when there is none.

    Raises:
        FileWriteError: it cannot be removed.
    """
    try:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    except OSError as error:
        raise write_error(path, error) from error


def write_error(path: Path, error: OSError) -> FileWriteError:
    """The error for a file that cannot be written."""
    return FileWriteError(
        f"{path} could not be written; it is as it was.",
        cause=error.strerror or str(error),
        next_step=f"mend that, then repeat the command; look first: ls -ld {path.parent}",
    )


def make_folder(path: Path, access: Access = PRIVATE) -> None:
    """Make a folder for files of ours, 0700 or what the access says.

    Raises:
        FileWriteError: it cannot be made, or root would leave its files in a user's home.
    """
    nearest = next(parent for parent in (path, *path.parents) if parent.exists())
    if _POSIX and os.geteuid() == 0 and nearest.stat().st_uid != 0:
        raise FileWriteError(
            f"{path} would become root's, in another user's home.",
            cause=f"This runs as root, and {nearest} belongs to another user.",
            next_step="repeat the command without sudo, or with  sudo -H",
        )
    try:
        for folder in (*reversed(path.parents), path):
            folder.mkdir(mode=access.folder_mode, exist_ok=True)
    except OSError as error:
        raise write_error(path, error) from error
