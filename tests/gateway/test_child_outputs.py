"""One output of a command, in this process: pipes, terminals, pauses, and the signals around it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator

import pytest

from conda_private.gateway import child
from conda_private.gateway.child import Output, forwarding_signals
from conda_private.gateway.redactor import Redactor

SECRET = b"al-3f9c17e2"


def new_redactor() -> Redactor:
    """Masks the secret."""
    return Redactor({SECRET: b"****"})


class _Ends:
    """Our own output, and what reads it."""

    def __init__(self, reader: int, target: int) -> None:
        self.reader, self.target = reader, target

    def read(self, size: int, seconds: float = 5) -> bytes:
        """So many bytes, or fewer when no more come in time."""
        out, end = b"", time.monotonic() + seconds
        while len(out) < size:
            rest = max(0, end - time.monotonic())
            if not select.select([self.reader], [], [], rest)[0]:
                return out
            out += os.read(self.reader, size - len(out))
        return out


@pytest.fixture
def pipe() -> Iterator[_Ends]:
    """An output that is a pipe."""
    reader, target = os.pipe()
    yield _Ends(reader, target)
    os.close(reader)
    os.close(target)


@pytest.fixture
def terminal() -> Iterator[_Ends]:
    """An output that is a terminal of 33 lines with 111 columns."""
    reader, target = pty.openpty()
    fcntl.ioctl(reader, termios.TIOCSWINSZ, struct.pack("4H", 33, 111, 0, 0))
    yield _Ends(reader, target)
    os.close(reader)
    os.close(target)


def size_of(descriptor: int) -> tuple[int, int]:
    """Columns and lines of a terminal."""
    return tuple(os.get_terminal_size(descriptor))


def test_output_is_a_terminal_just_if_ours_is_one(pipe: _Ends, terminal: _Ends) -> None:
    for ends, expected in ((pipe, False), (terminal, True)):
        output = Output(ends.target)
        assert output.is_terminal is expected
        assert os.isatty(output.for_child) is expected
        output.close()


def test_terminal_has_the_size_of_ours_and_follows_it(terminal: _Ends) -> None:
    output = Output(terminal.target)
    assert size_of(output.for_child) == (111, 33)
    fcntl.ioctl(terminal.reader, termios.TIOCSWINSZ, struct.pack("4H", 50, 132, 0, 0))
    output.resize()
    assert size_of(output.for_child) == (132, 50)
    output.close()


def test_pipe_has_no_size(pipe: _Ends) -> None:
    output = Output(pipe.target)
    output.resize()
    output.close()


def test_line_ends_are_made_once(terminal: _Ends) -> None:
    output = Output(terminal.target)
    other = os.dup(output.for_child)
    output.begin(new_redactor())
    os.write(other, b"\x1b[32mone\r50%\ntwo " + SECRET + b"\n")
    shown = terminal.read(len(b"\x1b[32mone\r50%\r\ntwo ****\r\n"))
    os.close(other)
    output.end()
    assert shown == b"\x1b[32mone\r50%\r\ntwo ****\r\n"


def test_only_the_output_is_unprocessed(terminal: _Ends) -> None:
    output = Output(terminal.target)
    ours, theirs = (termios.tcgetattr(each) for each in (terminal.target, output.for_child))
    assert ours[1] & termios.OPOST
    assert theirs[1] == ours[1] & ~termios.OPOST
    assert [theirs[place] for place in (0, 2, 3)] == [ours[place] for place in (0, 2, 3)]
    output.close()


def test_both_ends_are_closed(pipe: _Ends) -> None:
    before = os.listdir("/dev/fd")
    Output(pipe.target).close()
    output = Output(pipe.target)
    output.begin(new_redactor())
    output.end()
    assert os.listdir("/dev/fd") == before


def test_beginning_of_a_secret_is_shown_in_a_pause_and_masked_without_one(pipe: _Ends) -> None:
    output = Output(pipe.target)
    other = os.dup(output.for_child)
    output.begin(new_redactor())
    os.write(other, b"go on? a")
    assert pipe.read(8) == b"go on? a"
    os.write(other, b".\n" + SECRET[:6])
    assert pipe.read(100, seconds=0.4) == b".\n"
    os.write(other, SECRET[6:])
    assert pipe.read(4) == b"****"
    os.write(other, SECRET[:6])
    os.close(other)
    output.end()
    # At the end it cannot become a secret any more.
    assert pipe.read(6) == SECRET[:6]


def test_process_that_is_left_running_is_not_waited_for(pipe: _Ends) -> None:
    output = Output(pipe.target)
    other = os.dup(output.for_child)
    output.begin(new_redactor())
    os.write(other, b"last words")
    begun = time.monotonic()
    output.end()
    assert time.monotonic() - begun < 3
    assert pipe.read(10) == b"last words"
    with pytest.raises(BrokenPipeError):
        os.write(other, b"more")
    os.close(other)


def write_until_it_breaks(descriptor: int) -> None:
    """Write without end; the end is that nobody reads."""
    while True:
        try:
            os.write(descriptor, b"y" * 4096)
        except BrokenPipeError:
            return


def test_noisy_process_that_is_left_running_is_not_read_for_ever(pipe: _Ends) -> None:
    output = Output(pipe.target)
    other = os.dup(output.for_child)
    output.begin(new_redactor())
    read = [0]

    def listen() -> None:
        while text := pipe.read(65_536, seconds=0.5):
            read[0] += len(text)

    noise = threading.Thread(target=write_until_it_breaks, args=(other,))
    threads = [noise, threading.Thread(target=listen)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    before = read[0]
    output.end()
    for thread in threads:
        thread.join(20)
    # What the pipe can hold, and not much more.
    assert 1_048_576 <= read[0] - before < 5_000_000
    os.close(other)


def test_output_that_nobody_reads_any_more_ends_the_copying() -> None:
    reader, target = os.pipe()
    output = Output(target)
    other = os.dup(output.for_child)
    output.begin(new_redactor())
    os.close(reader)
    write_until_it_breaks(other)
    output.end()
    os.close(other)
    os.close(target)


def test_command_gets_the_variables_that_were_given() -> None:
    environment = {"PATH": os.environ["PATH"], "STATUS": "9"}
    assert child.run(["sh", "-c", "exit $STATUS"], environment, new_redactor) == 9


WAIT = "import time; print(flush=True); time.sleep(60)"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_signal_is_forwarded(name: str) -> None:
    number = getattr(signal, name)
    command = [sys.executable, "-c", WAIT]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        with forwarding_signals(process, on_resize=list):
            os.kill(os.getpid(), number)
            assert process.wait(10) == -number


def test_signal_for_a_child_that_is_gone_is_no_error() -> None:
    with subprocess.Popen(["true"]) as process, forwarding_signals(process, on_resize=list):
        process.wait(10)
        os.kill(os.getpid(), signal.SIGTERM)


def test_new_size_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    with (
        subprocess.Popen(["true"]) as process,
        forwarding_signals(process, on_resize=lambda: told.append(1)),
    ):
        os.kill(os.getpid(), signal.SIGWINCH)
        assert told == [1]


def test_every_output_of_a_command_follows_the_size(
    terminal: _Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stream:
        def fileno(self) -> int:
            return terminal.target

    monkeypatch.setattr(sys, "stdout", Stream())
    monkeypatch.setattr(sys, "stderr", Stream())
    code = """
import os, time
size = lambda: [tuple(os.get_terminal_size(each)) for each in (1, 2)]
os.kill(os.getppid(), __import__("signal").SIGWINCH)
for _ in range(100):
    if size() == [(132, 50)] * 2: raise SystemExit(7)
    time.sleep(0.02)
"""

    def redactor() -> Redactor:
        # The child runs by now, and has the old size.
        fcntl.ioctl(terminal.reader, termios.TIOCSWINSZ, struct.pack("4H", 50, 132, 0, 0))
        return new_redactor()

    assert child.run([sys.executable, "-c", code], os.environ, redactor) == 7
