"""Which characters an output can show, and what the bytes of an input mean."""

from __future__ import annotations

import codecs

import pytest

from conda_private.model.characters import decoded, showable

TOKEN = "ca-nary-c1"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "a é ✓ 漢 😀"),
        ("cp1252", "a é ? ? ?"),
        ("cp437", "a é √ ? ?".replace("√", "?")),
        ("cp932", "a ? ? 漢 ?"),
        ("ascii", "a ? ? ? ?"),
        (None, "a ? ? ? ?"),
        ("no-such-encoding", "a ? ? ? ?"),
    ],
)
def test_what_cannot_be_shown_is_a_question_mark(encoding: str | None, shown: str) -> None:
    assert showable("a é ✓ 漢 😀", encoding) == shown


def test_name_of_a_file_that_is_not_text_is_shown_as_well() -> None:
    assert showable("caf\udce9", "utf-8") == "caf?"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", " \r\n"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_token_from_powershell_is_read_in_each_of_its_encodings(
    mark: bytes, encoding: str, end: str
) -> None:
    assert decoded(mark + f"{TOKEN}{end}".encode(encoding), "cp1252") == TOKEN + end


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp437"])
def test_password_is_read_in_the_encoding_of_the_input_or_in_utf_8(encoding: str) -> None:
    assert decoded("pässword".encode(encoding), encoding) == "pässword"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", None, "no-such-encoding"])
def test_bytes_that_are_not_text_are_not_replaced_by_text(encoding: str | None) -> None:
    assert decoded(b"p\xe4ssword", encoding) == "p\udce4ssword"


@pytest.mark.parametrize("data", [b"", b"a", b"ab", b"a\0b", b"\0a\0", b"a\0bc"])
def test_other_bytes_are_not_taken_for_utf_16(data: bytes) -> None:
    assert decoded(data, "ascii") == data.decode()
