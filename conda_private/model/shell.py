"""Commands for the user's shell, by system; on Windows, for PowerShell and cmd alike.

``dir``, ``del`` and ``move`` exist in both, and both understand double quotes, which no name of a
file there contains.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import PurePath

_WINDOWS = "win32"


def quoted(path: PurePath | str) -> str:
    """Return a path as one word of the shell."""
    if sys.platform != _WINDOWS:
        return shlex.quote(str(path))
    return f'"{path}"'


def show(path: PurePath | str) -> str:
    """Return the command that prints a file."""
    return f"type {quoted(path)}" if sys.platform == _WINDOWS else f"cat {quoted(path)}"


def look_at(path: PurePath | str) -> str:
    """Return the command that shows a file, its owner, and its mode."""
    return f"dir {quoted(path)}" if sys.platform == _WINDOWS else f"ls -l {quoted(path)}"


def look_at_folder(path: PurePath | str) -> str:
    """Return the command that shows a folder itself."""
    return f"dir {quoted(path)}" if sys.platform == _WINDOWS else f"ls -ld {quoted(path)}"


def remove(path: PurePath | str) -> str:
    """Return the command that removes a file."""
    return f"del {quoted(path)}" if sys.platform == _WINDOWS else f"rm {quoted(path)}"


def move_away(path: PurePath | str) -> str:
    """Return the command that gives a broken file another name."""
    command = "move" if sys.platform == _WINDOWS else "mv"
    return f"{command} {quoted(path)} {quoted(f'{path}.broken')}"
