"""A command that is not the plugin's: CPU with and without it, and the modules that it loads."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from tests.bench.bench import Bench
from tests.bench.measuring import Change, Job, Spent, compare, interleave
from tests.bench.rows import OURS, Outcome, Row, milli
from tests.bench.users import User

MAX_RATIO, MAX_ADDED = 1.01, 0.005
OWN = "conda_private"
STATES = ("no login", "logged in to a label", "logged in to a channel")
Who: TypeAlias = tuple[str, str]  # the plugin that they have, and one of the states
PLAIN: Who = ("plain", "no login")
# Of each user, as what a file costs the system depends on the folder: up to 1 % of a command.
FOLDERS = 5


def commands(bench: Bench) -> dict[str, Sequence[str]]:
    """What is started, by the name in the table."""
    search = ("search", "--override-channels", "-c", f"{bench.site.url}/open-small", "part-1")
    return {"info --json": ("info", "--json"), "list": ("list",), "search": search}


def users(bench: Bench) -> dict[Who, User]:
    """One of each plugin in each state, and one of conda alone."""
    addresses = dict(zip(STATES, ([], bench.labels(1), [f"{bench.site.url}/private"]), strict=True))
    return {
        PLAIN: bench.user(bench.plain),
        **{
            (environment.name, state): bench.user(environment, addresses[state])
            for environment in bench.with_plugin
            for state in STATES
        },
    }


def run(bench: Bench) -> Outcome:
    """Of each command the CPU time, and the modules that it loads."""
    outcomes = [_outcome(bench, name, words) for name, words in commands(bench).items()]
    samples = {what: each for one in outcomes for what, each in one.samples.items()}
    return Outcome([row for one in outcomes for row in one.rows], samples)


def _outcome(bench: Bench, name: str, words: Sequence[str]) -> Outcome:
    doubles = [users(bench) for _ in range(FOLDERS)]
    everybody = doubles[0]
    jobs = {who: _in_turn([each[who].command(*words) for each in doubles]) for who in everybody}
    spent = interleave(bench.rounds, jobs, warm=False)
    cpu = {who: [one.cpu for one in series] for who, series in spent.items()}
    loaded = {who: modules(user, *words) for who, user in everybody.items()}
    samples = {", ".join(who): {"cpu": cpu[who], "modules": len(loaded[who])} for who in everybody}
    rows = [_row(f"start: `conda {name}`, {state}", state, cpu, loaded) for state in STATES]
    return Outcome(rows, {name: samples})


def _in_turn(jobs: Sequence[Job]) -> Callable[[], Spent]:
    for job in jobs:
        job.spend()  # compiles modules and fills caches
    turn = itertools.cycle(jobs)
    return lambda: next(turn).spend()


def modules(user: User, *words: str) -> set[str]:
    """The modules that a command loads."""
    return set(user.inside("modules", *words).answer())


def foreign(loaded: set[str], without: set[str]) -> set[str]:
    """The modules of other distributions that come with a plugin, not the standard library's."""
    names = {name.partition(".")[0] for name in loaded - without}
    return names - sys.stdlib_module_names - {OWN}


def in_state(state: str, found: Mapping[Who, Any]) -> dict[str, Any]:
    """What was found of each plugin in one state."""
    return {
        plugin: each for (plugin, of), each in found.items() if of == state and plugin != "plain"
    }


def _row(what: str, state: str, cpu: dict[Who, Any], loaded: dict[Who, set[str]]) -> Row:
    changes = {name: compare(each, cpu[PLAIN]) for name, each in in_state(state, cpu).items()}
    extra = {name: each - loaded[PLAIN] for name, each in in_state(state, loaded).items()}
    ours = changes[OURS]
    third_party = foreign(loaded[OURS, state], loaded[PLAIN])
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
