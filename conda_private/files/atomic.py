"""Files of ours: replaced whole, never truncated."""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import stat
import tempfile
import time
from pathlib import Path

from conda_private.files.permissions import PRIVATE, Access
from conda_private.model.exceptions import FileWriteError

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
        before = _status(target)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            _take_over(file.fileno(), before, mode)
            os.fsync(file.fileno())
        _rename(name, target)
    except (OSError, ValueError) as error:
        _forget(name)
        raise write_error(path, error) from error
    except BaseException:  # Ctrl-C: what is left beside the file may hold secrets
        _forget(name)
        raise


def _forget(name: str) -> None:
    if name:
        with contextlib.suppress(OSError):
            os.unlink(name)


def forget_rests(path: Path) -> None:
    """Remove what writers that were killed have left beside a file. Call it under its lock."""
    for rest in path.parent.glob(f".{path.name}.*"):
        if rest.suffix != ".lock":
            _forget(str(rest))


def _status(target: Path) -> os.stat_result | None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "It is not a plain file")
    return status


def _take_over(descriptor: int, before: os.stat_result | None, mode: int | None) -> None:
    if not _POSIX:
        return
    if before and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
        # Root replaces a user's file; for others it is either theirs or not to be given away.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, mode or (stat.S_IMODE(before.st_mode) if before else 0o600))


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


def write_error(path: Path, error: Exception) -> FileWriteError:
    """The error for a file that cannot be written."""
    return FileWriteError(
        f"{path} could not be written; it is as it was.",
        cause=getattr(error, "strerror", None) or "The text cannot be encoded",
        next_step="mend that, then repeat the command; look first:"
        f"  ls -ld {shlex.quote(str(path.parent))}",
    )


def make_folder(path: Path, access: Access = PRIVATE) -> None:
    """Make a folder for files of ours, 0700 or what the access says.

    Raises:
        FileWriteError: it cannot be made, or root would leave its files in a user's home.
    """
    try:
        nearest = next(parent for parent in (path, *path.parents) if parent.exists())
        if _POSIX and os.geteuid() == 0 and nearest.stat().st_uid != 0:
            raise FileWriteError(
                f"{path} would become root's, in another user's home.",
                cause=f"This runs as root, and {nearest} belongs to another user.",
                next_step="repeat the command without sudo, or with  sudo -H",
            )
        for folder in (*reversed(path.parents), path):
            if not folder.exists():
                folder.mkdir(mode=access.folder_mode, exist_ok=True)
                folder.chmod(access.folder_mode)  # whatever the umask is
    except OSError as error:
        raise write_error(path, error) from error
