"""Files of ours: read with suspicion, replaced whole, changed under a lock."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from conda_private.exceptions import FileWriteError, UnsafeFileError

LOCK_TIMEOUT = 30.0  # seconds
_POSIX = os.name == "posix"


def read_private(path: Path) -> str | None:
    """The text of a file that only this user may have written; None when there is none.

    Raises:
        UnsafeFileError: it is not a plain file, another user's, or others may read or write it.
    """
    try:
        with open(path, errors="replace", encoding="utf-8", opener=_open_plain) as file:
            _refuse_unless_private(path, os.fstat(file.fileno()))
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnsafeFileError(
            f"{path} cannot be read.", cause=str(error), next_step=f"ls -l {path}"
        ) from error


def _open_plain(path: str, flags: int) -> int:
    # Not blocking: a FIFO in the file's place must not make conda hang.
    extra = (os.O_NOFOLLOW | os.O_NONBLOCK) if _POSIX else 0
    return os.open(path, flags | extra)


def _refuse_unless_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFileError(f"{path} is not a plain file.", next_step=f"rm {path}")
    if not _POSIX:
        return
    if status.st_uid != os.geteuid():
        raise UnsafeFileError(
            f"{path} belongs to another user, so nothing in it is believed.",
            cause="A command was run as another user, perhaps with sudo and this user's HOME.",
            next_step=f"chown {os.geteuid()} {path}",
        )
    _refuse_mode(path, status.st_mode, 0o077, "600")
    _refuse_mode(path.parent, path.parent.stat().st_mode, 0o022, "700")


def _refuse_mode(path: Path, mode: int, forbidden: int, wanted: str) -> None:
    if mode & forbidden:
        raise UnsafeFileError(
            f"{path} is open to other users, so nothing in it is believed.",
            cause=f"Its mode is {stat.S_IMODE(mode):04o}; it was made with 0{wanted}.",
            next_step=f"chmod {wanted} {path}",
        )


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


def make_private_folder(path: Path) -> None:
    """Make a folder for files of ours, 0700.

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
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise write_error(path, error) from error


@contextlib.contextmanager
def locked(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold the lock that belongs to a file; the system releases it if this process dies.

    Raises:
        FileWriteError: another process held it for ``timeout`` seconds, or there are no locks.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise FileWriteError(
            f"{path} is being changed by another process.",
            cause=f"It was locked for {timeout:.0f} seconds.",
            next_step="wait for the other conda command to end, then repeat this one",
        ) from error
    except (OSError, NotImplementedError) as error:
        raise FileWriteError(
            f"{path} could not be locked.",
            cause=str(error),
            next_step=f"look at the folder: ls -ld {path.parent}",
        ) from error
    try:
        yield
    finally:
        lock.release()
