"""Which requests are repeated, after how long, and which are certainly not."""

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

from conda_private.http.retries import LONGEST_PAUSE, PAUSES, pause, pause_after_error, retry_after

POOL = HTTPConnectionPool("conda.example.org")
NEVER_SENT = ConnectionError(
    MaxRetryError(POOL, "/", NewConnectionError(HTTPConnection("conda.example.org"), "refused"))
)
BROKEN = ConnectionError(ProtocolError("Connection aborted."))


def answer(status: int, header: str | None = None) -> requests.Response:
    """An answer that was never sent."""
    response = requests.Response()
    response.status_code = status
    if header is not None:
        response.headers["Retry-After"] = header
    return response


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_server_gets_three_requests_with_growing_pauses(status: int) -> None:
    busy = answer(status)
    found = [pause(attempt, busy, idempotent=True) for attempt in range(3)]
    assert found == [*PAUSES, None]


@pytest.mark.parametrize("status", [200, 204, 302, 304, 400, 401, 403, 404, 409, 500, 501])
def test_any_other_answer_is_final(status: int) -> None:
    assert pause(0, answer(status, "1"), idempotent=True) is None
    assert pause(0, answer(status, "1"), idempotent=False) is None


@pytest.mark.parametrize(
    ("status", "again"), [(429, True), (503, True), (502, False), (504, False)]
)
def test_request_that_may_have_succeeded_is_repeated_only_if_it_was_not_processed(
    status: int, again: bool
) -> None:
    assert (pause(0, answer(status), idempotent=False) is not None) is again


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("1", 1.0), (" 7 ", 7.0), ("30", LONGEST_PAUSE), ("31", None), ("9" * 5000, None)],
)
def test_retry_after_is_honored_unless_it_is_too_long(text: str, seconds: float | None) -> None:
    assert pause(0, answer(429, text), idempotent=False) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "-5", "1.5", "5 seconds", "\u0665", "0x10", "nan", "inf"),
        "Mon, 31 Feb 2026 12:00:00 GMT",
        "Mon, 20 Nov 2026 12:00:00 +99999999999999999999",
        "Mon, 20 Nov 99999999999999999999 12:00:00 +0000",
    ],
)
def test_invalid_retry_after_is_ignored(text: str) -> None:
    assert retry_after(answer(503, text)) is None
    assert pause(1, answer(503, text), idempotent=True) == PAUSES[1]


def test_retry_after_can_be_a_date() -> None:
    soon = datetime.now(timezone.utc) + timedelta(seconds=20)
    found = retry_after(answer(503, format_datetime(soon, usegmt=True)))
    assert found is not None
    assert 17 < found <= 20
    without_zone = f"{soon:%d %b %Y %H:%M:%S} -0000"
    assert 17 < (retry_after(answer(503, without_zone)) or 0) <= 20


def test_past_date_is_no_pause_and_a_distant_one_is_final() -> None:
    assert retry_after(answer(503, "Fri, 20 Nov 2020 12:00:00 GMT")) == 0.0
    assert pause(0, answer(503, "Fri, 20 Nov 2099 12:00:00 GMT"), idempotent=True) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255)))
def test_any_header_is_read_without_an_error(text: str) -> None:
    found = pause(0, answer(503, text), idempotent=True)
    assert found is None or 0 <= found <= LONGEST_PAUSE


@pytest.mark.parametrize("error", [BROKEN, ReadTimeout(), ChunkedEncodingError()])
def test_idempotent_request_is_repeated_after_a_broken_connection(
    error: requests.RequestException,
) -> None:
    found = [pause_after_error(attempt, error, idempotent=True) for attempt in range(3)]
    assert found == [*PAUSES, None]
    assert pause_after_error(0, error, idempotent=False) is None


@pytest.mark.parametrize("error", [NEVER_SENT, ConnectTimeout()])
def test_request_that_was_never_sent_is_always_repeated(
    error: requests.RequestException,
) -> None:
    assert pause_after_error(0, error, idempotent=False) == PAUSES[0]


@pytest.mark.parametrize(
    "error", [SSLError("certificate"), ProxyError("407"), InvalidURL(), TooManyRedirects()]
)
def test_permanent_error_is_final(error: requests.RequestException) -> None:
    assert pause_after_error(0, error, idempotent=True) is None


def test_request_counts_as_sent_if_the_error_has_no_reason() -> None:
    assert pause_after_error(0, ConnectionError(), idempotent=False) is None
