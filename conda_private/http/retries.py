"""Decides whether one of our own requests is repeated, and after how many seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import count

import requests
from urllib3.exceptions import NewConnectionError

from conda_private.http.errors import connection_error

PAUSES = (0.5, 1.5)  # seconds before the second and the third attempt
LONGEST_PAUSE = 30.0  # seconds; a server that asks for more is reported, not waited for
_MAX_DIGITS = 9  # of a number of seconds, so that it stays printable
_BUSY = frozenset({429, 502, 503, 504})
# The server has certainly not processed the request.
_NOT_PROCESSED = frozenset({429, 503})


def with_retries(
    send: Callable[[], requests.Response], host: str, *, idempotent: bool = True
) -> requests.Response:
    """Send a request up to three times.

    Args:
        send: sends the request once.
        host: the host that it is sent to, for errors.
        idempotent: whether sending it twice has the effect of sending it once.

    Raises:
        ConnectionFailedError: the server did not answer.
        TlsError: the server's certificate is not trusted.
        ProxyRefusedError: the proxy requires a credential.
    """
    for attempt in count():
        try:
            response = send()
            seconds = pause(attempt, response, idempotent=idempotent)
            if seconds is None:
                return response
        except requests.RequestException as error:
            seconds = pause_after_error(attempt, error, idempotent=idempotent)
            problem = connection_error(host, error)
        if seconds is None:
            break  # and not chained: the library's error holds the request and its credential
        time.sleep(seconds)
    raise problem


def pause(attempt: int, response: requests.Response, *, idempotent: bool) -> float | None:
    """Return the seconds until the next attempt after an answer; None if this answer is final.

    Args:
        attempt: 0 for the first attempt.
        response: the answer.
        idempotent: whether sending the request twice has the effect of sending it once.
    """
    repeatable = _BUSY if idempotent else _NOT_PROCESSED
    if response.status_code not in repeatable or attempt >= len(PAUSES):
        return None
    wanted = retry_after(response)
    if wanted is None:
        return PAUSES[attempt]
    return wanted if wanted <= LONGEST_PAUSE else None


def pause_after_error(
    attempt: int, error: requests.RequestException, *, idempotent: bool
) -> float | None:
    """Return the seconds until the next attempt after an error; None if this error is final.

    Args:
        attempt: 0 for the first attempt.
        error: the error.
        idempotent: whether sending the request twice has the effect of sending it once.
    """
    broken = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    final = (requests.exceptions.SSLError, requests.exceptions.ProxyError)
    if not isinstance(error, broken) or isinstance(error, final) or attempt >= len(PAUSES):
        return None
    return PAUSES[attempt] if idempotent or _never_sent(error) else None


def retry_after(response: requests.Response) -> float | None:
    """Return ``Retry-After`` in seconds (RFC 9110, section 10.2.3); None if missing or invalid."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MAX_DIGITS])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=timezone.utc)
    return max(0.0, (aware - datetime.now(timezone.utc)).total_seconds())


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)
