"""Repodata and packages of a closed channel beside the same of an open one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bench.bench import Bench
from tests.bench.channel import PACKAGES, RECORDS
from tests.bench.environments import Environment
from tests.bench.measuring import compare, interleave
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
    done = interleave(bench.few, measures)
    rows = [_row(bench, done, labels) for labels in GOALS]
    return Outcome(rows, {"in process": done})


def _measure(bench: Bench, environment: Environment, labels: int) -> Callable[[], Any]:
    user = bench.user(environment, bench.labels(labels))
    channel = bench.labels(1)[0] if labels else f"{bench.site.url}/open/label/v0"
    job = user.inside("downloads", str(PACKAGES), THREADS, channel)
    return lambda: job.answer()


def _row(bench: Bench, done: dict[str, list[Any]], labels: int) -> Row:
    figures, ratios = {}, {}
    for name in (each.name for each in bench.with_plugin):
        cpu, wall = (
            compare(*([one[kind] for one in done[f"{name} {of}"]] for of in (labels, "open")))
            for kind in ("cpu", "wall")
        )
        figures[name] = (
            f"x{cpu.ratio:.3f} ({cpu.low:.3f} to {cpu.high:.3f}), wall x{wall.ratio:.2f}"
        )
        ratios[name] = cpu.ratio
    return Row(
        f"throughput: {PACKAGES} packages, {RECORDS:,} records, {labels:,} labels logged in;"
        " closed : open, CPU",
        goal=f"x{GOALS[labels]} at most",
        reached=ratios[OURS] <= GOALS[labels],
        figures=figures,
    )
