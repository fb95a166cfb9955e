"""Repodata and packages of a closed channel beside the same of an open one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bench.bench import Bench
from tests.bench.channel import PACKAGES, RECORDS
from tests.bench.environments import Environment
from tests.bench.measuring import Change, attempt, compare, interleave
from tests.bench.rows import OURS, Outcome, Row

THREADS = "5"  # as many as conda itself takes
GOALS = {1: 1.03, 1_000: 1.05}


def run(bench: Bench) -> Outcome:
    """In process: only the reading and the downloads are measured, in a new process each time."""
    measures: dict[str, Callable[[], Any]] = {}
    for environment in bench.with_plugin:
        measures[f"{environment.name} open"] = _measure(bench, environment, 0)
        for labels in GOALS:
            measures[f"{environment.name} {labels}"] = _measure(bench, environment, labels)
    # It takes a second, but one process differs from the next by 5 %: as many rounds as the quick.
    done = interleave(bench.rounds, measures)
    rows = [_row(bench, done, labels) for labels in GOALS]
    return Outcome(rows, {"in process": done})


def _measure(bench: Bench, environment: Environment, labels: int) -> Callable[[], Any]:
    user = bench.user(environment, bench.labels(labels))
    channel = bench.labels(1)[0] if labels else f"{bench.site.url}/open/label/v0"
    job = user.inside("downloads", str(PACKAGES), THREADS, channel)
    return job.answer if environment == bench.ours else attempt(job.answer)


def _row(bench: Bench, done: dict[str, list[Any]], labels: int) -> Row:
    names = [each.name for each in bench.with_plugin]
    changes = {name: _change(done, name, labels, "cpu") for name in names}
    ours = changes[OURS]
    return Row(
        f"throughput: {PACKAGES} packages, {RECORDS:,} records, labels logged in: {labels:,};"
        " closed : open, CPU",
        goal=f"x{GOALS[labels]} at most",
        reached=ours is not None and ours.ratio <= GOALS[labels],
        figures={name: _shown(done, name, labels) for name in names},
    )


def _change(done: dict[str, list[Any]], name: str, labels: int, kind: str) -> Change | None:
    closed, open_ = ([one and one[kind] for one in done[f"{name} {of}"]] for of in (labels, "open"))
    return compare(closed, open_)


def _shown(done: dict[str, list[Any]], name: str, labels: int) -> str:
    cpu, wall = (_change(done, name, labels, kind) for kind in ("cpu", "wall"))
    series = done[f"{name} {labels}"]
    failed = f", fails {series.count(None)} of {len(series)} times" if None in series else ""
    if not (cpu and wall):
        return f"fails {len(series)} of {len(series)} times"
    low, high = f"{cpu.low:.3f}", f"{cpu.high:.3f}"
    return f"x{cpu.ratio:.3f} ({low} to {high}), wall x{wall.ratio:.2f}{failed}"
