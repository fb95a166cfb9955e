"""What is printed, where, and when nothing is."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
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


@pytest.mark.parametrize("line", ["report(['a'], {})", "show_once(Secret('a'), '')", "flush()"])
def test_reader_that_has_left_is_no_error_and_the_command_goes_on(line: str) -> None:
    code = (
        "from conda_private.model.secret import Secret\n"
        "from conda_private.output import *\n"
        f"sys.stdout.write('b'); {line}; {line}; notice('done'); raise SystemExit(4)"
    )
    done = _print_in_a_child(code, closed=1)
    assert (done.returncode, done.stderr.split()) == (4, [b"done"])


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
