"""Files that are open elsewhere, as Windows refuses them: repeated for a while, and not longer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from conda_private.files.systems import READING, REPLACING, repeated


class _Refused:
    """A call that Windows refuses some times."""

    def __init__(self, times: float) -> None:
        self.times, self.calls = times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise PermissionError(13, "Permission denied")
        return "done"


def test_collision_that_passes_is_not_an_error() -> None:
    action = _Refused(5)
    assert repeated(action, 10) == "done"
    assert action.calls == 6


def test_access_that_stays_refused_is_an_error_after_the_time() -> None:
    begin = time.monotonic()
    action = _Refused(float("inf"))
    with pytest.raises(PermissionError):
        repeated(action, 0.1)
    assert 0.1 <= time.monotonic() - begin < 5
    assert action.calls > 2


def test_attempts_are_not_a_busy_loop() -> None:
    action = _Refused(float("inf"))
    with pytest.raises(PermissionError):
        repeated(action, 0.1)
    assert action.calls < 60


def test_other_errors_are_not_repeated(tmp_path: Path) -> None:
    begin = time.monotonic()
    with pytest.raises(FileNotFoundError):
        repeated(tmp_path.joinpath("none").unlink, 10)
    assert time.monotonic() - begin < 5


def test_conda_waits_less_for_a_read_than_a_login_for_a_write() -> None:
    assert READING <= 1 < REPLACING
