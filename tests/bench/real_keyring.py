"""A real Secret Service, asked once for an item: as we do it, and as the library alone does.

``make bench ARGS="--only keyring"``, on demand: it needs gnome-keyring and a bus.
"""

from __future__ import annotations

import sys
from shutil import which
from statistics import median
from typing import Any

from tests.bench.bench import Bench
from tests.bench.measuring import Job, interleave
from tests.bench.rows import OURS, Outcome, Row, milli

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
UNLOCK = "printf x | gnome-keyring-daemon --unlock --components=secrets >&2"
# The interpreter, the script, and how it reads the item.
RUN = f'{UNLOCK} && "$1" "$2" store && exec "$@"'
NAMES = {"ours": OURS, "searched": "without a recorded backend", "library": "keyring alone"}


def run(bench: Bench) -> Outcome:
    """CPU, with that of the programs which the search starts, and the clock on the wall."""
    if not all(map(which, PROGRAMS)):
        sys.exit("There is no keyring here: apt-get install gnome-keyring dbus-daemon")
    jobs = {who: _job(bench, who) for who in NAMES}
    done = interleave(bench.rounds, {who: job.answer for who, job in jobs.items()})
    figures = {name: _shown(done[who]) for who, name in NAMES.items()}
    return Outcome([Row("read an item of a real keyring", "", None, figures)], {"keyring": done})


def _job(bench: Bench, who: str) -> Job:
    user = bench.user(bench.ours)
    inside = user.inside("real_keyring", who)
    session = ("dbus-run-session", "--", "sh", "-c", RUN, "sh")
    # Without the variables of `inside`: the library has to search.
    environment = {**user.environment, "XDG_RUNTIME_DIR": str(user.home)}
    del environment["PYTHON_KEYRING_BACKEND"]
    return Job([*session, *inside.command], environment, user.folder)


def _shown(series: list[Any]) -> str:
    cpu, wall = (median(one[kind] for one in series) for kind in ("cpu", "wall"))
    return f"{milli(cpu)} of CPU, {milli(wall)} in all"
