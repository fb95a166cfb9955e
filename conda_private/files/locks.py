"""File locks: one writer at a time, between threads and processes."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from pathlib import Path

from conda_private.model.exceptions import FileWriteError

LOCK_TIMEOUT = 30.0  # seconds


@contextlib.contextmanager
def locked(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold the lock of a file; the operating system releases it if this process is killed.

    Raises:
        FileWriteError: another process held the lock for ``timeout`` seconds, or the file system
            has no locks.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise FileWriteError(
            f"{path} is being changed by another process.",
            cause=f"It was locked for {timeout:.0f} seconds.",
            next_step="wait until the other conda command is finished, then repeat this one",
        ) from error
    except (OSError, NotImplementedError) as error:
        raise FileWriteError(
            f"{path} could not be locked.",
            cause=getattr(error, "strerror", None) or str(error),
            next_step=f"see the folder:  ls -ld {shlex.quote(str(path.parent))}",
        ) from error
    try:
        yield
    finally:
        # An error here is harmless: the file is written, and the lock ends with this process.
        with contextlib.suppress(OSError):
            lock.release()
