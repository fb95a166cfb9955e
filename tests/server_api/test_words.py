"""The texts of a server are safe for a terminal."""

from __future__ import annotations

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from conda_private.server.words import (
    MAX_TEXT,
    error_message,
    header_warnings,
    printable,
    server_modes,
)


def answer(body: bytes) -> requests.Response:
    """An answer with a body."""
    response = requests.Response()
    response._content = body
    return response


@given(st.text())
def test_text_is_short_and_does_not_move_the_cursor(text: str) -> None:
    shown = printable(text)
    assert len(shown) <= MAX_TEXT
    assert shown.isprintable()


def test_escape_sequences_line_breaks_and_reversed_text_have_no_effect() -> None:
    assert printable("a\x1b[2J\r\nb\u202ec\x00\u200b\ud800") == "a[2Jbc"


@pytest.mark.parametrize("nothing", [None, "", 0, False, [], {}])
def test_empty_value_is_no_text(nothing: object) -> None:
    assert printable(nothing) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": "No way."}', "No way"),
        (b'{"message": "No\\u001b[31m way"}', "No[31m way"),
        (b'{"error": "", "message": "second"}', "second"),
        (b'{"error": {"code": 5}}', "{'code': 5}"),
        (b'{"error": null}', ""),
        (b'["error"]', ""),
        (b'"error"', ""),
        (b"<!doctype html><title>Error</title>", ""),
        (b"\xff\xfe", ""),
        (b"", ""),
        (b"[" * 100_000, ""),
        (json.dumps({"error": "x" * 10_000}).encode(), "x" * MAX_TEXT),
    ],
)
def test_message_of_a_refusal(body: bytes, words: str) -> None:
    assert error_message(answer(body)) == words


def test_headers_warn_about_the_token_and_the_mode_of_the_server() -> None:
    headers = requests.structures.CaseInsensitiveDict(
        {
            "conda-token-warning": "It ends\x1b soon",
            "x-anaconda-lockdown": "1",
            "X-Anaconda-Read-Only": "true",
        }
    )
    token, *state = header_warnings(headers)
    assert token == "The server's warning about this token: It ends soon"
    assert state == server_modes(headers)
    assert ["lockdown" in each for each in state] == [True, False]
    assert "read-only" in state[1]
    assert list(header_warnings({})) == []
    assert list(header_warnings({"Conda-Token-Warning": "\x1b"})) == []
