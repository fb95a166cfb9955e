"""Options that several actions of ``conda private token`` have."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timedelta, timezone

_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def add_expiry(parser: ArgumentParser) -> None:
    """``--expires``, as a span or a date."""
    parser.add_argument(
        "--expires",
        dest="private_max_age",
        metavar="WHEN",
        type=seconds_until,
        help="90d, 12h, 8w, or a date as 2027-03-01 (default: what the server gives)",
    )


def add_organization(parser: ArgumentParser) -> None:
    """``--org``."""
    parser.add_argument(
        "--org",
        dest="private_org",
        metavar="ORG",
        default="",
        help="a token of this organization, not of your own account",
    )


def add_password(parser: ArgumentParser) -> None:
    """``--password-stdin``: servers may want it before they make a token."""
    parser.add_argument(
        "--password-stdin",
        dest="private_stdin",
        action="store_true",
        help="read your password from standard input, if the server wants it",
    )


def span(text: str) -> timedelta:
    """A span of time: ``12h``, ``30d`` or ``8w``."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ArgumentTypeError("a span is written 12h, 30d or 8w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def seconds_until(text: str) -> int:
    """Seconds from now until the end of a span, or until a date."""
    if _SPAN.fullmatch(text):
        seconds = int(span(text).total_seconds())
    else:
        try:
            until = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        except ValueError:
            raise ArgumentTypeError("it is written 90d, 12h, 8w or 2027-03-01") from None
        seconds = int((until - datetime.now(timezone.utc)).total_seconds())
    if seconds <= 0:
        raise ArgumentTypeError("a token that has ended already is of no use")
    return seconds
