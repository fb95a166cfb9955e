"""A command that names the private index itself, in its words or in its environment file."""

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
# What pip looks for beside the file.
_BESIDE = re.compile(r"^\s*-\s+[\"']?(?:-[erc]\b|--(?:editable|requirement|constraint)\b|\.)", re.M)


def with_gateway(
    command: Sequence[str], indexes: Sequence[PrivateIndex], gateway: str, folder: Path
) -> list[str]:
    """The command, with an environment file of its own where that names a private index.

    Args:
        command: as the user wrote it.
        indexes: what the gateway serves.
        gateway: its address.
        folder: a private one for the file.

    Raises:
        UsageError: the command itself names a private index: others could see the gateway's.
    """
    for index in indexes:
        named = re.compile(re.escape(str(index.root)) + r"(/|$)")
        if any(named.search(word) for word in command[1:]):
            raise UsageError(
                f"Leave {index.simple} out of the command.",
                cause="`conda private run` says it to pip and uv by itself, unseen by others.",
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
            f"{file} names the private index, and files beside it.",
            cause="`conda private run` would have to put another file in its place, elsewhere.",
            next_step=f"take the line with {indexes[0].simple} out of it: run says it by itself",
        )
    own = folder / file.name
    replace(own, changed, mode=0o600)
    return [*command[:place], "--file", str(own), *command[place + words :]]


def _reads_environment_file(command: Sequence[str]) -> bool:
    is_conda = Path(command[0]).name in _CONDAS
    return is_conda and command[1:2] == ["env"] and command[2:3] in (["create"], ["update"])


def _environment_file(command: Sequence[str]) -> tuple[int, int, Path]:
    """Where the command names its file, in how many words, and the file."""
    for place, word in enumerate(command):
        if match := _FILE_OPTION.fullmatch(word):
            if match[2]:
                return place, 1, Path(match[2])
            return place, 2, Path(*command[place + 1 : place + 2])
    return len(command), 0, Path(_DEFAULT_FILE)
