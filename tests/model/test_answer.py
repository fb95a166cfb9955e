"""What programs print and servers answer: a credential, and when it expires."""

from __future__ import annotations

import base64
import json
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest

from conda_private.model.answer import Answer, parse_answer
from conda_private.model.exceptions import SecretFormatError
from conda_private.model.secret import Secret

NOW = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)
END = datetime(2026, 12, 1, 13, tzinfo=timezone.utc)
SECONDS = int(END.timestamp())
CANARY = "ca-nary-a7"


def jwt(**claims: object) -> str:
    """A JSON Web Token without a signature."""
    return f"h.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.s"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_line_of_text_is_the_credential(end: str) -> None:
    assert parse_answer(f"{CANARY}{end}", NOW) == Answer(Secret(CANARY))


@pytest.mark.parametrize(
    "content",
    [
        {"token": CANARY, "expires": "2026-12-01T13:00:00Z"},
        {"token": CANARY, "expires": "2026-12-01T13:00:00"},
        {"token": CANARY, "expires_at": "2026-12-01T14:00:00+01:00"},
        {
            "kind": "ExecCredential",
            "apiVersion": "client.authentication.k8s.io/v1",
            "status": {"token": CANARY, "expirationTimestamp": "2026-12-01T13:00:00.123456789Z"},
        },
        {"access_token": CANARY, "token_type": "Bearer", "expires_in": 3600},
        {"accessToken": CANARY, "expiresOn": "2026-01-01 10:00:00.000000", "expires_on": SECONDS},
        {"accessToken": CANARY, "expires_on": str(SECONDS)},
        {"authorizationToken": CANARY, "expiration": SECONDS + 0.5},
        {"token": CANARY, "expires": SECONDS * 1000},
        {"credential": {"access_token": CANARY, "token_expiry": "2026-12-01T13:00:00Z"}},
        {"value": CANARY, "expires": "2026-12-01T13:00:00Z"},
    ],
)
def test_expiry_is_understood_in_each_form(content: object) -> None:
    secret, ends = parse_answer(json.dumps(content), NOW)
    assert secret == Secret(CANARY)
    assert ends is not None
    assert ends.replace(microsecond=0) == END


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot change its time zone")
def test_local_time_of_azure_is_in_the_zone_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "XXX-02")  # two hours east of Greenwich
    time.tzset()
    try:
        text = json.dumps({"accessToken": CANARY, "expiresOn": "2026-12-01 15:00:00.000000"})
        assert parse_answer(text, NOW).ends == END
    finally:
        monkeypatch.undo()
        time.tzset()


def test_expiry_of_a_json_web_token_counts_if_no_other_is_stated() -> None:
    token = jwt(exp=SECONDS)
    assert parse_answer(token, NOW) == Answer(Secret(token), END)
    assert parse_answer(json.dumps({"token": token}), NOW) == Answer(Secret(token), END)
    stated = json.dumps({"token": token, "expires_in": 60})
    assert parse_answer(stated, NOW).ends == NOW + timedelta(seconds=60)


@pytest.mark.parametrize("value", [None, "", "soon", [], {}, 1e300, "9" * 30, float("nan")])
def test_expiry_that_is_no_date_is_not_known(value: object) -> None:
    for name in ("expires", "expiresOn", "expires_in"):
        if (name, value) == ("expires_in", 0):
            continue
        text = json.dumps({"token": CANARY, name: value})
        assert parse_answer(text, NOW) == Answer(Secret(CANARY)), name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (f"a {CANARY}\nb", "contains a line break"),
        (f'{{"token": "{CANARY}"', "begins like JSON, and is not valid JSON"),
        (f'{{"password": "{CANARY}"}}', "is JSON without any of: token"),
        (f'{{"token": ["{CANARY}"]}}', "is JSON without any of: token"),
        (f'{{"token": " {CANARY}"}}', "has leading or trailing spaces"),
        ('{"a":' * 20_000, "begins like JSON, and is not valid JSON"),
    ],
)
def test_text_without_a_credential_is_an_error_that_does_not_repeat_it(
    text: str, reason: str
) -> None:
    with pytest.raises(SecretFormatError) as caught:
        parse_answer(text, NOW)
    error = caught.value
    assert error.cause.startswith(f"It {reason}")
    assert CANARY not in f"{error} {error.__dict__!r} {error.__cause__!r} {error.__context__!r}"


def test_answer_is_over_a_minute_before_it_expires() -> None:
    answer = Answer(Secret(CANARY), END)
    assert not answer.is_over(END - timedelta(seconds=61))
    assert answer.is_over(END - timedelta(seconds=60))
    assert not answer.is_over(END - timedelta(seconds=1), timedelta(0))
    assert answer.is_over(END, timedelta(0))
    assert not Answer(Secret(CANARY)).is_over(END)
