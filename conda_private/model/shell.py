"""Commands for the user's shell, by system; on Windows, for PowerShell and cmd alike.

``dir``, ``del`` and ``move`` exist in both, and both understand double quotes, which no name of a
file there contains. For variables, there is no form that both understand.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable
from pathlib import PurePath

_WINDOWS = "win32"
_PLAIN = re.compile(r"[\w.:/\\@%+=~-]+")


def quoted(path: PurePath | str) -> str:
    """Return a path as one word of the shell."""
    if sys.platform != _WINDOWS:
        return shlex.quote(str(path))
    return f'"{path}"'


def word(text: str) -> str:
    """Return a text as one word of the shell; on Windows, with quotes only if it needs them."""
    return text if sys.platform == _WINDOWS and _PLAIN.fullmatch(text) else quoted(text)


def joined(words: Iterable[str]) -> str:
    """Return a command of these words."""
    return " ".join(map(word, words))


def set_variable(name: str, value: str) -> str:
    """Return the command that gives an environment variable a value."""
    if sys.platform != _WINDOWS:
        return f"export {name}={value}"
    return f'$Env:{name} = "{value}"      (in cmd:  set {name}={value})'


def unset_variable(name: str) -> str:
    """Return the command that removes an environment variable."""
    if sys.platform != _WINDOWS:
        return f"unset {name}"
    return f"Remove-Item Env:{name}      (in cmd:  set {name}=)"


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
