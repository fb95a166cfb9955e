"""When a credential expires: dates, and the date inside a JSON Web Token."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from typing import Any

from conda_private.model.secret import Secret


def moment(text: str) -> datetime | None:
    """Parse an ISO 8601 date or date-time, UTC if it has no zone; None for any other text."""
    try:
        value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


def normal(text: str) -> str:
    """Return a date-time as ISO 8601 to the second; any other text unchanged."""
    end = moment(text)
    return end.isoformat(timespec="seconds") if end else text


def describe(expires: str, now: datetime) -> str:
    """Return a date and its distance from now: ``2027-03-01 (in 99 days)``; "" for ""."""
    end = moment(expires)
    return expires if end is None else f"{end:%Y-%m-%d} ({_distance(end, now)})"


def _distance(end: datetime, now: datetime) -> str:
    if end.date() == now.date():
        return "today" if end > now else "earlier today"
    days = (end - now).days
    if days == 0:
        return "tomorrow"
    plural = "" if abs(days) == 1 else "s"
    return f"in {days} day{plural}" if days > 0 else f"{-days} day{plural} ago"


def verb(expires: str, now: datetime) -> str:
    """Return what belongs in front of ``describe``: ``expires``, or ``expired on`` for the past."""
    return "expired on" if ends_within(expires, timedelta(0), now) else "expires"


def ends_within(expires: str, span: timedelta, now: datetime) -> bool:
    """Whether a date is past, or within the span from now; False if it is not known."""
    end = moment(expires)
    return end is not None and end - now <= span


def from_token(secret: Secret) -> str:
    """Return the ``exp`` of a JSON Web Token (RFC 7519), ISO 8601 in UTC; "" for any other token.

    The signature is not checked, because the date is used for warnings only.
    """
    try:
        seconds = float(claims(secret)["exp"])
        return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return ""


def claims(secret: Secret) -> dict[str, Any]:
    """Return what a JSON Web Token says (RFC 7519); nothing for any other token.

    The signature is not checked, because only the server that accepts the token can do that.
    """
    parts = secret.reveal().split(".")
    if len(parts) != 3:
        return {}
    try:
        content = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
