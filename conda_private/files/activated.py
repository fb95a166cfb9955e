"""Variables that an activated environment sets. They are not the user's own choice.

``conda activate`` sets what an environment has in ``conda-meta/state`` (``conda env config vars``)
and in ``etc/conda/env_vars.d``, and runs the scripts in ``etc/conda/activate.d``.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_PREFIX = re.compile(r"CONDA_PREFIX(_\d+)?", re.ASCII)


def environment_that_sets(name: str) -> str:
    """Return the folder of the activated environment that sets a variable to its current value.

    The base environment does not count: who can change it can change conda itself.

    Args:
        name: the name of the variable.

    Returns:
        The folder, or "" if the variable is not set, or is the user's own.
    """
    value = os.environ.get(name)
    if not value:
        return ""
    return next((folder for folder in _folders() if _sets(Path(folder), name, value)), "")


def _folders() -> Iterator[str]:
    # The variables of an environment stay set when another one is activated after it.
    base = os.path.realpath(sys.prefix)
    for name, folder in os.environ.items():
        if _PREFIX.fullmatch(name) and folder and os.path.realpath(folder) != base:
            yield folder


def _sets(folder: Path, name: str, value: str) -> bool:
    state = _content(folder / "conda-meta" / "state")
    found = [state.get("env_vars"), *map(_content, _files(folder, "env_vars.d", "*.json"))]
    if any(isinstance(each, dict) and each.get(name) == value for each in found):
        return True
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(word.search(_text(file)) for file in _files(folder, "activate.d", "*"))


def _files(folder: Path, kind: str, pattern: str) -> list[Path]:
    return sorted((folder / "etc" / "conda" / kind).glob(pattern))


def _content(file: Path) -> dict[str, object]:
    try:
        content = json.loads(_text(file))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
