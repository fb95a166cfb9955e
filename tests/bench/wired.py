"""What many logins cost a command that uses none of them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.bench import Bench
from tests.bench.measuring import compare, interleave
from tests.bench.rows import OURS, Outcome, Row
from tests.bench.start import shown

COUNT, MAX_ADDED = 1_000, 0.005


def labels(bench: Bench) -> Outcome:
    """``conda list`` with many labels of one channel."""
    return _run(bench, f"{COUNT:,} labels logged in: `conda list`", bench.labels(COUNT))


def channels(bench: Bench) -> Outcome:
    """``conda list`` with many channels of one origin."""
    addresses = [f"{bench.site.url}/private-{number}" for number in range(COUNT)]
    return _run(bench, f"{COUNT:,} channels of one origin logged in: `conda list`", addresses)


def _run(bench: Bench, what: str, addresses: Sequence[str]) -> Outcome:
    users = {each.name: bench.user(each, addresses) for each in bench.with_plugin}
    users["plain"] = bench.user(bench.plain)
    spent = interleave(
        bench.rounds, {name: user.command("list").spend for name, user in users.items()}
    )
    cpu = {name: [one.cpu for one in series] for name, series in spent.items()}
    changes = {name: compare(cpu[name], cpu["plain"]) for name in cpu if name != "plain"}
    figures = {name: shown(change) for name, change in changes.items()}
    row = Row(what, "5 ms at most", changes[OURS].added <= MAX_ADDED, figures)
    return Outcome([row], {"cpu": cpu})
