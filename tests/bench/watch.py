"""What it costs to watch an index for remembered names, where they are in it.

Two channels have the same index, and the names of one are remembered. One process reads them in
turn, so that a difference of much less than 1 % of a command shows.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from statistics import median
from typing import Any

from conda_private.files.memory import MemoryFolder
from conda_private.http.index_difference import spread
from conda_private.http.index_names import JSON, SHARDS, ZST, Form
from conda_private.model.address import Address
from conda_private.model.memory import remember
from conda_private.model.ports import SAMPLE
from conda_private.model.secret import Secret
from tests.bench.bench import Bench
from tests.bench.measuring import Change, compare
from tests.bench.rows import OURS, Outcome, Row, milli
from tests.bench.users import SECRET, User
from tests.http.index_server import serve, shown
from tests.integration.test_cost import BUILDS, index

RECORDS = (20_000, 300_000)
FORMS = (JSON, ZST, SHARDS)
MAX_RATIO = 1.01


def run(bench: Bench) -> Outcome:
    """Each form of the index, small and large."""
    done = {(form, count): _measure(bench, form, count) for count in RECORDS for form in FORMS}
    rows = [_row(form, count, found) for (form, count), found in done.items()]
    return Outcome(rows, {f"{form.file}, {n}": found for (form, n), found in done.items()})


def _measure(bench: Bench, form: Form, count: int) -> dict[str, Any]:
    with serve(shown(_files(form, count))) as channel:
        origin = channel.url.rpartition("/")[0]
        channels = [f"{origin}/watched", f"{origin}/other"]
        user = bench.user(bench.ours, channels)
        _remember(user, channels[0], count)
        job = user.inside("watching", str(bench.rounds), form.file, *channels)
        done = [job.answer() for _ in range(3)]  # what is done once in a process
        pairs = {name: [n for each in done for n in each[name]] for name in ("watched", "other")}
        once = median(each["once"] for each in done)
        return {**pairs, "once": once, "command": _command(bench, user, channels[1])}


def _files(form: Form, count: int) -> dict[str, bytes]:
    # This conda reads no shards. Beside them there is the least index, for a command to compare
    # with: it is the one that costs least.
    least = BUILDS if form == SHARDS else count
    return {JSON.file: index(JSON.file, least, 1), form.file: index(form.file, count, 1)}


def _remember(user: User, channel: str, count: int) -> None:
    names = spread([b"pkg-%06d" % at for at in range(count // BUILDS)], SAMPLE)
    address = Address.parse(channel)
    memory = remember(address, Secret(SECRET), {"noarch": names})
    MemoryFolder(user.data_folder / "memory").write(address, memory)


def _command(bench: Bench, user: User, channel: str) -> float:
    """The least seconds of CPU of a ``conda search`` that reads the index."""
    job = user.command("search", "--override-channels", "-c", channel, "pkg-000000")
    taken = []
    for _ in range(bench.few):
        shutil.rmtree(user.folder / "pkgs", ignore_errors=True)
        taken.append(job.spend().cpu)
    return min(taken)


def cost(found: Mapping[str, Any]) -> Change:
    """A command that watches beside one that does not; what is done once is included."""
    command = found["command"]
    added = [one - two for one, two in zip(found["watched"], found["other"], strict=True)]
    change = compare([command + found["once"] + each for each in added], [command] * len(added))
    assert change
    return change


def _row(form: Form, count: int, found: Mapping[str, Any]) -> Row:
    change, command = cost(found), found["command"]
    once, bounds = found["once"], f"{change.low:.4f} to {change.high:.4f}"
    added = f"{milli(change.added - once, '+')}, and {milli(once)} once in a process"
    return Row(
        f"watching `{form.file}`, {count:,} records (`conda search`: {command:.2f} s)",
        goal="x1.01",
        reached=change.ratio <= MAX_RATIO,
        figures={OURS: f"x{change.ratio:.4f} ({bounds}), {added}"},
    )
