"""What is printed, where, and when nothing is."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from subprocess import PIPE

import pytest
from conda.base.context import reset_context

from conda_private import output
from conda_private.model.secret import Secret

SECRET = Secret("ca-nary-o1")
Set = Callable[..., None]


@pytest.fixture
def options() -> Iterator[Set]:
    """Sets conda's ``--json`` and ``--quiet``."""

    def set_options(**given: bool) -> None:
        reset_context(argparse_args=given)

    set_options()
    yield set_options
    set_options()


class _Terminal(io.StringIO):
    """A terminal with something typed into it."""

    def isatty(self) -> bool:
        return True


def test_result_is_text_on_stdout(options: Set, capsys: pytest.CaptureFixture[str]) -> None:
    output.report(["one", "two"], {"a": 1})
    assert capsys.readouterr() == ("one\ntwo\n", "")


@pytest.mark.parametrize("quiet", [False, True])
def test_result_with_json_is_one_object(
    options: Set, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    options(json=True, quiet=quiet)
    output.report(["one"], {"a": [1]})
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"a": [1]}, "")
    assert out == '{\n  "a": [\n    1\n  ]\n}\n'


def test_quiet_prints_no_result_and_no_notice(
    options: Set, capsys: pytest.CaptureFixture[str]
) -> None:
    options(quiet=True)
    output.report(["one"], {"a": 1})
    output.notice("two")
    assert capsys.readouterr() == ("", "")


def test_result_is_written_before_a_notice_that_follows(
    options: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    # As with `> log 2>&1`: stdout waits for a whole block, stderr does not.
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(file)))
    output.report(["first"], {})
    assert file.getvalue() == f"first{os.linesep}".encode()


def rows(*names: str) -> Iterator[output.ListRow]:
    """Rows of a list."""
    return (((name, "x"), {"name": name, "more": [1]}) for name in names)


def print_list(found: Iterator[output.ListRow], **end: object) -> None:
    data = {"first": 1}
    headings = ("NAME", "B")
    output.report_list(
        "found", found, headings=headings, none="None.", data=data, end=lambda: end or {"last": 2}
    )


@pytest.mark.parametrize("names", [(), ("one",), ("one", "two")], ids=len)
def test_list_with_json_is_what_json_would_print(
    options: Set, capsys: pytest.CaptureFixture[str], names: tuple[str, ...]
) -> None:
    options(json=True)
    print_list(rows(*names))
    found = [record for _, record in rows(*names)]
    expected = json.dumps({"first": 1, "found": found, "last": 2}, indent=2)
    assert capsys.readouterr() == (f"{expected}\n", "")


def test_list_is_a_table(options: Set, capsys: pytest.CaptureFixture[str]) -> None:
    print_list(rows("a", "longest"))
    assert capsys.readouterr().out.splitlines() == ["NAME     B", "a        x", "longest  x"]
    print_list(rows())
    assert capsys.readouterr().out == "None.\n"


@pytest.mark.parametrize("quiet", [False, True])
def test_list_is_printed_while_it_is_read(
    options: Set, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    options(quiet=quiet)
    read: list[str] = []

    def many() -> Iterator[output.ListRow]:
        for at in range(3000):
            read.append(capsys.readouterr().out)
            yield ("a" if at < 2000 else "longer",), {}

    output.report_list(
        "found", many(), headings=("A",), none="None.", data={"a": 1}, end=lambda: {"b": 2}
    )
    assert len(read) == (0 if quiet else 3000)
    # The columns are as wide as the first 100 rows need; a longer cell makes them wider.
    assert [at for at, text in enumerate(read) if text][:1] == ([] if quiet else [100])


def test_columns_of_a_list_are_set_after_a_moment(
    options: Set, capsys: pytest.CaptureFixture[str]
) -> None:
    printed: list[str] = []

    def slow() -> Iterator[output.ListRow]:
        for _ in range(5):
            time.sleep(0.12)
            printed.append(capsys.readouterr().out)
            yield ("a",), {}

    output.report_list(
        "found", slow(), headings=("A",), none="None.", data={"a": 1}, end=lambda: {"b": 2}
    )
    assert printed[:2] == ["", ""]
    assert "".join(printed).startswith("A\na\n")


def transfer(
    monkeypatch: pytest.MonkeyPatch, *, after: float = 0, stderr: type[io.StringIO] = _Terminal
) -> str:
    """What a transfer shows on stderr."""
    screen = stderr()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(output, "_PROGRESS_AFTER", after)
    with output.Progress("Reading it") as progress:
        progress.expect(2_000_000)
        for _ in range(2):
            progress.advance(1_000_000)
            time.sleep(0.12)  # it is drawn ten times a second
    return screen.getvalue()


def test_progress_is_shown_and_removed(options: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = transfer(monkeypatch)
    assert re.search(r"\rReading it: +100%.*2\.00M/2\.00M", shown)
    assert shown.rpartition("\r")[2] == ""
    assert shown.split("\r")[-2].strip() == ""
    assert "\n" not in shown


@pytest.mark.parametrize("given", [{"json": True}, {"quiet": True}], ids=["json", "quiet"])
def test_progress_is_not_shown_where_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, options: Set, given: dict[str, bool]
) -> None:
    options(**given)
    assert transfer(monkeypatch) == ""


def test_progress_is_shown_after_a_second_and_on_a_terminal_only(
    options: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert transfer(monkeypatch, after=1.0) == ""
    assert transfer(monkeypatch, stderr=io.StringIO) == ""


LIST = """
from itertools import repeat
from conda.base.context import reset_context
from conda_private.output import report_list
reset_context(argparse_args={"json": %s})
row = (("name",), {"name": "name"})
report_list("k", repeat(row), headings=("H",), none="", data={"a": 1}, end=dict)
"""


@pytest.mark.parametrize("as_json", [False, True])
def test_list_ends_quietly_when_its_reader_has_seen_enough(as_json: bool) -> None:
    command = [sys.executable, "-c", LIST % as_json]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline() == ("{\n" if as_json else "H\n")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0


def test_notice_is_on_stderr_and_not_with_json(
    options: Set, capsys: pytest.CaptureFixture[str]
) -> None:
    output.notice("beside it")
    assert capsys.readouterr() == ("", "beside it\n")
    options(json=True)
    output.notice("beside it")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "\u2713"), ("ascii", "ok"), ("cp1252", "ok"), ("rot", "ok")]
)
def test_symbol_is_plain_where_the_terminal_has_none(
    monkeypatch: pytest.MonkeyPatch, encoding: str, shown: str
) -> None:
    class Named(io.StringIO):
        pass

    Named.encoding = encoding  # type: ignore[assignment, misc]
    monkeypatch.setattr(sys, "stdout", Named())
    assert output.mark("\u2713", "ok") == shown


def test_symbol_is_plain_where_the_encoding_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert output.mark("\u2713", "ok") == "ok"
    assert output.mark("+", "ok") == "+"


def test_home_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    home = os.path.join(os.sep, "home", "alice")
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("USERPROFILE", home)
    assert output.short(os.path.join(home, ".condarc")) == f"~{os.sep}.condarc"
    assert output.short(f"{home}2{os.sep}x") == f"{home}2{os.sep}x"
    assert output.short("environment variable X") == "environment variable X"


def test_table_leaves_rows_without_a_value_out() -> None:
    assert output.table([("a", "1"), ("much longer", ""), ("bcd", "2")]) == [
        "  a    1",
        "  bcd  2",
    ]
    assert output.table([("a", "1")], indent="") == ["a  1"]
    assert output.table([("a", "")]) == []
    assert output.table([("next", "ask\nrun"), ("a", "1")]) == [
        "  next  ask\n        run",
        "  a     1",
    ]


def test_columns_are_as_wide_as_their_cells() -> None:
    assert output.columns(["NAME", "AT"], [["a", "x" * 3], ["b" * 6, ""]]) == [
        "NAME    AT",
        "a       xxx",
        "bbbbbb",
    ]
    assert output.columns(["NAME"], []) == ["NAME"]
    with pytest.raises(ValueError, match="zip"):
        output.columns(["NAME"], [["a", "b"]])


def test_token_is_alone_on_stdout(options: Set, capsys: pytest.CaptureFixture[str]) -> None:
    output.show_once(SECRET, "shown once")
    assert capsys.readouterr() == ("ca-nary-o1\n", "shown once\n")
    options(quiet=True)
    output.show_once(SECRET, "shown once")
    assert capsys.readouterr() == ("ca-nary-o1\n", "")
    options(json=True)
    output.show_once(SECRET, "shown once")
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"token": "ca-nary-o1"}, "")
    assert out.startswith("{\n  ")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("y\n", True), ("Yes \n", True), ("n\n", False), ("\n", False), ("", False), ("yep\n", False)],
)
@pytest.mark.parametrize("quiet", [False, True])
def test_no_is_the_default_and_the_question_is_always_shown(
    options: Set,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    answer: bool,
    quiet: bool,
) -> None:
    options(quiet=quiet)
    monkeypatch.setattr(sys, "stdin", _Terminal(typed))
    assert output.confirm("This goes.", "Go on?", assume_yes=False) is answer
    assert capsys.readouterr() == ("", "This goes.\nGo on? [y/N] ")


def test_yes_can_be_given_before(
    options: Set, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal("n\n"))
    assert output.confirm("This goes.", "Go on?", assume_yes=True) is True
    assert capsys.readouterr() == ("", "This goes.\n")


def test_nobody_is_asked_without_a_terminal_or_with_json(
    options: Set, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert output.confirm("This goes.", "Go on?", assume_yes=False) is None
    assert capsys.readouterr() == ("", "This goes.\n")
    options(json=True)
    monkeypatch.setattr(sys, "stdin", _Terminal("y\n"))
    assert output.confirm("This goes.", "Go on?", assume_yes=False) is None
    assert capsys.readouterr() == ("", "")


def _print_in_a_child(code: str, *, closed: int) -> subprocess.CompletedProcess[bytes]:
    """Run Python code with a pipe as stdout or stderr that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    streams = {1: {"stdout": writer, "stderr": PIPE}, 2: {"stdout": PIPE, "stderr": writer}}
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=False, **streams[closed]
    )  # type: ignore[call-overload]
    os.close(writer)
    return done


@pytest.mark.parametrize("line", ["report(['a'], {})", "flush()"])
def test_reader_that_has_left_is_no_error_and_the_command_goes_on(line: str) -> None:
    code = (
        "from conda_private.output import *\n"
        f"sys.stdout.write('b'); {line}; {line}; notice('done'); raise SystemExit(4)"
    )
    done = _print_in_a_child(code, closed=1)
    assert (done.returncode, done.stderr.split()) == (4, [b"done"])


def test_token_that_nobody_reads_is_an_error() -> None:
    code = (
        "from conda_private.model.exceptions import FileWriteError\n"
        "from conda_private.model.secret import Secret\n"
        "from conda_private.output import *\n"
        "try: show_once(Secret('a'), 'once')\n"
        "except FileWriteError as error: notice(error.cause)"
    )
    done = _print_in_a_child(code, closed=1)
    assert done.returncode == 0
    assert done.stderr == b"once\nStandard output cannot be written: Broken pipe.\n"


def test_notice_that_nobody_reads_is_no_error() -> None:
    code = "from conda_private.output import *; notice('a'); report(['done'], {})"
    done = _print_in_a_child(code, closed=2)
    assert (done.returncode, done.stdout) == (0, b"done\n")


@pytest.mark.parametrize(("count", "end"), [(2, "w0, w1"), (100, ", w99"), (102, ", and 2 more")])
def test_list_in_a_line_ends_after_a_hundred_words(count: int, end: str) -> None:
    line = output.listed([f"w{number}" for number in range(count)])
    assert line.endswith(end)
    assert line.count("w") == min(count, 100)


def test_notice_for_the_end_comes_once_when_the_command_has_ended() -> None:
    code = (
        "from conda_private.output import *\n"
        "notice_at_end('one'); notice_at_end('two'); notice('now'); report(['done'], {})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr.split() == [b"now", b"one", b"two"]


def test_notice_for_the_end_is_not_for_programs(
    options: Set, capsys: pytest.CaptureFixture[str]
) -> None:
    output.notice_at_end("one")
    options(json=True)
    output.show_delayed()
    assert capsys.readouterr() == ("", "")
