"""The start in instructions, as valgrind counts them: the same in every run, on any busy machine.

``make bench ARGS="--only instructions"``, on demand: below valgrind all is fifty times slower.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from shutil import which

from tests.bench.bench import Bench
from tests.bench.rows import Outcome, Row
from tests.bench.start import Case, cases


def run(bench: Bench) -> Outcome:
    """Of each case of ``start``; what the system does for a process is not counted."""
    if not which("valgrind"):
        sys.exit("There is no valgrind here: apt-get install valgrind")
    counted = {case.what: _count(bench, case) for case in cases(bench)}
    rows = [_row(what, found) for what, found in counted.items()]
    return Outcome(rows, {"instructions": counted})


def _count(bench: Bench, case: Case) -> dict[str, int]:
    jobs = {name: user.command(*case.words) for name, user in case.users(bench).items()}
    for job in jobs.values():
        job.spend()  # compiles modules and fills caches
    # They may run side by side: what is counted does not depend on it.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda job: job.instructions(), jobs.values())
        return dict(zip(jobs, found, strict=True))


def _row(what: str, found: dict[str, int]) -> Row:
    plain = found["plain"]
    figures = {
        name: f"x{count / plain:.4f}, {(count - plain) / 1e6:+.1f} million"
        for name, count in found.items()
        if name != "plain"
    }
    return Row(f"start, instructions: {what} ({plain / 1e6:,.0f} million)", "", None, figures)
