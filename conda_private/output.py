"""The only printer: text for people, or one JSON object with ``--json``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conda.base.context import context

from conda_private.model.secret import Secret


def report(lines: Iterable[str], data: Mapping[str, Any]) -> None:
    """Print a result to stdout: the lines, or with ``--json`` the data, with ``--quiet`` nothing.

    Args:
        lines: for people.
        data: the same for programs; its keys are documented and stay.
    """
    if context.json:
        print(json.dumps(data, indent=2))
    elif not context.quiet:
        # What is said beside it on stderr comes behind it, also where both go into one file.
        print("\n".join(lines), flush=True)


def notice(text: str) -> None:
    """Print something beside the result to stderr; not with ``--json`` or ``--quiet``."""
    if not (context.json or context.quiet):
        print(text, file=sys.stderr)


def mark(good: str, plain: str) -> str:
    """A symbol, or its plain spelling where the terminal cannot show it."""
    try:
        good.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return plain
    return good


def short(path: str) -> str:
    """A path, or a text that begins with one, with ``~`` for the user's home."""
    home = os.path.expanduser("~") + os.sep
    return f"~{os.sep}{path[len(home) :]}" if path.startswith(home) else path


def table(rows: Iterable[tuple[str, str]], indent: str = "  ") -> list[str]:
    """Two columns; rows without a value are left out."""
    shown = [(name, value) for name, value in rows if value]
    width = max((len(name) for name, _ in shown), default=0) + 2
    return [f"{indent}{name:<{width}}{value}" for name, value in shown]


def columns(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table with headings, as wide as its cells."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def show_once(secret: Secret, about: str) -> None:
    """Print a secret, because the user asked for just that: alone on stdout, or in the JSON."""
    notice(about)
    value = secret.reveal()
    print(json.dumps({"token": value}, indent=2) if context.json else value)


def confirm(about: str, question: str, *, assume_yes: bool) -> bool | None:
    """Ask yes or no at the terminal; no is the default. None when there is nobody to ask.

    What it is about is always shown before the question, also with ``--quiet``.
    """
    if assume_yes:
        notice(about)
        return True
    if context.json or not sys.stdin.isatty():
        notice(about)
        return None
    print(f"{about}\n{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
