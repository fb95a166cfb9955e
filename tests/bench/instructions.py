"""The start in instructions, as valgrind counts them: the same in every run, on any busy machine.

``make bench ARGS="--only instructions"``, on demand: below valgrind all is fifty times slower.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from shutil import which

from tests.bench.bench import Bench
from tests.bench.measuring import Job
from tests.bench.rows import Outcome, Row
from tests.bench.start import PLAIN, STATES, Who, commands, in_state, users


def run(bench: Bench) -> Outcome:
    """Of each command of ``start``; what the system does for a process is not counted."""
    if not which("valgrind"):
        sys.exit("There is no valgrind here: apt-get install valgrind")
    counted = {name: _count(bench, words) for name, words in commands(bench).items()}
    rows = [row for name, found in counted.items() for row in _rows(name, found)]
    samples = {
        name: {", ".join(who): count for who, count in found.items()}
        for name, found in counted.items()
    }
    return Outcome(rows, samples)


def _count(bench: Bench, words: Sequence[str]) -> dict[Who, int]:
    jobs = {who: user.command(*words) for who, user in users(bench).items()}
    for job in jobs.values():
        job.spend()  # compiles modules and fills caches
    # They may run side by side: what is counted does not depend on it.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(jobs, pool.map(Job.instructions, jobs.values()), strict=True))


def _rows(name: str, found: dict[Who, int]) -> Iterator[Row]:
    plain = found[PLAIN]
    for state in STATES:
        what = f"start, instructions: `conda {name}` ({plain / 1e6:,.0f} million), {state}"
        figures = {
            plugin: f"x{count / plain:.4f}, {(count - plain) / 1e6:+.1f} million"
            for plugin, count in in_state(state, found).items()
        }
        yield Row(what, "", None, figures)
