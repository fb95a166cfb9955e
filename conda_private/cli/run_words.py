"""A command that names the private index itself, in its words or in its environment file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from conda_private.exceptions import UsageError
from conda_private.files import replace
from conda_private.gateway.private_index import PrivateIndex

_CONDAS = frozenset({"conda", "mamba", "micromamba"})
_FILE_OPTIONS = ("-f", "--file")
_DEFAULT_FILE = "environment.yml"


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
    if Path(command[0]).name not in _CONDAS or command[1:2] != ["env"]:
        return command
    place = next((i for i, word in enumerate(command) if word in _FILE_OPTIONS), None)
    file = Path(command[place + 1] if place and place + 1 < len(command) else _DEFAULT_FILE)
    if not file.is_file():
        return command
    text = file.read_text(encoding="utf-8")
    changed = text
    for index in indexes:
        changed = changed.replace(index.simple, f"{gateway}/simple")
    if changed == text:
        return command
    own = folder / file.name
    replace(own, changed, mode=0o600)
    if place is None:
        return [*command, "--file", str(own)]
    return [*command[: place + 1], str(own), *command[place + 2 :]]
