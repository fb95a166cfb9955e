"""When a credential ends: dates, and the date that a JSON Web Token carries in itself."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone

from conda_private.model.secret import Secret


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 date or date-time; without a zone it is UTC. None for "" and rubbish."""
    try:
        value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


def normal(text: str) -> str:
    """A date-time as ISO 8601 to the second; what is none stays as it is."""
    end = moment(text)
    return end.isoformat(timespec="seconds") if end else text


def describe(expires: str, now: datetime) -> str:
    """A date and how far it is: ``2027-03-01 (in 99 days)``; "" for "" ."""
    end = moment(expires)
    if end is None:
        return expires
    days = (end - now).days
    plural = "" if abs(days) == 1 else "s"
    distance = f"in {days} day{plural}" if days >= 0 else f"{-days} day{plural} ago"
    return f"{end:%Y-%m-%d} ({distance})"


def ends_within(expires: str, span: timedelta, now: datetime) -> bool:
    """Whether it ends within the span from now, or has ended; False when nothing is known."""
    end = moment(expires)
    return end is not None and end - now <= span


def from_token(secret: Secret) -> str:
    """The ``exp`` of a JSON Web Token (RFC 7519), ISO 8601 in UTC; "" for any other token.

    The signature is not checked: the date only warns, and decides nothing.
    """
    parts = secret.reveal().split(".")
    if len(parts) != 3:
        return ""
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        seconds = json.loads(base64.urlsafe_b64decode(padded))["exp"]
        return datetime.fromtimestamp(float(seconds), timezone.utc).isoformat(timespec="seconds")
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return ""
