"""The page about scale reckons with what really is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench.environments import CHECKOUT
from tests.bench.scale import SCENES, lines, simulate

PAGE = CHECKOUT / "docs" / "explanation" / "scale.md"
JOBS = 100_000


@pytest.mark.hard
def test_table_of_the_page_is_what_the_simulation_counts(tmp_path: Path) -> None:
    shown = re.findall(r"^\| (?:job|person): .+$", PAGE.read_text(), re.M)
    assert shown == lines(simulate(tmp_path))


def test_totals_of_the_page_are_the_counts_times_the_jobs() -> None:
    text = PAGE.read_text()
    counts = {
        name: list(map(int, numbers.split(" | ")))
        for name, numbers in re.findall(r"^\| ((?:job|person): [^|]+) \| ([\d |]+) \|$", text, re.M)
    }
    assert list(counts) == list(SCENES)
    totals = re.findall(r"^\| per day, ([^|]+) \| (.+) \|$", text, re.M)
    assert totals
    for scene, numbers in totals:
        expected = [f"{each * JOBS:,}" for each in counts[f"job: {scene}"]]
        assert numbers.split(" | ") == expected
