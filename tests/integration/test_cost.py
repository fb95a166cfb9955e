"""What a login costs does not grow with the channel: 2 x 1,000 and 2 x 300,000 records."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from conda_private.http.index_names import JSON, SHARDS, ZST
from tests.http.index_server import GOOD, Channel, serve, shown
from tests.http.test_index_names import compressed, index_in
from tests.integration.runner import Conda

pytestmark = [pytest.mark.hard, pytest.mark.timeout(600)]

FEW, MANY = 1_000, 300_000  # files
BUILDS = 20  # of a package; in conda-forge there are more than 30
ROUNDS = 3
TOKEN = GOOD.removeprefix("token ")
RECORD = {
    "build": "py311_0",
    "build_number": 0,
    "depends": ["python >=3.11,<3.12.0a0", "numpy >=1.23", "libfoo >=2,<3"],
    "license": "BSD-3-Clause",
    "size": 123456,
    "timestamp": 1700000000000,
    "version": "1.2.3",
}
# A process of its own: the memory of this one would count as that of its child.
MEASURE = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
FORMS = {"json": (JSON,), "zst": (JSON, ZST), "shards": (JSON, ZST, SHARDS)}


@cache
def index(form: str, count: int, step: int) -> bytes:
    """An index of so many files, of which each ``step``-th package is shown, made by hand."""
    names = [f"pkg-{at:06}" for at in range(0, count // BUILDS, step)]
    if form == SHARDS.file:
        return index_in(SHARDS, {name: name[-6:] for name in names})
    if form == ZST.file:
        return compressed(index(JSON.file, count, step))
    # 400 bytes each, as in the large public channels.
    records = {
        f"{name}-1.{build}-py311_0.conda": {**RECORD, "name": name, "sha256": f"{at:064x}"}
        for at, name in enumerate(names)
        for build in sorted(map(str, range(BUILDS)))  # in alphabetical order, as conda-index does
    }
    return json.dumps({"info": {}, "packages": {}, "packages.conda": records}).encode()


def files(forms: str, count: int, step: int) -> dict[str, bytes]:
    """The files of a subdir."""
    return {form.file: index(form.file, count, step) for form in FORMS[forms]}


def cost(conda: Conda, channel: Channel) -> tuple[float, float, int]:
    """Seconds, seconds of CPU and KiB of a login: the least of a few."""
    conda.run("--version")  # writes conda's settings
    words = ["private", "login", channel.url, "--token-stdin", "--dry-run"]
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(conda.executable), *words],
            input=TOKEN,
            env=conda.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, cpu, size = done.stdout.split()[-3:]
        found.append((float(seconds), float(cpu), int(size)))
    walls, cpus, sizes = zip(*found, strict=True)
    return min(walls), min(cpus), min(sizes)


def growth(conda: Conda, public: str, forms: str = "json") -> tuple[float, float]:
    """How much more CPU and memory the large channel takes than the small one.

    The wall time, which is printed, depends on what else runs.
    """
    costs = []
    for count in (FEW, MANY):
        open_part = {} if public == "closed" else files(forms, count, 2)
        with serve(shown(open_part, files(forms, count, 1))) as channel:
            costs.append(cost(conda, channel))
    (few, cpu_few, small), (many, cpu_many, large) = costs
    print(
        f"{public} {forms}: wall {few:.2f} s, {many:.2f} s; CPU {cpu_few:.2f} s, {cpu_many:.2f} s;"
    )
    print(f"  memory {small >> 10} MiB, {large >> 10} MiB")
    return cpu_many / cpu_few, large / small


@pytest.fixture
def user(request: pytest.FixtureRequest, tmp_path: Path) -> Conda:
    """A user of conda."""
    executable = request.config.getoption("--conda")
    alias = "http://127.0.0.1:1"
    return Conda(executable, request.config.getoption("--solver"), tmp_path / "user", alias)


def test_closed_channel_costs_the_same_whatever_its_size(user: Conda) -> None:
    seconds, memory = growth(user, "closed")
    assert seconds <= 1.2
    assert memory <= 1.1


@pytest.mark.parametrize("forms", FORMS)
def test_half_public_channel_costs_little_more_when_it_is_large(user: Conda, forms: str) -> None:
    seconds, memory = growth(user, "half public", forms)
    assert memory <= 1.5
    assert seconds <= 3
