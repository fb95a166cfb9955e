import pytest

from conda_private.conda_config.condarc.channel_list import Added, Item, add, channels_in, remove
from conda_private.model.exceptions import CondarcError, FileFormatError
from tests.conda_config.condarc.editing import ORG

UNREADABLE = {
    "unclosed": "a: [",
    "no map": "- a\n",
    "a word": "foo\n",
    "same key twice": "channels: [a]\nchannels: [b]\n",
    "two documents": "a: 1\n---\nb: 1\n",
    "tab": "channels:\n\t- a\n",
    "control character": "channels: [a]\0",
    "holds itself": "&a {b: *a}\n",
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
def test_channels_are_what_conda_reads(text, channels):
    assert channels_in(text) == channels


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_file_that_conda_cannot_read_is_refused(text):
    with pytest.raises(FileFormatError):
        channels_in(text)
    with pytest.raises(FileFormatError):
        add(text, ORG, Added(), where="prepend", keep_defaults=False)
    with pytest.raises(FileFormatError):
        remove(text, ORG, Added(items=(Item(ORG, "", "append"),)))


@pytest.mark.parametrize("text", NOT_A_LIST.values(), ids=NOT_A_LIST)
def test_channels_that_are_no_list_are_refused(text):
    with pytest.raises(CondarcError):
        channels_in(text)


def test_error_does_not_quote_the_file():
    text = "channels: [https://h/t/SECRET/a\nchannels: [https://h/t/SECRET/b\n"
    with pytest.raises(FileFormatError) as caught:
        channels_in(text)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
