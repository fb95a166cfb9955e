"""Processes and what they cost: CPU time and peak memory as the system accounts for them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 15  # seconds
_SPEND = Path(__file__).parent / "inside" / "spend.py"


@dataclass(frozen=True)
class Spent:
    """What one process cost: seconds of CPU (user and system), of wall clock, and peak KiB."""

    cpu: float
    wall: float
    peak: int


class JobFailed(Exception):
    """A process did not exit 0."""


def attempt(measure: Callable[[], T]) -> Callable[[], T | None]:
    """The measure of a plugin that may fail under threads: None then, and the others go on."""

    def measured() -> T | None:
        try:
            return measure()
        except JobFailed:
            return None

    return measured


@dataclass(frozen=True)
class Job:
    """A process to be measured."""

    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path

    def spend(self) -> Spent:
        """Run it; it must exit 0."""
        return Spent(*self._run([sys.executable, "-I", "-S", _SPEND, *self.command]))

    def instructions(self) -> int:
        """Run it below valgrind, which counts what the process itself does; it must exit 0."""
        tool = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}")
        told = self._done([*tool, *self.command]).stderr
        return int(told.rpartition("Collected : ")[2].split()[0])

    def answer(self) -> Any:
        """Run it; gives the JSON on the last line of its output."""
        return self._run(self.command)

    def _run(self, command: Sequence[str | Path]) -> Any:
        return json.loads(self._done(command).stdout.strip().rpartition("\n")[2])

    def _done(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(word) for word in command],
            env=dict(self.environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise JobFailed(f"{self.command} failed:\n{done.stderr}{done.stdout}")
        return done


def interleave(
    rounds: int, measures: Mapping[str, Callable[[], Any]], *, warm: bool = True
) -> dict[str, list[Any]]:
    """Measure each once a round, in changing order, so that all meet the same weather.

    Args:
        rounds: how many results there are of each.
        measures: by name. One that takes longer than ``PATIENCE`` is measured only once.
        warm: whether a first round, which compiles modules and fills caches, is thrown away.
    """
    results: dict[str, list[Any]] = {name: [] for name in measures}
    left = dict(measures)
    dice = random.Random()  # another order in each run, so that two runs can be put together
    for round_ in range(-1 if warm else 0, rounds):
        for name in dice.sample(sorted(left), len(left)):
            begin = time.monotonic()
            result = left[name]()
            slow = round_ < 0 and time.monotonic() - begin > PATIENCE
            if slow:
                del left[name]
            if slow or round_ >= 0:
                results[name].append(result)
    return results


@dataclass(frozen=True)
class Change:
    """One series of figures beside another.

    Attributes:
        ratio: the median of the rounds' ratios.
        added: the median of the rounds' differences.
        low, high: between them is the ratio in 95 of 100 resamplings of the rounds.
    """

    ratio: float
    added: float
    low: float
    high: float


def compare(figures: Sequence[float | None], base: Sequence[float | None]) -> Change | None:
    """How much more one series is than another, round by round.

    What is measured in one round meets the same weather, which changes more from minute to minute
    than a plugin costs. A round in which either failed (None) is left out; without any round there
    is nothing to compare.
    """
    rounds = [(one, other) for one, other in zip(figures, base, strict=False) if one and other]
    if not rounds:
        return None
    ratios = [one / other for one, other in rounds]
    dice = random.Random(1)
    drawn = sorted(median(dice.choices(ratios, k=len(ratios))) for _ in range(1000))
    added = median(one - other for one, other in rounds)
    return Change(median(ratios), added, drawn[25], drawn[974])
