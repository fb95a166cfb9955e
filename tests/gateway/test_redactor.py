"""Secrets are masked wherever the stream is split, and everything else is unchanged."""

from __future__ import annotations

import base64
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conda_private.gateway.redactor import Redactor, masks
from conda_private.model.secret import MASK, Secret

SECRET = b"al-3f9c17e2"
# Two letters, so that secrets are prefixes of each other, repeat and overlap.
WORDS = st.text("ab", min_size=4, max_size=9).map(str.encode)
WORD_SETS = st.lists(WORDS, min_size=1, max_size=3)
TEXTS = st.text("abc\n", max_size=40).map(str.encode)


def redacted(words: list[bytes], pieces: list[bytes], *, idle: bool = False) -> bytes:
    """Return what is shown of a stream that is split into these pieces."""
    redactor = Redactor(dict.fromkeys(words, b"****"))
    out = []
    for piece in pieces:
        out.append(redactor.feed(piece))
        if idle:
            out.append(redactor.idle())
    return b"".join([*out, redactor.close()])


@st.composite
def split_texts(draw: st.DrawFn) -> tuple[list[bytes], list[bytes]]:
    """Secrets, and a text with some of them that is split anywhere."""
    words = draw(WORD_SETS)
    parts = draw(st.lists(st.one_of(TEXTS, st.sampled_from(words)), max_size=6))
    text = b"".join(parts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edges = [0, *cuts, len(text)]
    return words, [text[a:b] for a, b in pairwise(edges)]


@given(split_texts())
@example(([b"abab", b"ababbb"], [b"abab", b"bb"]))
@example(([b"baaa", b"abaaab"], [b"abaaa", b"b"]))
@example(([b"abab", b"ababbb"], [b"abab"]))
def test_split_changes_nothing(case: tuple[list[bytes], list[bytes]]) -> None:
    words, pieces = case
    assert redacted(words, pieces) == redacted(words, [b"".join(pieces)])


@given(split_texts())
def test_no_secret_is_ever_in_the_output(case: tuple[list[bytes], list[bytes]]) -> None:
    words, pieces = case
    for idle in (False, True):
        shown = redacted(words, pieces, idle=idle)
        assert not any(word in shown for word in words if len(word) > 3)


@given(split_texts())
@example(([b"aaaabbbb"], [b"a", b"a", b"a", b"a", b"b"]))
def test_pause_adds_at_most_three_characters_to_a_mask(
    case: tuple[list[bytes], list[bytes]],
) -> None:
    words, pieces = case
    patient, impatient = redacted(words, pieces), redacted(words, pieces, idle=True)
    assert len(patient) <= len(impatient) <= len(patient) + 3 * patient.count(b"****")


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_binary_data_without_a_secret_passes_unchanged(pieces: list[bytes]) -> None:
    words = [SECRET, b"\xff\x00\xfe-not-in-there"]
    assert redacted(words, pieces, idle=True) == b"".join(pieces)


def test_secret_that_arrives_byte_by_byte_is_masked() -> None:
    text = b"\x1b[31mtoken " + SECRET + b"\x1b[0m\r\n"
    pieces = [text[i : i + 1] for i in range(len(text))]
    assert redacted([SECRET], pieces) == b"\x1b[31mtoken ****\x1b[0m\r\n"


def test_secret_at_the_end_is_masked_and_an_incomplete_one_is_shown() -> None:
    assert redacted([SECRET], [b"it is " + SECRET]) == b"it is ****"
    assert redacted([SECRET], [b"it is ", SECRET[:-1]]) == b"it is " + SECRET[:-1]


def test_longer_of_two_secrets_with_one_prefix_is_masked_completely() -> None:
    assert redacted([b"abcd", b"abcdef"], [b"abcd", b"ef abcd"]) == b"**** ****"


def test_prompt_that_could_begin_a_secret_is_shown_at_once() -> None:
    redactor = Redactor({SECRET: b"****"})
    assert redactor.feed(b"go on? a") + redactor.idle() == b"go on? a"
    assert redactor.idle() == b""
    assert redactor.feed(b"nswer") + redactor.close() == b"nswer"


def test_pause_shows_no_long_prefix_and_no_complete_secret() -> None:
    redactor = Redactor({b"xy": b"****", b"xyz-more": b"****"})
    assert redactor.feed(b"xy") + redactor.idle() == b""
    assert redactor.feed(b"z-mo") + redactor.idle() == b""
    assert redactor.close() == b"****z-mo"


def test_redactor_without_secrets_holds_nothing_back() -> None:
    redactor = Redactor({})
    assert redactor.feed(b"all of it") == b"all of it"


@pytest.mark.parametrize("user", ["", "a", "al", "ali", "token"])
def test_secret_is_masked_in_every_encoding(user: str) -> None:
    text = "p=ss/wörd-1234"
    secret = Secret(text)
    pair = base64.b64encode(f"{user}:{text}".encode())
    redactor = Redactor(masks([secret], shown_as={"http://127.0.0.1:1/key": "https://pypi/my-org"}))
    shown = redactor.feed(
        b" ".join([text.encode(), quote(text, safe="").encode(), pair, b"http://127.0.0.1:1/key/x"])
    )
    plain, quoted, basic, address = (shown + redactor.close()).split(b" ")
    assert (plain, quoted, address) == (MASK.encode(), MASK.encode(), b"https://pypi/my-org/x")
    assert MASK.encode() in basic
    # Less than one group of base64 remains at each end.
    name = base64.b64encode(f"{user}:".encode())
    assert len(basic) <= len(name) + len(MASK) + 8
