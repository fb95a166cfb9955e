"""When a credential expires: dates as servers write them, and the date inside a token."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_private.model.expiry import describe, ends_within, from_token, moment, normal, verb
from conda_private.model.secret import Secret

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
END = datetime(2027, 3, 1, tzinfo=timezone.utc)
WEEK = timedelta(days=7)


def web_token(payload: bytes) -> Secret:
    """A JSON Web Token with this payload."""
    parts = (b'{"alg":"none"}', payload, b"signature")
    return Secret(".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts))


@pytest.mark.parametrize(
    "text",
    ["2027-03-01", "2027-03-01T00:00:00", "2027-03-01T00:00:00Z", "2027-03-01 00:00:00+00:00",
     "2027-03-01T01:00:00+01:00"],
)  # fmt: skip
def test_date_is_read_in_every_spelling_and_is_utc_without_a_zone(text: str) -> None:
    assert moment(text) == END
    end = moment(normal(text))
    assert end == END
    assert "T" in normal(text)


@pytest.mark.parametrize("text", ["", "never", "2027", "31.12.2027", "2027-02-30", "\0"])
def test_text_that_is_not_a_date_is_none_and_stays_unchanged(text: str) -> None:
    assert moment(text) is None
    assert normal(text) == text
    assert describe(text, NOW) == text
    assert not ends_within(text, timedelta(days=100_000), NOW)


@given(st.text())
def test_no_text_makes_reading_a_date_fail(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert isinstance(describe(text, NOW), str)
    assert ends_within(text, WEEK, NOW) in (True, False)


def test_fractions_of_a_second_are_dropped() -> None:
    assert normal("2027-03-01T00:00:00.999+00:00") == "2027-03-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (NOW + timedelta(days=99, hours=1), "2027-03-01 (in 99 days)"),
        (NOW + timedelta(days=2), "2026-11-24 (in 2 days)"),
        (NOW - timedelta(days=3), "2026-11-19 (3 days ago)"),
    ],
)
def test_description_has_the_date_and_the_distance(end: datetime, words: str) -> None:
    assert describe(end.isoformat(), NOW) == words


@pytest.mark.parametrize(
    ("hours", "words", "before"),
    [
        (1, "2026-11-22 (today)", "expires"),
        (13, "2026-11-23 (tomorrow)", "expires"),
        (24, "2026-11-23 (in 1 day)", "expires"),
        (-1, "2026-11-22 (earlier today)", "expired on"),
        (-13, "2026-11-21 (1 day ago)", "expired on"),
    ],
)
def test_hours_are_told_in_words(hours: int, words: str, before: str) -> None:
    end = (NOW + timedelta(hours=hours)).isoformat()
    assert (describe(end, NOW), verb(end, NOW)) == (words, before)


def test_expiry_that_is_no_date_is_not_in_the_past() -> None:
    assert verb("someday", NOW) == verb("", NOW) == "expires"


@pytest.mark.parametrize(
    ("left", "within"),
    [(timedelta(days=8), False), (WEEK + timedelta(seconds=1), False), (WEEK, True),
     (timedelta(0), True), (timedelta(days=-1), True)],
)  # fmt: skip
def test_span_includes_its_end_and_the_past(left: timedelta, within: bool) -> None:
    assert ends_within((NOW + left).isoformat(), WEEK, NOW) is within


@pytest.mark.parametrize("number", [END.timestamp(), int(END.timestamp())])
def test_web_token_tells_when_it_ends(number: float) -> None:
    token = web_token(json.dumps({"sub": "alice", "exp": number}).encode())
    assert from_token(token) == "2027-03-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"[]", b'"exp"', b"null", b"\xff\xfe", b'{"exp": null}', b'{"exp": "soon"}',
     b'{"exp": 1e999}', b'{"exp": NaN}', b'{"exp": 1e18}', b'{"exp": -1e18}', b'{"exp": []}',
     b'{"exp": ' + b"9" * 5000 + b"}", b"{", b"[" * 9000],
    ids=lambda payload: payload[:20].decode(errors="replace"),
)  # fmt: skip
def test_web_token_without_a_date_in_it_has_none(payload: bytes) -> None:
    assert from_token(web_token(payload)) == ""


@pytest.mark.parametrize("text", ["al-1234", "a.b", "a.b.c", "a.b.c.d", "..", "a.%.c"])
def test_other_token_has_no_date(text: str) -> None:
    assert from_token(Secret(text)) == ""


@given(st.binary(max_size=60))
def test_no_payload_makes_a_login_fail(payload: bytes) -> None:
    assert isinstance(from_token(web_token(payload)), str)
