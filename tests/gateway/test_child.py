"""A command runs as it would without us: output, terminal, signals, exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from conda_private.gateway import child
from conda_private.model.exceptions import UsageError

RUNNER = """
import os, sys
from conda_private.gateway import child
sys.exit(child.run(sys.argv[1:], os.environ))
"""
PREPARE = "import sys, time, signal, os; w = lambda t: (sys.stdout.write(t), sys.stdout.flush());"


def run(*command: str, env: dict[str, str] | None = None) -> int:
    """Run a command in this process."""
    environment = os.environ if env is None else env
    return child.run(command, environment)


def python(code: str) -> list[str]:
    """Return a command that runs Python code."""
    return [sys.executable, "-c", PREPARE + code]


def start(*command: str, **options: object) -> subprocess.Popen[bytes]:
    """Start a command in another process, without a terminal."""
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **options,
    )


def at_terminal(*command: str, size: tuple[int, int] = (24, 80)) -> pexpect.spawn:
    """Start a command at a new terminal."""
    return pexpect.spawn(
        sys.executable, ["-c", RUNNER, *command], dimensions=size, timeout=30, echo=False
    )


@pytest.mark.parametrize("status", [0, 1, 42, 255])
def test_exit_status_is_the_childs(status: int) -> None:
    assert run("sh", "-c", f"exit {status}") == status


def test_ctrl_c_on_windows_has_the_exit_status_of_a_shell() -> None:
    assert child.exit_status(0xC000013A) == 130
    assert [child.exit_status(each) for each in (0, 3, -15)] == [0, 3, 143]


@pytest.mark.parametrize("name", ["SIGBREAK", "SIGTERM"])
def test_signal_of_windows_is_forwarded_where_there_is_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Linux has no SIGBREAK; a signal that it has stands in for its number.
    if not hasattr(signal, name):
        monkeypatch.setattr(signal, name, signal.SIGUSR1, raising=False)
    code = "signal.signal(signal.SIGUSR1, lambda *a: sys.exit(7)); signal.signal(15,"
    code += "lambda *a: sys.exit(7)); w('r'); os.kill(os.getppid(), int(sys.argv[1]));"
    code += "time.sleep(30)"
    assert run(*python(code), str(int(getattr(signal, name)))) == 7


def test_child_killed_by_a_signal_has_the_exit_status_of_a_shell() -> None:
    assert run("sh", "-c", "kill -TERM $$") == 128 + signal.SIGTERM
    assert run("sh", "-c", "kill -KILL $$") == 128 + signal.SIGKILL


def test_missing_program_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Program not found: no-such-program"):
        run("no-such-program")
    script = tmp_path / "script"
    script.write_bytes(b"\x7fELF nonsense")
    script.chmod(0o755)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with pytest.raises(UsageError, match="could not be started"):
        run(str(script))
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_program_that_cannot_be_started_is_a_clear_error(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    with pytest.raises(UsageError, match="could not be started") as caught:
        run(str(program))
    assert caught.value.cause == "Exec format error."


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_signal_leaves_every_context_and_its_handler_is_restored(name: str) -> None:
    number = getattr(signal, name)
    before, left = signal.getsignal(number), []

    def interrupted() -> None:
        with child.ended_by_exception():
            try:
                os.kill(os.getpid(), number)
                signal.pause()
            finally:
                left.append(name)

    with pytest.raises(SystemExit) as caught:
        interrupted()
    assert (caught.value.code, left) == (128 + number, [name])
    assert signal.getsignal(number) == before


def test_program_is_searched_on_the_path_of_the_child(tmp_path: Path) -> None:
    script = tmp_path / "only-here"
    script.write_text("#!/bin/sh\nexit 7\n")
    script.chmod(0o755)
    assert run("only-here", env={"PATH": f"{tmp_path}:/usr/bin:/bin"}) == 7


def test_closed_pipe_ends_the_child_without_a_traceback() -> None:
    # The child writes without end; `head -1` reads one line.
    process = start("yes")
    assert process.stdout.readline() == b"y\n"
    process.stdout.close()
    assert process.wait(timeout=20) == 128 + signal.SIGPIPE
    assert process.stderr.read() == b""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_signal_is_forwarded_and_the_child_exits_first(name: str) -> None:
    number = getattr(signal, name)
    # Not w(): the signal may arrive while that still flushes. Not one long sleep: the signal may
    # arrive just before it begins, and then the handler would run at its end.
    handler = "lambda n, f: (os.write(1, f'got {n}'.encode()), sys.exit(9))"
    process = start(
        *python(
            f"signal.signal({int(number)}, {handler}); w('ready ');"
            "[time.sleep(0.1) for _ in range(600)]"
        )
    )
    assert process.stdout.read(6) == b"ready "
    process.send_signal(number)
    assert process.wait(timeout=20) == 9
    assert process.stdout.read() == f"got {int(number)}".encode()
    assert process.stderr.read() == b""


def test_signal_handlers_are_restored() -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
    before = [signal.getsignal(number) for number in numbers]
    run("true")
    assert [signal.getsignal(number) for number in numbers] == before


def test_child_has_a_terminal_if_we_have_one() -> None:
    code = "w(str([os.isatty(i) for i in range(3)])); w(str(os.get_terminal_size()))"
    terminal = at_terminal(*python(code), size=(33, 111))
    terminal.expect_exact("[True, True, True]os.terminal_size(columns=111, lines=33)")
    terminal.expect(pexpect.EOF)


def test_child_has_pipes_if_we_have_pipes() -> None:
    process = start(*python("w(str([os.isatty(i) for i in range(3)]))"))
    assert process.stdout.read() == b"[False, False, False]"
    assert process.wait() == 0


def test_child_has_a_terminal_only_for_outputs_that_are_terminals(tmp_path: Path) -> None:
    shell = 'exec "$0" -c "$1" "$2" -c "$3" 2> "$4"'
    code = "import os; print([os.isatty(i) for i in range(3)])"
    words = ["-c", shell, sys.executable, RUNNER, sys.executable, code, str(tmp_path / "err")]
    terminal = pexpect.spawn("/bin/sh", words, timeout=30)
    terminal.expect_exact("[True, True, False]")
    terminal.expect(pexpect.EOF)


def test_ctrl_c_reaches_the_child_once() -> None:
    code = """
def got(number, frame):
    w('got ')
signal.signal(signal.SIGINT, got)
w('ready ')
end = time.monotonic() + 1
while time.monotonic() < end: time.sleep(0.1)
sys.exit(7)"""
    terminal = at_terminal(*python(code))
    terminal.expect_exact("ready ")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.before.count(b"got") == 1
    assert terminal.exitstatus == 7


def test_exit_status_is_that_of_a_child_killed_by_ctrl_c() -> None:
    terminal = at_terminal("sh", "-c", "echo ready; exec sleep 60")
    terminal.expect_exact("ready")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 128 + signal.SIGINT


def test_ctrl_c_reaches_a_child_once_when_its_input_is_a_pipe() -> None:
    code = """
signal.signal(signal.SIGINT, lambda n, f: w('got '))
w('ready ')
end = time.monotonic() + 1
while time.monotonic() < end: time.sleep(0.1)"""
    shell = 'exec "$0" -c "$1" "$2" -c "$3" < /dev/null'
    words = ["-c", shell, sys.executable, RUNNER, sys.executable, PREPARE + code]
    terminal = pexpect.spawn("/bin/sh", words, timeout=30)
    terminal.expect_exact("ready ")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    assert terminal.before.count(b"got") == 1


def test_sigterm_at_a_terminal_reaches_the_child() -> None:
    terminal = at_terminal(
        "sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done"
    )
    terminal.expect_exact("ready")
    terminal.kill(signal.SIGTERM)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 5


def test_process_that_the_child_left_running_is_not_waited_for() -> None:
    process = start("sh", "-c", "sleep 60 > /dev/null 2>&1 & exit 3")
    assert process.wait(timeout=20) == 3
