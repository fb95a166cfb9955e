"""The arithmetic and the table of the benchmarks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.bench.measuring import Job, JobFailed, attempt, compare, interleave
from tests.bench.rows import Row, micro, table
from tests.bench.watch import cost


def failing(folder: Path) -> Job:
    return Job(["/bin/sh", "-c", "echo no such thing >&2; exit 3"], {}, folder)


def test_series_beside_itself_costs_nothing() -> None:
    change = compare([1.0, 1.2, 1.4], [1.0, 1.2, 1.4])
    assert (change.ratio, change.added) == (1, 0)
    assert change.low <= 1 <= change.high


def test_rounds_are_compared_each_with_itself() -> None:
    weather = [1.0, 2.0, 3.0, 4.0, 5.0]
    change = compare([each * 1.1 for each in reversed(weather)], list(reversed(weather)))
    assert (change.ratio, change.low, change.high) == pytest.approx((1.1, 1.1, 1.1))
    assert change.added == pytest.approx(0.3)


def test_round_that_failed_on_either_side_is_left_out() -> None:
    change = compare([2.0, None, 2.0], [1.0, 1.0, None])
    assert (change.ratio, change.added) == (2, 1)
    assert compare([None, 2.0], [1.0, None]) is None


def test_one_wild_round_changes_neither_ratio_nor_difference() -> None:
    change = compare([2.0, 2.0, 2.0, 2.0, 90.0], [1.0, 1.0, 1.0, 1.0, 1.0])
    assert (change.ratio, change.added) == (2, 1)


def test_each_is_measured_once_a_round_and_the_first_round_is_thrown_away() -> None:
    calls: list[str] = []

    def measure(name: str) -> int:
        calls.append(name)
        return len(calls)

    found = interleave(3, {name: partial(measure, name) for name in "ab"})
    assert sorted(calls) == list("aaaabbbb")
    assert [sorted(pair) for pair in zip(found["a"], found["b"], strict=True)] == [
        [3, 4],
        [5, 6],
        [7, 8],
    ]


def test_what_is_spent_is_that_of_the_command_and_not_of_us(tmp_path: Path) -> None:
    memory = bytearray(200 * 1024 * 1024)
    memory[::4096] = b"x" * (len(memory) // 4096)
    spent = Job(["/bin/sh", "-c", ":"], {}, tmp_path).spend()
    assert spent.peak < 100 * 1024
    assert spent.cpu < 5


def test_command_that_fails_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="no such thing"):
        failing(tmp_path).spend()
    assert attempt(failing(tmp_path).spend)() is None


def test_table_says_what_is_missed() -> None:
    rows = [
        Row("start", "x1.01", reached=True, figures={"conda-private": "x1.003"}),
        Row("memory", "1 MiB", reached=False, figures={"conda-private": "+2", "peer": "+9"}),
    ]
    assert table(rows).splitlines() == [
        "| what   | conda-private | peer | goal  | reached |",
        "| ------ | ------------- | ---- | ----- | ------- |",
        "| start  | x1.003        |      | x1.01 | yes     |",
        "| memory | +2            | +9   | 1 MiB | no      |",
    ]


@pytest.mark.parametrize(("seconds", "text"), [(6e-6, "6 us"), (0.0123, "12.3 ms")])
def test_times_are_shown_in_the_unit_that_fits(seconds: float, text: str) -> None:
    assert micro(seconds) == text


def test_cost_of_watching_is_that_of_a_command_with_what_is_done_once() -> None:
    found = {"watched": [0.3, 0.5, 0.4], "other": [0.28, 0.48, 0.38], "once": 0.01, "command": 1.0}
    change = cost(found)
    assert (change.ratio, change.added) == pytest.approx((1.03, 0.03))
    assert change.low <= 1.03 <= change.high
