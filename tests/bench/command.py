"""A whole command: ``conda create --download-only`` from a closed and from an open channel."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from tests.bench.bench import Bench
from tests.bench.channel import PACKAGES
from tests.bench.environments import Environment
from tests.bench.measuring import Spent, attempt, compare, interleave
from tests.bench.rows import OURS, Outcome, Row
from tests.bench.users import User


def run(bench: Bench) -> Outcome:
    """Of all packages, into an empty cache."""
    measures = {}
    for environment in bench.with_plugin:
        # One user for both: what a file costs the system depends on the folder that it is in.
        user = bench.user(environment, [f"{bench.site.url}/private"])
        for owner in ("open", "private"):
            measures[f"{environment.name} {owner}"] = _measure(bench, user, environment, owner)
    spent = interleave(bench.few, measures)
    figures, reached = {}, None
    for name in (each.name for each in bench.with_plugin):
        series = [spent[f"{name} {of}"] for of in ("private", "open")]
        closed, open_ = ([one and one.cpu for one in each] for each in series)
        change = compare(closed, open_)
        if not change:
            figures[name] = f"fails {len(series[0])} of {len(series[0])} times"
            continue
        figures[name] = f"x{change.ratio:.3f} ({change.low:.3f} to {change.high:.3f})"
        # Within the noise: the rounds do not tell the two apart, or hardly.
        reached = change.low <= 1.01 if name == OURS else reached
    what = f"whole command: `conda create --download-only`, {PACKAGES} packages; closed : open, CPU"
    samples = {name: [one and vars(one) for one in series] for name, series in spent.items()}
    return Outcome([Row(what, "within noise", reached, figures)], samples)


def _measure(
    bench: Bench, user: User, environment: Environment, owner: str
) -> Callable[[], Spent | None]:
    source = ("--override-channels", "-c", f"{bench.site.url}/{owner}")
    words = ("create", "-y", "-p", user.prefix("new"), "--download-only", *source, "part-0")
    job = user.command(*words)

    def measure() -> Spent:
        for name in ("pkgs", "envs"):
            shutil.rmtree(user.folder / name, ignore_errors=True)
        return job.spend()

    return measure if environment == bench.ours else attempt(measure)
