"""Atomic writes: a file is replaced, never truncated."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from pathlib import Path

from conda_private.files.permissions import PRIVATE, Access
from conda_private.model import shell
from conda_private.model.exceptions import FileWriteError


def replace(path: Path, text: str, mode: int | None = None, *, encoding: str = "utf-8") -> None:
    """Replace a file atomically, so that readers see the old text or the new one, never a part.

    Args:
        path: the file. If it is a symbolic link, its target is replaced.
        text: the new text.
        mode: the new mode; by default an existing file keeps its mode, and a new one gets 0600.
        encoding: of the new text.

    Raises:
        FileWriteError: the file could not be replaced; it is unchanged.
    """
    target = Path(os.path.realpath(path))
    name = ""
    try:
        before = _status(target)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with open(descriptor, "w", encoding=encoding, newline="") as file:
            file.write(text)
            file.flush()
            _take_over(file.fileno(), before, mode)
            os.fsync(file.fileno())
        _rename(name, target)
    except (OSError, ValueError) as error:
        _discard(name)
        raise write_error(path, error) from error
    except BaseException:  # such as Ctrl-C: the temporary file may contain credentials
        _discard(name)
        raise


def _discard(name: str) -> None:
    if name:
        with contextlib.suppress(OSError):
            os.unlink(name)


def remove_leftovers(path: Path) -> None:
    """Remove the temporary files of writers that were killed. Call this under the file's lock."""
    for leftover in path.parent.glob(f".{path.name}.*"):
        if leftover.suffix != ".lock":
            _discard(str(leftover))


def _status(target: Path) -> os.stat_result | None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "It is not a regular file")
    return status


def _take_over(descriptor: int, before: os.stat_result | None, mode: int | None) -> None:
    if sys.platform == "win32":  # profiles are protected by access control lists
        return
    if before and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
        # Only root can give the new file to the owner of the old one; other users have no need to.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, mode or (stat.S_IMODE(before.st_mode) if before else 0o600))


def _rename(source: str, target: Path) -> None:
    if sys.platform != "win32":
        os.replace(source, target)
        return
    from conda_private.files.systems import REPLACING, repeated

    repeated(lambda: os.replace(source, target), REPLACING)


def remove(path: Path) -> None:
    """Remove a file if it exists.

    Raises:
        FileWriteError: the file could not be removed.
    """
    try:
        with contextlib.suppress(FileNotFoundError):
            _unlink(path)
    except OSError as error:
        raise write_error(path, error) from error


def _unlink(path: Path) -> None:
    if sys.platform != "win32":
        path.unlink()
        return
    from conda_private.files.systems import REPLACING, repeated

    repeated(path.unlink, REPLACING)


def write_error(path: Path, error: Exception) -> FileWriteError:
    """Create the error for a file that could not be written."""
    return FileWriteError(
        f"{path} could not be written; it is unchanged.",
        cause=getattr(error, "strerror", None) or "The text cannot be encoded",
        next_step="fix the cause, then repeat the command; see the folder:"
        f"  {shell.look_at_folder(path.parent)}",
    )


def make_folder(path: Path, access: Access = PRIVATE) -> None:
    """Create a folder for files of ours.

    Args:
        path: the folder; its missing parents are created with the same mode.
        access: has the mode; by default 0700.

    Raises:
        FileWriteError: it could not be created, or root would own it in another user's home.
    """
    try:
        nearest = next(parent for parent in (path, *path.parents) if parent.exists())
        if sys.platform != "win32" and os.geteuid() == 0 and nearest.stat().st_uid != 0:
            raise FileWriteError(
                f"{path} would belong to root, in another user's home.",
                cause=f"The command runs as root, and {nearest} belongs to another user.",
                next_step="repeat the command without sudo, or with  sudo -H",
            )
        for folder in (*reversed(path.parents), path):
            if not folder.exists():  # pragma: no mutate (as root it would change the mode of /)
                folder.mkdir(mode=access.folder_mode, exist_ok=True)
                folder.chmod(access.folder_mode)  # whatever the umask is
    except OSError as error:
        raise write_error(path, error) from error
