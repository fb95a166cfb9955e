"""The temporary folder of a run, and what killed runs and older versions have left.

A folder of this version has public certificates. Older versions wrote files with credentials for
rattler and mamba into it, which stayed there if the run was killed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "conda-private-"
_OF_OLDER_VERSIONS = ("rattler.json", "home/.mamba/auth")


@contextmanager
def folder_of_run() -> Iterator[Path]:
    """Create a folder that only the user can read, in memory if the system has a place for that."""
    inside = next(iter(_places()))
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=inside) as folder:
        yield Path(folder)


def remove_leftovers() -> None:
    """Remove the folders of runs that were killed, and those with files of older versions."""
    for place in _places():
        for folder in place.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                if _is_own(folder) and _is_left(folder):
                    shutil.rmtree(folder)


def _places() -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    own = [Path(runtime)] if runtime and os.access(runtime, os.W_OK) else []
    return [*own, Path(tempfile.gettempdir())]


def _is_own(folder: Path) -> bool:
    # Anyone can create a folder with this name in a folder for all users.
    about = folder.lstat()
    return not hasattr(os, "geteuid") or about.st_uid == os.geteuid()


def _is_left(folder: Path) -> bool:
    if any((folder / name).exists() for name in _OF_OLDER_VERSIONS):
        return True
    process = folder.name.removeprefix(_PREFIX).partition("-")[0]
    return process.isdecimal() and not _runs(int(process))


def _runs(process: int) -> bool:
    if os.name != "posix":
        return True  # there, a signal would end the process
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
