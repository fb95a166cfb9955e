"""The rows of the table, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OURS = "conda-private"


@dataclass(frozen=True)
class Row:
    """One figure that has a goal.

    Attributes:
        what: what was measured.
        goal: what it should be.
        reached: whether it is; None where there is no goal.
        figures: for people, by the name of what was measured: ours and the peers'.
    """

    what: str
    goal: str
    reached: bool | None
    figures: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a benchmark gives: rows for people, and the raw samples."""

    rows: Sequence[Row]
    samples: Mapping[str, Any] = field(default_factory=dict)


def table(rows: Iterable[Row]) -> str:
    """The rows as a table in Markdown: fit to be read in a terminal and put into a page."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row.figures))
    lines = [["what", *names, "goal", "reached"]]
    for row in rows:
        verdict = {True: "yes", False: "no", None: ""}[row.reached]
        lines.append([row.what, *(row.figures.get(name, "") for name in names), row.goal, verdict])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = [
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines
    ]
    padded.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def micro(seconds: float) -> str:
    """Seconds as the microseconds or milliseconds that they are."""
    return f"{seconds * 1e6:.0f} us" if abs(seconds) < 1e-3 else milli(seconds)


def milli(seconds: float, sign: str = "") -> str:
    """Seconds in milliseconds; with a sign for differences."""
    return f"{seconds * 1e3:{sign}.1f} ms"
