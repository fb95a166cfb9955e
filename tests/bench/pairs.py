"""The downloads in two parts: what is paid once in a process, and what for each package.

``make bench ARGS="--only pairs"``, on demand. Neighbours in time are compared, so the clock leaves
little open; but conda's code for open channels runs for half of the packages only, and is colder
than in a process of its own.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from tests.bench.bench import Bench
from tests.bench.measuring import Job, interleave
from tests.bench.rows import OURS, Outcome, Row, micro
from tests.bench.throughput import GOALS


def run(bench: Bench) -> Outcome:
    """With one label logged in, and with many."""
    jobs = {str(labels): _job(bench, labels) for labels in GOALS}
    done = interleave(bench.few, {labels: job.answer for labels, job in jobs.items()})
    rows = [_row(labels, done[str(labels)]) for labels in GOALS]
    return Outcome(rows, {"pairs": done})


def _job(bench: Bench, labels: int) -> Job:
    user = bench.user(bench.ours, bench.labels(labels))
    return user.inside("pairs", f"{bench.site.url}/open/label/v0", bench.labels(1)[0])


def _row(labels: int, series: list[Any]) -> Row:
    once = median(one["once"] for one in series)
    each = median(added for one in series for added in one["packages"])
    return Row(
        f"beside an open channel, labels logged in: {labels:,}; CPU once, and for each package",
        goal="",
        reached=None,
        figures={OURS: f"{micro(once)}, {micro(each)}"},
    )
