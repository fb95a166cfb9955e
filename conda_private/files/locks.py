"""File locks: one writer at a time, between threads and processes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from conda_private.model import shell
from conda_private.model.exceptions import FileWriteError
from conda_private.output import notice_once

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK_TIMEOUT = 30.0  # seconds
# What NFS and the file systems of clusters answer if they have no locks.
_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP)


@contextlib.contextmanager
def locked(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold the lock of a file; the operating system releases it if this process is killed.

    On a file system without locks, the existence of another file is the lock.

    Raises:
        FileWriteError: another process held the lock for ``timeout`` seconds, or there can be none.
    """
    from filelock import Timeout

    try:
        lock = _lock(path, timeout)
        lock.acquire()
    except Timeout as error:
        raise _in_use(path, timeout) from error
    except (OSError, NotImplementedError) as error:
        raise FileWriteError(
            f"{path} could not be locked.",
            cause=getattr(error, "strerror", None) or str(error),
            next_step=f"see the folder:  {shell.look_at_folder(path.parent)}",
        ) from error
    try:
        yield
    finally:
        # An error here is harmless: the file is written, and the lock ends with this process.
        with contextlib.suppress(OSError):
            lock.release()


def _in_use(path: Path, timeout: float) -> FileWriteError:
    soft = _soft(path)
    # The file of a process that was killed stays.
    hint = f"\nif there is none:  {shell.remove(soft)}" if soft.exists() else ""
    return FileWriteError(
        f"{path} is being changed by another process.",
        cause=f"It was locked for {timeout:.0f} seconds.",
        next_step=f"wait until the other conda command is finished, then repeat this one{hint}",
    )


def _lock(path: Path, timeout: float) -> BaseFileLock:
    from filelock import FileLock, SoftFileLock

    file = path.with_name(f".{path.name}.lock")
    if _has_locks(file):
        return FileLock(file, timeout=timeout, mode=0o600)
    soft = _soft(path)
    notice_once(
        f"conda-private: the file system of {path.parent} has no locks. While {path.name} is being"
        f" changed, there is a file {soft.name} instead."
    )
    return SoftFileLock(soft, timeout=timeout, mode=0o600)


def _soft(path: Path) -> Path:
    return path.with_name(f".{path.name}.soft.lock")


def _has_locks(file: Path) -> bool:
    """Whether a file can be locked.

    Some versions of `filelock` wait for a lock that the file system does not have.
    """
    if sys.platform == "win32":
        return True
    import fcntl

    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _NO_LOCKS
    finally:
        os.close(descriptor)
    return True
