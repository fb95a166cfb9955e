"""Print results: text for people, or one JSON object with ``--json``. Nothing else prints."""

from __future__ import annotations

import atexit
import json
import os
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any, TextIO, TypeAlias

from conda.base.context import context

from conda_private.model.characters import showable
from conda_private.model.exceptions import FileWriteError
from conda_private.model.secret import Secret

_LISTED = 100  # words of a list in a line
_delayed: list[str] = []
_WIDTHS_AFTER = 0.3  # seconds for which the first rows of a table are collected
_PROGRESS_AFTER = 1.0  # seconds
_ROWS = 100  # rows that are collected at most
# A row of a table, and the object for it with ``--json``.
ListRow: TypeAlias = tuple[Sequence[str], Mapping[str, Any]]


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


def report_list(
    key: str,
    rows: Iterator[ListRow],
    *,
    headings: Sequence[str],
    none: str,
    data: Mapping[str, Any],
    end: Callable[[], Mapping[str, Any]],
) -> None:
    """Print a long list to stdout while it arrives: a table, or one JSON object with ``--json``.

    If the reader of stdout has seen enough, it stops. With ``--quiet`` nothing is read.

    Args:
        key: the key of the list in the JSON object.
        rows: the rows.
        headings: the headings of the table.
        none: the text for an empty list.
        data: the keys in front of the list.
        end: is called after the last row, and returns the keys behind the list.
    """
    with _while_read(sys.stdout):
        if context.json:
            _print_json_list(key, rows, data, end)
        elif not context.quiet:
            for line in _table_lines(headings, (cells for cells, _ in rows), none):
                print(showable(line, sys.stdout.encoding), flush=True)


def _print_json_list(
    key: str,
    rows: Iterable[ListRow],
    data: Mapping[str, Any],
    end: Callable[[], Mapping[str, Any]],
) -> None:
    beginning, separator = json.dumps(data, indent=2).removesuffix("\n}"), ""
    print(f"{beginning},\n  {json.dumps(key)}: [", end="", flush=True)
    for _, each in rows:
        text = textwrap.indent(json.dumps(each, indent=2), "    ")
        print(f"{separator}\n{text}", end="", flush=True)
        separator = ","
    ending = json.dumps(end(), indent=2).removeprefix("{\n")
    print(f"\n  ],\n{ending}" if separator else f"],\n{ending}", flush=True)


def _table_lines(
    headings: Sequence[str], rows: Iterator[Sequence[str]], none: str
) -> Iterator[str]:
    """Format a table whose columns are as wide as the cells of the first rows; they can grow."""
    first, begin = [], time.monotonic()
    for row in rows:
        first.append(row)
        if len(first) == _ROWS or time.monotonic() - begin > _WIDTHS_AFTER:
            break
    if not first:
        yield none
        return
    widths = _widths([headings, *first])
    for row in chain([headings], first, rows):
        widths = [max(width, len(cell)) for width, cell in zip(widths, row, strict=True)]
        yield _padded(row, widths)


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
        print(showable(text, stream.encoding), file=stream, flush=True)


@contextmanager
def _while_read(stream: TextIO) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # The reader, such as `head -1`, has seen enough. The command has not failed, and may have
        # more to do.
        _leave(stream)


def _leave(stream: TextIO) -> None:
    """Write nothing to that pipe or file again, not even when Python exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@cache
def notice_once(text: str) -> None:
    """Print a notice only the first time in a process."""
    notice(text)


def mark(good: str, plain: str) -> str:
    """Return a symbol, or its plain spelling if stdout cannot encode it."""
    return good if showable(good, sys.stdout.encoding) == good else plain


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
    widths = _widths(lines)
    return [_padded(line, widths) for line in lines]


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*lines, strict=True)]


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


class Progress:
    """A bar on stderr for the bytes of long transfers; used by several threads.

    It appears after a second, on a terminal only, and leaves nothing behind. It does not appear
    with ``--json`` or ``--quiet``.

    Args:
        about: what is read.
    """

    def __init__(self, about: str) -> None:
        self._about, self._begin = about, time.monotonic()
        self._lock = threading.Lock()
        self._bar: Any = None
        self._total = self._done = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def expect(self, size: int) -> None:
        """Add to the number of bytes that are expected."""
        with self._lock:
            self._total += size

    def advance(self, size: int) -> None:
        """Add to the number of bytes that were read."""
        with self._lock:
            self._done += size
            if self._bar is None and self._is_due():
                self._bar = self._new_bar()
            if self._bar is not None:
                self._bar.total = self._total
                self._bar.update(self._done - self._bar.n)

    def _is_due(self) -> bool:
        is_late = time.monotonic() - self._begin >= _PROGRESS_AFTER
        return is_late and not (context.json or context.quiet) and sys.stderr.isatty()

    def _new_bar(self) -> Any:
        from tqdm import tqdm  # type: ignore[import-untyped]

        return tqdm(
            desc=self._about,
            total=self._total,
            unit="B",
            unit_scale=True,
            leave=False,
            dynamic_ncols=True,
            file=sys.stderr,
        )


def show_once(secret: Secret, about: str) -> None:
    """Print a secret that the user asked to see: alone on stdout, or in the JSON object."""
    notice(about)
    value = secret.reveal()
    hand_over(json.dumps({"token": value}, indent=2) if context.json else value)


def hand_over(text: str) -> None:
    """Print what can contain a secret to stdout; FileWriteError if nobody can read it."""
    try:
        print(text, flush=True)
    except OSError as error:
        _leave(sys.stdout)
        raise FileWriteError(
            "The token was not shown.",
            cause=f"Standard output cannot be written: {error.strerror}.",
            next_step="repeat the command; behind `|`, the program must read its standard input",
        ) from None


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
    text = showable(f"{about}\n{question} [y/N] ", sys.stderr.encoding)
    print(text, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
