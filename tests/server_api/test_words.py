"""The server's own words, made fit for a terminal."""

from __future__ import annotations

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from conda_private.server.words import MAX_TEXT, headers_say, modes, plain, text_of


def answer(body: bytes) -> requests.Response:
    """An answer with a body."""
    response = requests.Response()
    response._content = body
    return response


@given(st.text())
def test_words_are_short_and_move_no_cursor(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= MAX_TEXT
    assert shown.isprintable()


def test_escape_sequences_line_breaks_and_reversed_text_lose_their_power() -> None:
    assert plain("a\x1b[2J\r\nb\u202ec\x00\u200b\ud800") == "a[2Jbc"


@pytest.mark.parametrize("nothing", [None, "", 0, False, [], {}])
def test_nothing_is_no_text(nothing: object) -> None:
    assert plain(nothing) == ""


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
def test_words_of_a_refusal(body: bytes, words: str) -> None:
    assert text_of(answer(body)) == words


def test_headers_say_what_the_token_and_the_server_are_about() -> None:
    headers = requests.structures.CaseInsensitiveDict(
        {
            "conda-token-warning": "It ends\x1b soon",
            "x-anaconda-lockdown": "1",
            "X-Anaconda-Read-Only": "true",
        }
    )
    token, *state = headers_say(headers)
    assert token == "The server says of this token: It ends soon"
    assert state == modes(headers)
    assert ["lockdown" in each for each in state] == [True, False]
    assert "read-only" in state[1]
    assert list(headers_say({})) == []
    assert list(headers_say({"Conda-Token-Warning": "\x1b"})) == []
