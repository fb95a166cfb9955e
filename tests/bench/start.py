"""A command that is not the plugin's: CPU with and without it, and the modules that it loads."""

from __future__ import annotations

import sys
from typing import Any

from tests.bench.bench import Bench
from tests.bench.environments import Environment
from tests.bench.measuring import Change, compare, interleave
from tests.bench.rows import Outcome, Row, milli
from tests.bench.users import User

MAX_RATIO, MAX_ADDED = 1.01, 0.005
OWN = "conda_private"


def run(bench: Bench) -> Outcome:
    """Of each command; the users of a plugin are logged in to one channel."""
    search = ("search", "--override-channels", "-c", f"{bench.site.url}/open-small", "part-1")
    commands = {"info --json": ("info", "--json"), "list": ("list",), "search": search}
    users = {each.name: _user(bench, each) for each in (bench.plain, *bench.with_plugin)}
    rows, samples = [], {}
    for name, words in commands.items():
        jobs = {each: user.command(*words) for each, user in users.items()}
        spent = interleave(bench.rounds, {each: job.spend for each, job in jobs.items()})
        cpu = {each: [one.cpu for one in series] for each, series in spent.items()}
        loaded = {each: modules(user, *words) for each, user in users.items()}
        samples[name] = {"cpu": cpu, "modules": {each: len(loaded[each]) for each in loaded}}
        rows.append(_row(f"start: `conda {name}`", cpu, loaded))
    return Outcome(rows, samples)


def modules(user: User, *words: str) -> set[str]:
    """The modules that a command loads."""
    return set(user.inside("modules", *words).answer())


def foreign(loaded: set[str], without: set[str]) -> set[str]:
    """The modules of other distributions that come with a plugin, not the standard library's."""
    names = {name.partition(".")[0] for name in loaded - without}
    return names - sys.stdlib_module_names - {OWN}


def _user(bench: Bench, environment: Environment) -> User:
    scopes = [] if environment == bench.plain else [f"{bench.site.url}/private"]
    return bench.user(environment, scopes)


def _row(what: str, cpu: dict[str, Any], loaded: dict[str, set[str]]) -> Row:
    plain = cpu.pop("plain")
    changes = {name: compare(series, plain) for name, series in cpu.items()}
    extra = {name: loaded[name] - loaded["plain"] for name in cpu}
    ours = next(iter(changes.values()))
    third_party = foreign(next(iter(extra.values())), loaded["plain"])
    cpu["plain"] = plain
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
