"""Why a text is not a logins file: the one line that the user is shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from conda_private.files.logins_format import parse

LOGIN = {"address": "https://conda.example.org/my-org", "scheme": "token", "source": "file"}
ACCOUNT = {"api": "https://api.example.org", "source": "file"}
NOT_VALID = "One of its records has an address, a scheme or a source that is not valid."
NOT_TEXT = "One of its records lacks a value, or one of its values is not text."
NO_OBJECT = "One of its records is not a JSON object."
LACKS = "It lacks its list of logins or its channel_lists."


def file(**parts: Any) -> str:
    """A file with other parts."""
    return json.dumps({"version": 2, "logins": [], "channel_lists": {}, **parts})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "It is not a JSON object."),
        ("[]", "It is not a JSON object."),
        ('{"version": 3}', "Its version is 3; this plugin reads versions 1 and 2."),
        ("{}", "Its version is None; this plugin reads versions 1 and 2."),
        ('{"version": 2}', LACKS),
        (file(logins={}), LACKS),
        (file(channel_lists=[]), LACKS),
        (file(accounts={}), LACKS),
        (file(logins=[1]), NO_OBJECT),
        (file(accounts=["x"]), NO_OBJECT),
        (file(channel_lists={"a": 1}), NO_OBJECT),
        (file(logins=[{**LOGIN, "source": ""}]), NOT_TEXT),
        (file(logins=[{**LOGIN, "account": 1}]), NOT_TEXT),
        (file(accounts=[{"api": ACCOUNT["api"]}]), NOT_TEXT),
        (file(accounts=[{**ACCOUNT, "user": None}]), NOT_TEXT),
        (file(logins=[{**LOGIN, "address": "x"}]), NOT_VALID),
        (file(logins=[{**LOGIN, "scheme": "x"}]), NOT_VALID),
        (file(logins=[{**LOGIN, "api": "x"}]), NOT_VALID),
        (file(accounts=[{**ACCOUNT, "api": "x"}]), NOT_VALID),
    ],
)
def test_reason_is_one_line(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(text)


def test_text_without_a_fault_is_read() -> None:
    content = parse(file(logins=[LOGIN], accounts=[ACCOUNT]))
    assert [str(login.address) for login in content.logins] == [LOGIN["address"]]
    assert [str(account.api) for account in content.accounts] == [ACCOUNT["api"]]
