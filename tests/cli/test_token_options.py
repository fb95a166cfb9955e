"""When a new token expires: a time span, or a date."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime, timedelta, timezone

import pytest

from conda_private.cli.arguments import seconds_until, span


@pytest.mark.parametrize(
    ("text", "seconds"), [("12h", 43_200), ("90d", 7_776_000), ("8w", 4_838_400), ("1h", 3600)]
)
def test_span_is_a_number_of_seconds(text: str, seconds: int) -> None:
    assert seconds_until(text) == seconds
    assert span(text) == timedelta(seconds=seconds)


def test_date_is_the_number_of_seconds_until_then() -> None:
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    assert 0 < seconds_until(f"{tomorrow:%Y-%m-%d}") <= 86_400
    until = seconds_until(f"{tomorrow:%Y-%m-%dT%H:%M:%S}")
    assert 86_390 <= until <= 86_400


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1y", "999999d", "2027-13-01", "soon"])
def test_text_that_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        seconds_until(text)
    with pytest.raises(ArgumentTypeError):
        span(text)


@pytest.mark.parametrize("text", ["0d", "0h", "2020-01-01"])
def test_time_that_is_not_in_the_future_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="not in the future"):
        seconds_until(text)
