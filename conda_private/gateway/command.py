"""Changes a command that names a private index itself, on its command line or in a file.

The gateway gives the tool its index. A private index that the command names as well would be asked
without a credential.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from conda_private.files.atomic import replace
from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.exceptions import UsageError

_CONDAS = frozenset({"conda", "mamba", "micromamba"})
_FILE_OPTION = re.compile(r"(-f|--file)(?:=(.+))?")
_DEFAULT_FILE = "environment.yml"
# Options of pip that name files relative to the environment file.
_BESIDE = re.compile(r"^\s*-\s+[\"']?(?:-[erc]\b|--(?:editable|requirement|constraint)\b|\.)", re.M)


def with_gateway(
    command: Sequence[str], indexes: Sequence[PrivateIndex], gateway: str, folder: Path
) -> list[str]:
    """Return the command, with a changed copy of an environment file that names a private index.

    Args:
        command: the command as the user wrote it.
        indexes: the indexes that the gateway serves.
        gateway: the gateway's URL.
        folder: a folder for the copy that only the user can read.

    Raises:
        UsageError: the command line names a private index. The gateway's URL cannot replace it
            there, because other users can read command lines.
    """
    for index in indexes:
        named = re.compile(re.escape(str(index.root)) + r"(/|$)")
        if any(named.search(word) for word in command[1:]):
            raise UsageError(
                f"Remove {index.simple} from the command.",
                cause="`conda private run` already tells pip and uv to use this index.",
                next_step="conda private run pip install NAME",
            )
    return _with_own_file(list(command), indexes, gateway, folder)


def _with_own_file(
    command: list[str], indexes: Sequence[PrivateIndex], gateway: str, folder: Path
) -> list[str]:
    if not _reads_environment_file(command):
        return command
    place, words, file = _environment_file(command)
    if not file.is_file():
        return command
    text = file.read_text(encoding="utf-8")
    changed = text
    for index in indexes:
        changed = changed.replace(index.simple, f"{gateway}/simple")
    if changed == text:
        return command
    if _BESIDE.search(text):
        raise UsageError(
            f"{file} names the private index and refers to other files by relative paths.",
            cause="`conda private run` would use a changed copy of it in another folder, where"
            " those paths are wrong.",
            next_step=f"remove the line with {indexes[0].simple} from it:"
            " `conda private run` already tells pip to use this index",
        )
    own = folder / file.name
    replace(own, changed, mode=0o600)
    return [*command[:place], "--file", str(own), *command[place + words :]]


def _reads_environment_file(command: Sequence[str]) -> bool:
    is_conda = Path(command[0]).name in _CONDAS
    return is_conda and command[1:2] == ["env"] and command[2:3] in (["create"], ["update"])


def _environment_file(command: Sequence[str]) -> tuple[int, int, Path]:
    """Return the position of the file option, the number of its words, and the file."""
    for place, word in enumerate(command):
        if match := _FILE_OPTION.fullmatch(word):
            if match[2]:
                return place, 1, Path(match[2])
            return place, 2, Path(*command[place + 1 : place + 2])
    return len(command), 0, Path(_DEFAULT_FILE)
