"""How the costs grow with the logins, the packages and the threads; for the plots."""

from __future__ import annotations

from statistics import median
from typing import Any

from tests.bench.bench import Bench
from tests.bench.finding import per_url
from tests.bench.rows import Outcome

ADDRESSES, PACKAGES, THREADS = (1, 10, 100, 1_000), (25, 50, 100, 200), (1, 2, 4, 8, 16)
CONDA_THREADS = "5"
REQUESTS = 4_000


def run(bench: Bench) -> Outcome:
    """Medians by name, then by what grows."""
    return Outcome(
        [],
        {"addresses": _addresses(bench), "packages": _packages(bench), "threads": _threads(bench)},
    )


def _addresses(bench: Bench) -> dict[str, dict[int, float]]:
    """Seconds for the session and the signature of one new URL."""
    found: dict[str, dict[int, float]] = {each.name: {} for each in bench.with_plugin}
    for labels in ADDRESSES:
        for environment in bench.with_plugin:
            taken = per_url(bench, environment, labels)
            each = median(map(sum, zip(taken["session"], taken["sign"], strict=True))) / 1e9
            found[environment.name][labels] = each
    return found


def _packages(bench: Bench) -> dict[str, dict[int, float]]:
    """Seconds of CPU for the repodata and so many packages."""
    owners = {"open": ["open/label/v0"], "private": ["private/label/v0"]}
    found: dict[str, dict[int, float]] = {name: {} for name in owners}
    user = bench.user(bench.ours, bench.labels(1))
    for count in PACKAGES:
        series: dict[str, list[Any]] = {name: [] for name in owners}
        for _ in range(max(3, bench.rounds // 9)):
            for name, paths in owners.items():
                channels = [f"{bench.site.url}/{path}" for path in paths]
                job = user.inside("downloads", str(count), CONDA_THREADS, *channels)
                series[name].append(job.answer())
        for name in owners:
            found[name][count] = median(one["cpu"] for one in series[name])
    return found


def _threads(bench: Bench) -> dict[int, dict[str, float]]:
    """Seconds for each of many signatures of one process, and how often its keyring was read."""
    found = {}
    for threads in THREADS:
        user = bench.user(bench.ours, bench.labels(1))
        job = user.inside("threads", str(threads), str(REQUESTS), bench.labels(1)[0])
        taken = [job.answer() for _ in range(3)]
        found[threads] = {kind: min(one[kind] for one in taken) for kind in ("cpu", "wall")}
        found[threads]["reads"] = user.reads / len(taken)
    return found
