"""What files need on Windows and on macOS: a second attempt, and no place in a backup."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

# Seconds. A file that the user has no access to must not stop conda for long, so a read gives up
# first; a change that is given up would lose what the user asked for.
READING, REPLACING = 1.0, 10.0
_WAIT = (0.002, 0.03)  # seconds between two attempts, random so that two programs do not meet again
# Time Machine. It notes the exclusion in an extended attribute, which a replaced file has lost.
_TMUTIL = "/usr/bin/tmutil"
_TIMEOUT = 10  # seconds
T = TypeVar("T")


def repeated(action: Callable[[], T], seconds: float) -> T:
    """Do something with a file; repeat it for a while if the system refuses access to the file.

    Windows refuses to replace a file that is open, and to open one while it is replaced. Both last
    milliseconds. Programs that search files for viruses also open files that were just written.

    Args:
        action: opens, replaces or removes a file.
        seconds: how long it is repeated.

    Raises:
        PermissionError: access was still refused after that time.
        OSError: another error; it is not repeated.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return action()
        except PermissionError:
            if time.monotonic() >= end:
                raise
        time.sleep(random.uniform(*_WAIT))


def exclude_from_backups(
    path: Path, *, platform: str = sys.platform, program: str = _TMUTIL
) -> None:
    """Exclude a file that was just written from Time Machine; elsewhere, do nothing.

    A file that cannot be excluded is no error: it is as private as before, and only a later backup
    contains it. The plugin has no way to take a file out of a backup that was already made.

    Args:
        path: the file.
        platform: the value of ``sys.platform``; on other systems than macOS, backups are made by
            programs of the user's choice.
        program: the command of Time Machine.
    """
    if platform != "darwin":
        return
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            [program, "addexclusion", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
        )
