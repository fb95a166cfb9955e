"""Print results: text for people, or one JSON object with ``--json``. Nothing else prints."""

from __future__ import annotations

import atexit
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from conda.base.context import context

from conda_private.model.secret import Secret

_LISTED = 100  # words
_delayed: list[str] = []


def report(lines: Iterable[str], data: Mapping[str, Any]) -> None:
    """Print a result to stdout: the lines, the data with ``--json``, nothing with ``--quiet``.

    Args:
        lines: text for people.
        data: the result for programs; its keys are documented and stable.
    """
    if context.json:
        _write(json.dumps(data, indent=2), sys.stdout)
    elif not context.quiet:
        _write("\n".join(lines), sys.stdout)


def notice(text: str) -> None:
    """Print a notice to stderr, unless ``--json`` or ``--quiet`` is set."""
    if not (context.json or context.quiet):
        _write(text, sys.stderr)


def notice_at_end(text: str) -> None:
    """Print a notice when the command has ended, so that it does not divide its progress."""
    if not _delayed:
        atexit.register(show_delayed)
    _delayed.append(text)


def show_delayed() -> None:
    """Print the notices that were kept for the end."""
    while _delayed:
        notice(_delayed.pop(0))


def flush() -> None:
    """Write what argparse has printed; it ends quietly if nobody reads it any more."""
    with _while_read(sys.stdout):
        sys.stdout.flush()


def _write(text: str, stream: TextIO) -> None:
    with _while_read(stream):
        # Flushed, so that notices on stderr follow a result if both go to the same file.
        print(text, file=stream, flush=True)


@contextmanager
def _while_read(stream: TextIO) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # The reader, such as `head -1`, has seen enough. The command has not failed, and may have
        # more to do. Nothing is written to that pipe again, not even by Python when it exits.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def mark(good: str, plain: str) -> str:
    """Return a symbol, or its plain spelling if stdout cannot encode it."""
    try:
        good.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return plain
    return good


def short(path: str) -> str:
    """Replace the home folder at the beginning of a path or a text with ``~``."""
    home = os.path.expanduser("~") + os.sep
    return f"~{os.sep}{path[len(home) :]}" if path.startswith(home) else path


def table(rows: Iterable[tuple[str, str]], indent: str = "  ") -> list[str]:
    """Format two columns; rows without a value are omitted, and further lines are indented."""
    shown = [(name, value) for name, value in rows if value]
    width = max((len(name) for name, _ in shown), default=0) + 2
    below = "\n" + indent + " " * width
    return [f"{indent}{name:<{width}}{value.replace(chr(10), below)}" for name, value in shown]


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a line; of very many, the first ones and how many there are."""
    more = len(words) - _LISTED
    return ", ".join(words[:_LISTED]) + (f", and {more} more" if more > 0 else "")


def columns(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Format a table with headings; each column is as wide as its widest cell."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def show_once(secret: Secret, about: str) -> None:
    """Print a secret that the user asked to see: alone on stdout, or in the JSON object."""
    notice(about)
    value = secret.reveal()
    _write(json.dumps({"token": value}, indent=2) if context.json else value, sys.stdout)


def confirm(about: str, question: str, *, assume_yes: bool) -> bool | None:
    """Ask a yes-or-no question at the terminal; the default is no.

    Args:
        about: what the user confirms; always shown before the question, even with ``--quiet``.
        question: the question.
        assume_yes: whether the answer is yes without a question.

    Returns:
        The answer, or None if there is no terminal to ask at.
    """
    if assume_yes:
        notice(about)
        return True
    if context.json or not sys.stdin.isatty():
        notice(about)
        return None
    print(f"{about}\n{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
