"""A ``.condarc`` is read as conda reads it, flags included."""

from __future__ import annotations

import pytest

from conda_private.conda_config.condarc.reading import read
from conda_private.model.exceptions import CondarcError, FileFormatError

UNREADABLE = {
    "unclosed": "a: [",
    "no map": "- a\n",
    "a word": "foo\n",
    "same key twice": "channels: [a]\nchannels: [b]\n",
    "two documents": "a: 1\n---\nb: 1\n",
    "tab": "channels:\n\t- a\n",
    "control character": "channels: [a]\0",
    "contains itself": "&a {b: *a}\n",
}

NOT_A_LIST = {
    "word": "channels: foo\n",
    "empty word": "channels: ''\n",
    "map": "channels: {a: b}\n",
    "list in a list": "channels:\n  - [a]\n",
    "key and alias": "channels: [a]\nchannel: [b]\n",
}


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("", None),
        ("# comment\n", None),
        ("ssl_verify: true\n", None),
        ("channels:\n", None),
        ("channels: ~\n", None),
        ("channels: []\n", []),
        ("channels: [a, 'b']\n", ["a", "b"]),
        ("\ufeffchannels:\r\n  - a\r\n", ["a"]),
        ("channel:\n  - a\n", ["a"]),
        ("x: &x {channels: [a]}\n<<: *x\n", ["a"]),
        ("channels: [2024]\n", ["2024"]),
    ],
)
def test_channels_are_what_conda_reads(text: str, channels: list[str] | None) -> None:
    assert read(text).channels == channels


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_file_that_conda_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(FileFormatError):
        read(text)


@pytest.mark.parametrize("text", NOT_A_LIST.values(), ids=NOT_A_LIST)
def test_channels_that_are_not_one_list_are_refused(text: str) -> None:
    with pytest.raises(CondarcError):
        read(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a: 1\n", 'a: "1"\n'),
        ("a: 1\n", "a: true\n"),
        ("a: 'true'\n", "a: true\n"),
        ("a: 1\n", "a: 1.0\n"),
        ("a: [1]\n", "a: ['1']\n"),
        ("a: {b: 1}\n", "a: {b: '1'}\n"),
        ("a: 1\n", "b: 1\n"),
        ("a: 1\n", "a: 1\nb: 1\n"),
        ("a: 1 #!final\n", "a: 1\n"),
        ("a:\n- b #!top\n", "a:\n- b\n"),
        ("a:\n- #!top\n  b\n", "a:\n- b\n"),
        ("a:\n- b #!top\n", "a:\n- b #!bottom\n"),
        ("a:\n  b: c #!final\n", "a:\n  b: c\n"),
        ("channels: #!final\n- a\n", "channels:\n- a\n"),
        ("channels: ~ #!final\n", "channels:\n"),
        ("channels:\n- a #!top\n", "channels:\n- a\n"),
        ("channels: [a]\n", "channel: [a]\n"),
        ("channels: [a, b]\n", "channels: [b, a]\n"),
        ("channels: []\n", "channels:\n"),
    ],
)
def test_files_that_differ_for_conda_read_differently(one: str, other: str) -> None:
    assert read(one) != read(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a: .nan\n", "a: .nan # x\n"),
        ("a: 'b'\n", 'a: "b"\n'),
        ("channels: [a]\n", "channels:\n# x\n- a # y\n"),
        ("channels: #!final\n# x\n- a\n", "channels:\n- a\n"),
        ("a: 1 #!other\n", "a: 1\n"),
        ("a: 1\n", "\ufeffa: 1\r\n"),
    ],
)
def test_files_that_are_equal_for_conda_read_the_same(one: str, other: str) -> None:
    assert read(one) == read(other)


def test_error_does_not_quote_the_file() -> None:
    text = "channels: [https://h/t/SECRET/a\nchannels: [https://h/t/SECRET/b\n"
    with pytest.raises(FileFormatError) as caught:
        read(text)
    assert "line 2" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
