"""What is tried again, after how long, and what is certainly not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ConnectTimeout,
    InvalidURL,
    ProxyError,
    ReadTimeout,
    SSLError,
    TooManyRedirects,
)
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from conda_private.http.retries import LONGEST_PAUSE, PAUSES, asked_for, pause, pause_after_error

POOL = HTTPConnectionPool("conda.example.org")
NEVER_SENT = ConnectionError(
    MaxRetryError(POOL, "/", NewConnectionError(HTTPConnection("conda.example.org"), "refused"))
)
BROKEN = ConnectionError(ProtocolError("Connection aborted."))


def answer(status: int, retry_after: str | None = None) -> requests.Response:
    """An answer that never was on a wire."""
    response = requests.Response()
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = retry_after
    return response


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_server_is_asked_three_times_with_growing_pauses(status: int) -> None:
    busy = answer(status)
    found = [pause(attempt, busy, may_repeat=True) for attempt in range(3)]
    assert found == [*PAUSES, None]


@pytest.mark.parametrize("status", [200, 204, 302, 304, 400, 401, 403, 404, 409, 500, 501])
def test_other_answer_is_the_one_to_live_with(status: int) -> None:
    assert pause(0, answer(status, "1"), may_repeat=True) is None
    assert pause(0, answer(status, "1"), may_repeat=False) is None


@pytest.mark.parametrize(
    ("status", "again"), [(429, True), (503, True), (502, False), (504, False)]
)
def test_what_may_have_worked_is_repeated_only_when_the_server_says_it_did_not(
    status: int, again: bool
) -> None:
    assert (pause(0, answer(status), may_repeat=False) is not None) is again


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("1", 1.0), (" 7 ", 7.0), ("30", LONGEST_PAUSE), ("31", None), ("9" * 5000, None)],
)
def test_wish_of_the_server_is_granted_unless_it_is_too_long(
    text: str, seconds: float | None
) -> None:
    assert pause(0, answer(429, text), may_repeat=False) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "-5", "1.5", "5 seconds", "\u0665", "0x10", "nan", "inf"),
        "Mon, 31 Feb 2026 12:00:00 GMT",
        "Mon, 20 Nov 2026 12:00:00 +99999999999999999999",
        "Mon, 20 Nov 99999999999999999999 12:00:00 +0000",
    ],
)
def test_wish_that_makes_no_sense_leaves_our_own_pause(text: str) -> None:
    assert asked_for(answer(503, text)) is None
    assert pause(1, answer(503, text), may_repeat=True) == PAUSES[1]


def test_date_is_a_wish_too() -> None:
    soon = datetime.now(timezone.utc) + timedelta(seconds=20)
    found = asked_for(answer(503, format_datetime(soon, usegmt=True)))
    assert found is not None
    assert 17 < found <= 20
    without_zone = f"{soon:%d %b %Y %H:%M:%S} -0000"
    assert 17 < (asked_for(answer(503, without_zone)) or 0) <= 20


def test_date_that_is_over_is_no_pause_and_one_far_away_is_none_to_wait_for() -> None:
    assert asked_for(answer(503, "Fri, 20 Nov 2020 12:00:00 GMT")) == 0.0
    assert pause(0, answer(503, "Fri, 20 Nov 2099 12:00:00 GMT"), may_repeat=True) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255)))
def test_no_header_breaks_it(text: str) -> None:
    found = pause(0, answer(503, text), may_repeat=True)
    assert found is None or 0 <= found <= LONGEST_PAUSE


@pytest.mark.parametrize("error", [BROKEN, ReadTimeout(), ChunkedEncodingError()])
def test_broken_connection_is_tried_again_where_twice_is_as_once(
    error: requests.RequestException,
) -> None:
    found = [pause_after_error(attempt, error, may_repeat=True) for attempt in range(3)]
    assert found == [*PAUSES, None]
    assert pause_after_error(0, error, may_repeat=False) is None


@pytest.mark.parametrize("error", [NEVER_SENT, ConnectTimeout()])
def test_request_that_never_left_is_tried_again_whatever_it_does(
    error: requests.RequestException,
) -> None:
    assert pause_after_error(0, error, may_repeat=False) == PAUSES[0]


@pytest.mark.parametrize(
    "error", [SSLError("certificate"), ProxyError("407"), InvalidURL(), TooManyRedirects()]
)
def test_error_that_comes_again_is_not_met_twice(error: requests.RequestException) -> None:
    assert pause_after_error(0, error, may_repeat=True) is None


def test_error_without_a_reason_counts_as_sent() -> None:
    assert pause_after_error(0, ConnectionError(), may_repeat=False) is None
