"""Processes and what they cost: CPU time and peak memory as the system accounts for them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

_SPEND = Path(__file__).parent / "inside" / "spend.py"


@dataclass(frozen=True)
class Spent:
    """What one process cost: seconds of CPU (user and system), of wall clock, and peak KiB."""

    cpu: float
    wall: float
    peak: int


@dataclass(frozen=True)
class Job:
    """A process to be measured."""

    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path

    def spend(self) -> Spent:
        """Run it; it must exit 0."""
        return Spent(*self._run([sys.executable, "-I", "-S", _SPEND, *self.command]))

    def answer(self) -> Any:
        """Run it; gives the JSON on the last line of its output."""
        return self._run(self.command)

    def _run(self, command: Sequence[str | Path]) -> Any:
        done = subprocess.run(
            [str(word) for word in command],
            env=dict(self.environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.command} failed:\n{done.stderr}{done.stdout}")
        return json.loads(done.stdout.strip().rpartition("\n")[2])


def interleave(
    rounds: int, measures: Mapping[str, Callable[[], Any]], *, warm: bool = True
) -> dict[str, list[Any]]:
    """Measure each once a round, in changing order, so that all meet the same weather.

    Args:
        rounds: how many results there are of each.
        measures: by name.
        warm: whether a first round, which compiles modules and fills caches, is thrown away.
    """
    results: dict[str, list[Any]] = {name: [] for name in measures}
    dice = random.Random(rounds)
    for round_ in range(-1 if warm else 0, rounds):
        names = list(measures)
        dice.shuffle(names)
        for name in names:
            result = measures[name]()
            if round_ >= 0:
                results[name].append(result)
    return results


@dataclass(frozen=True)
class Change:
    """One series of figures beside another.

    Attributes:
        ratio: of the medians.
        added: the difference of the medians.
        low, high: between them is the ratio in 95 of 100 resamplings of the rounds.
    """

    ratio: float
    added: float
    low: float
    high: float


def compare(figures: Sequence[float], base: Sequence[float]) -> Change:
    """How much more one series is than another of as many rounds."""
    dice = random.Random(1)
    ratios = []
    for _ in range(1000):
        drawn = dice.choices(range(len(figures)), k=len(figures))
        ratios.append(median(figures[i] for i in drawn) / median(base[i] for i in drawn))
    ratios.sort()
    top, bottom = median(figures), median(base)
    return Change(top / bottom, top - bottom, ratios[25], ratios[974])
