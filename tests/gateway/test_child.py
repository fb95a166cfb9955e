"""A command runs as it would without us: output, terminal, signals, exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from conda_private.gateway import child
from conda_private.gateway.redactor import Redactor
from conda_private.model.exceptions import UsageError

SECRET = "al-3f9c17e2"
RUNNER = f"""
import os, sys
from conda_private.gateway import child
from conda_private.gateway.redactor import Redactor
sys.exit(child.run(sys.argv[1:], os.environ, lambda: Redactor({{b"{SECRET}": b"****"}})))
"""
PREPARE = "import sys, time, signal, os; w = lambda t: (sys.stdout.write(t), sys.stdout.flush());"


def run(*command: str, env: dict[str, str] | None = None) -> int:
    """Run a command in this process."""
    environment = os.environ if env is None else env
    return child.run(command, environment, lambda: Redactor({SECRET.encode(): b"****"}))


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


def test_child_killed_by_a_signal_has_the_exit_status_of_a_shell() -> None:
    assert run("sh", "-c", "kill -TERM $$") == 128 + signal.SIGTERM
    assert run("sh", "-c", "kill -KILL $$") == 128 + signal.SIGKILL


def test_both_outputs_stay_separate_and_are_redacted(capfd: pytest.CaptureFixture[str]) -> None:
    half, other = SECRET[:5], SECRET[5:]
    code = f"w('out {half}'); time.sleep(0.3); w('{other}.'); sys.stderr.write('err {SECRET}')"
    assert run(*python(code)) == 0
    out, err = capfd.readouterr()
    assert (out, err) == ("out ****.", "err ****")


def test_output_that_could_begin_a_secret_is_shown_without_waiting() -> None:
    process = start(*python("w('go on? a'); time.sleep(60)"))
    assert process.stdout.read(8) == b"go on? a"
    process.terminate()
    assert process.wait(timeout=20) == 128 + signal.SIGTERM


def test_large_output_is_complete(capfd: pytest.CaptureFixture[str]) -> None:
    lines = 50_000
    assert run(*python(f"[print('line', i, '{SECRET}') for i in range({lines})]")) == 0
    out = capfd.readouterr().out.splitlines()
    assert len(out) == lines
    assert out[-1] == f"line {lines - 1} ****"
    assert SECRET not in out


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_disk_ends_the_child() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", RUNNER, "yes"], stdout=full, timeout=30, check=False
        )
    assert done.returncode == 128 + signal.SIGPIPE


def test_process_that_the_child_left_running_is_not_waited_for() -> None:
    before = time.monotonic()
    process = start("sh", "-c", "echo done; sleep 60 & exit 3")
    assert process.stdout.read() == b"done\n"
    assert process.wait(timeout=20) == 3
    assert time.monotonic() - before < 20


def test_noisy_process_that_the_child_left_running_is_not_waited_for() -> None:
    process = start("sh", "-c", "yes & exit 3")
    while process.stdout.read(65_536):
        pass
    assert process.wait(timeout=20) == 3


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_signal_is_forwarded_and_the_child_exits_first(name: str) -> None:
    number = getattr(signal, name)
    # Not w(): the signal may arrive while that still flushes.
    handler = "lambda n, f: (os.write(1, f'got {n}'.encode()), sys.exit(9))"
    process = start(
        *python(f"signal.signal({int(number)}, {handler}); w('ready '); time.sleep(60)")
    )
    assert process.stdout.read(6) == b"ready "
    process.send_signal(number)
    assert process.wait(timeout=20) == 9
    assert process.stdout.read() == f"got {int(number)}".encode()
    assert process.stderr.read() == b""


def test_signal_handlers_are_restored() -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGWINCH, signal.SIGQUIT)
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


def test_new_size_of_the_terminal_reaches_the_child() -> None:
    code = """
w('ready')
for _ in range(200):
    time.sleep(0.05)
    if os.get_terminal_size(1).columns == 132: break
w(str(os.get_terminal_size(1).columns)); w(str(os.get_terminal_size(2).lines))"""
    terminal = at_terminal(*python(code))
    terminal.expect_exact("ready")
    terminal.setwinsize(50, 132)
    terminal.expect_exact("13250")


def test_colors_and_progress_bars_are_unchanged() -> None:
    terminal = at_terminal(*python(r"w('\x1b[32mgreen\x1b[0m\rbar 50%\rbar 100%\n2nd\n')"))
    terminal.expect(pexpect.EOF)
    assert terminal.before == b"\x1b[32mgreen\x1b[0m\rbar 50%\rbar 100%\r\n2nd\r\n"


def test_secret_split_over_two_writes_is_masked_at_a_terminal() -> None:
    half, other = SECRET[:5], SECRET[5:]
    terminal = at_terminal(*python(f"w('<{half}'); time.sleep(0.3); w('{other}>')"))
    terminal.expect(pexpect.EOF)
    assert terminal.before == b"<****>"


def test_prompt_is_answered_at_the_terminal() -> None:
    terminal = at_terminal(*python("a = input('name a'); w('hello ' + a)"))
    terminal.expect_exact("name a")
    terminal.sendline("alice")
    terminal.expect_exact("hello alice")


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
