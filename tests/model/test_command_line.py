"""Commands as text: split without a shell, on POSIX and as Windows does."""

from __future__ import annotations

import itertools
import subprocess

import pytest

from conda_private.model.command_line import refuse_for_batch, split
from conda_private.model.exceptions import UsageError

WORDS = ["", "a", "a b", 'say "hi"', "C:\\dir\\", 'end\\"', "tab\there", "\\\\server\\x y\\", "'"]


@pytest.mark.parametrize("words", [*itertools.product(WORDS, repeat=2)], ids=repr)
def test_words_are_what_list2cmdline_wrote(words: tuple[str, str]) -> None:
    if "\t" in "".join(words):
        with pytest.raises(UsageError, match="not a command"):
            split(subprocess.list2cmdline(["op", *words]), windows=True)
        return
    assert split(subprocess.list2cmdline(["op", *words]), windows=True) == ["op", *words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("op read op://team/conda/token", ["op", "read", "op://team/conda/token"]),
        (
            r"""vault read -field 'a b' "c'd" e\ f""",
            ["vault", "read", "-field", "a b", "c'd", "e f"],
        ),
        ("printenv A$B *", ["printenv", "A$B", "*"]),
    ],
)
def test_words_are_quoted_as_in_a_shell_and_nothing_is_expanded(
    text: str, words: list[str]
) -> None:
    assert split(text, windows=False) == words


def test_windows_reads_single_quotation_marks_as_characters_and_backslashes_in_paths() -> None:
    text = r'"C:\Program Files\op.exe" read op://team/it\'s'
    words = ["C:\\Program Files\\op.exe", "read", "op://team/it\\'s"]
    assert split(text, windows=True) == words


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("text", ["", "   ", '""', 'op "read', "op\nread", "op \x1b[2J", "op \0"])
def test_text_that_is_no_command_is_refused(text: str, windows: bool) -> None:
    with pytest.raises(UsageError, match="not a command that prints a credential"):
        split(text, windows=windows)


@pytest.mark.parametrize("program", ["./op", "bin/op", "../op", "~/op"])
def test_program_that_depends_on_the_current_folder_is_refused(program: str) -> None:
    with pytest.raises(UsageError) as caught:
        split(f"{program} read", windows=False)
    assert caught.value.cause.startswith(f"{program} would be another program in each folder.")


@pytest.mark.parametrize(
    "word", ["|", "||", "&&", "&", ";", ">", ">>", "2>", "2>&1", "<", "2>/dev/null"]
)
def test_word_that_only_a_shell_understands_is_named(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        split(f"pass show conda {word} head", windows=False)
    assert caught.value.what == "The command needs a shell."
    assert caught.value.cause.startswith(f"{word} is for a shell")
    assert "sh -c" in caught.value.next_step


def test_shell_can_be_the_program() -> None:
    assert split("sh -c 'pass show conda | head -n1'", windows=False) == [
        *("sh", "-c", "pass show conda | head -n1")
    ]


@pytest.mark.parametrize("character", '&|<>^%!"')
@pytest.mark.parametrize("program", [r"C:\bin\az.cmd", r"C:\bin\AZ.BAT"])
def test_batch_file_gets_no_argument_that_its_shell_would_run(program: str, character: str) -> None:
    with pytest.raises(UsageError, match="cannot be run with these arguments"):
        refuse_for_batch(program, ["account", f"a{character}b"])
    refuse_for_batch(r"C:\bin\az.exe", [f"a{character}b"])
    refuse_for_batch(program, ["account", "get-access-token", "--resource=1-2/.default"])
