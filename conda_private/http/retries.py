"""When a request of our own is worth another try, and after how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import count

import requests
from urllib3.exceptions import NewConnectionError

from conda_private.http.errors import connection_error

PAUSES = (0.5, 1.5)  # seconds before the second and the third try
LONGEST_PAUSE = 30.0  # seconds; a server that wants more is told of, not waited for
_MOST_DIGITS = 9  # of seconds; more would be no number that can be said
_BUSY = frozenset({429, 502, 503, 504})
# The server says itself that it has not done what was asked.
_NOT_DONE = frozenset({429, 503})


def patiently(
    once: Callable[[], requests.Response], host: str, *, may_repeat: bool = True
) -> requests.Response:
    """Try up to three times.

    Args:
        once: one try.
        host: whom it asks.
        may_repeat: whether doing it twice is the same as once.

    Raises:
        ConnectionFailedError, TlsError, ProxyRefusedError: there was no answer.
    """
    for attempt in count():
        try:
            response = once()
            seconds = pause(attempt, response, may_repeat=may_repeat)
            if seconds is None:
                return response
        except requests.RequestException as error:
            seconds = pause_after_error(attempt, error, may_repeat=may_repeat)
            problem = connection_error(host, error)
        if seconds is None:
            break  # and not chained: the library's error holds the request and its credential
        time.sleep(seconds)
    raise problem


def pause(attempt: int, response: requests.Response, *, may_repeat: bool) -> float | None:
    """Seconds until the next try; None when this answer is the one to live with.

    Args:
        attempt: 0 for the first try.
        response: what came.
        may_repeat: whether doing it twice is the same as doing it once.
    """
    worth_it = _BUSY if may_repeat else _NOT_DONE
    if response.status_code not in worth_it or attempt >= len(PAUSES):
        return None
    wanted = asked_for(response)
    if wanted is None:
        return PAUSES[attempt]
    return wanted if wanted <= LONGEST_PAUSE else None


def pause_after_error(
    attempt: int, error: requests.RequestException, *, may_repeat: bool
) -> float | None:
    """The same for a request that got no answer."""
    broken = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    final = (requests.exceptions.SSLError, requests.exceptions.ProxyError)
    if not isinstance(error, broken) or isinstance(error, final) or attempt >= len(PAUSES):
        return None
    return PAUSES[attempt] if may_repeat or _never_sent(error) else None


def asked_for(response: requests.Response) -> float | None:
    """What ``Retry-After`` asks for, in seconds; None where it is missing or makes no sense."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MOST_DIGITS])
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
