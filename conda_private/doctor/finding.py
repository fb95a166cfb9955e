"""What a check finds: a problem or a note, where it is, why it matters, and the fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

# Fixes one finding and returns what was done. It raises a CondaPrivateError if it cannot.
Fix: TypeAlias = Callable[[], str]


class Finding(NamedTuple):
    """Something that a check found. No attribute contains a credential.

    Attributes:
        what: what is wrong, as a sentence.
        why: why it matters, as a sentence.
        next_step: the command that fixes it.
        file: the file that has it, or "".
        line: the number of the line, from 1; 0 if there is none.
        is_problem: whether it is a problem; otherwise it is a note.
        fix: what ``--fix`` does about it; None if users need to decide.
    """

    what: str
    why: str
    next_step: str
    file: str = ""
    line: int = 0
    is_problem: bool = True
    fix: Fix | None = None


class Subject(NamedTuple):
    """What the checks look at.

    Attributes:
        paths: the files and the project folders.
        is_deep: whether to search the histories of shells, too.
        asks_servers: whether to ask the servers of the logins.
    """

    paths: tuple[Path, ...]
    is_deep: bool = False
    asks_servers: bool = True
