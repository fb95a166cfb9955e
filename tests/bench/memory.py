"""The peak of memory of a command that is not the plugin's."""

from __future__ import annotations

from statistics import median

from tests.bench.bench import Bench
from tests.bench.measuring import interleave
from tests.bench.rows import OURS, Outcome, Row

MAX_ADDED = 1024  # KiB


def run(bench: Bench) -> Outcome:
    """``conda list``; the users of a plugin are logged in to one channel."""
    users = {each.name: bench.user(each, bench.labels(1)) for each in bench.with_plugin}
    users["plain"] = bench.user(bench.plain)
    spent = interleave(
        bench.few, {name: user.command("list").spend for name, user in users.items()}
    )
    peaks = {name: [one.peak for one in series] for name, series in spent.items()}
    middle = {name: median(series) for name, series in peaks.items()}
    added = {name: middle[name] - middle["plain"] for name in middle if name != "plain"}
    row = Row(
        f"memory: peak of `conda list` (plain: {middle['plain'] / 1024:.1f} MiB)",
        goal="within 1 MiB",
        reached=added[OURS] <= MAX_ADDED,
        figures={name: f"{each / 1024:+.1f} MiB" for name, each in added.items()},
    )
    return Outcome([row], {"peak KiB": peaks})
