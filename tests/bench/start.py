"""A command that is not the plugin's: CPU with and without it, and the modules that it loads."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.bench import Bench
from tests.bench.measuring import Change, compare, interleave
from tests.bench.rows import OURS, Outcome, Row, milli
from tests.bench.users import User

MAX_RATIO, MAX_ADDED = 1.01, 0.005
OWN = "conda_private"


@dataclass(frozen=True)
class Case:
    """A command that is not the plugin's, and what who runs it is logged in to."""

    what: str
    words: Sequence[str]
    scopes: Sequence[str]

    def users(self, bench: Bench) -> dict[str, User]:
        """One user of each plugin, logged in, and one of conda alone."""
        users = {each.name: bench.user(each, self.scopes) for each in bench.with_plugin}
        return {**users, "plain": bench.user(bench.plain)}


def cases(bench: Bench) -> list[Case]:
    """Each command without any login, and logged in to one label and to one channel."""
    search = ("search", "--override-channels", "-c", f"{bench.site.url}/open-small", "part-1")
    commands = {"info --json": ("info", "--json"), "list": ("list",), "search": search}
    logins = {
        "no login": [],
        "logged in to a label": bench.labels(1),
        "logged in to a channel": [f"{bench.site.url}/private"],
    }
    return [
        Case(f"`conda {name}`, {state}", words, scopes)
        for name, words in commands.items()
        for state, scopes in logins.items()
    ]


def run(bench: Bench) -> Outcome:
    """Of each case the CPU time, and the modules that it loads."""
    outcomes = [_outcome(bench, case) for case in cases(bench)]
    samples = {what: each for one in outcomes for what, each in one.samples.items()}
    return Outcome([row for one in outcomes for row in one.rows], samples)


def _outcome(bench: Bench, case: Case) -> Outcome:
    users = case.users(bench)
    jobs = {each: user.command(*case.words) for each, user in users.items()}
    spent = interleave(bench.rounds, {each: job.spend for each, job in jobs.items()})
    cpu = {each: [one.cpu for one in series] for each, series in spent.items()}
    loaded = {each: modules(user, *case.words) for each, user in users.items()}
    samples = {"cpu": cpu, "modules": {each: len(loaded[each]) for each in loaded}}
    return Outcome([_row(f"start: {case.what}", cpu, loaded)], {case.what: samples})


def modules(user: User, *words: str) -> set[str]:
    """The modules that a command loads."""
    return set(user.inside("modules", *words).answer())


def foreign(loaded: set[str], without: set[str]) -> set[str]:
    """The modules of other distributions that come with a plugin, not the standard library's."""
    names = {name.partition(".")[0] for name in loaded - without}
    return names - sys.stdlib_module_names - {OWN}


def _row(what: str, cpu: dict[str, Any], loaded: dict[str, set[str]]) -> Row:
    names = [name for name in cpu if name != "plain"]
    changes = {name: compare(cpu[name], cpu["plain"]) for name in names}
    extra = {name: loaded[name] - loaded["plain"] for name in names}
    ours = changes[OURS]
    third_party = foreign(loaded[OURS], loaded["plain"])
    return Row(
        what,
        goal="x1.01 and 5 ms at most, no third-party module",
        reached=ours.ratio <= MAX_RATIO and ours.added <= MAX_ADDED and not third_party,
        figures={
            name: f"{shown(change)}, {len(extra[name])} modules" for name, change in changes.items()
        },
    )


def shown(change: Change) -> str:
    """A change for people, with what the rounds leave open."""
    low, high = f"{change.low:.3f}", f"{change.high:.3f}"
    return f"x{change.ratio:.3f} ({low} to {high}), {milli(change.added, '+')}"
