"""Runs a command with its output redacted; its terminal, signals and exit status are its own.

If our output is a terminal, so is the child's (a pty): colors, progress bars and the width are as
without us. The child stays in our foreground process group, so Ctrl-C reaches both.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from conda_private.gateway.redactor import Redactor
from conda_private.model.exceptions import UsageError

_SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")
_FROM_KEYS = ("SIGINT", "SIGQUIT")
_CHUNK = 65_536  # bytes
_IDLE = 0.1  # seconds without output until the redactor may show what it holds back
# The number of bytes that a pipe can still hold when the child has exited. Anything after that
# comes from processes that the child left running.
_LEFT_OVER = 1_048_576


def run(
    command: Sequence[str], environment: Mapping[str, str], new_redactor: Callable[[], Redactor]
) -> int:
    """Run a command and return its exit status, or 128 plus the number of a fatal signal.

    Raises:
        UsageError: the program was not found, or it could not be started.
    """
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise UsageError(
            f"Program not found: {command[0]}",
            cause="It is not on PATH.",
            next_step="conda private run PROGRAM ARGUMENTS",
        )
    outputs = [Output(sys.stdout.fileno()), Output(sys.stderr.fileno())]
    child = _start([program, *command[1:]], environment, outputs)

    def resize() -> None:
        for output in outputs:
            output.resize()

    with forwarding_signals(child, on_resize=resize):
        for output in outputs:
            output.begin(new_redactor())
        status = child.wait()
        for output in outputs:
            output.end()
    return status if status >= 0 else 128 - status


def _start(
    command: Sequence[str], environment: Mapping[str, str], outputs: Sequence[Output]
) -> subprocess.Popen[bytes]:
    out, err = outputs
    try:
        return subprocess.Popen(
            command, env=dict(environment), stdout=out.for_child, stderr=err.for_child
        )
    except OSError as error:
        for output in outputs:
            output.close()
        raise UsageError(
            f"{command[0]} could not be started.",
            cause=f"{error.strerror}.",
            next_step="conda private run PROGRAM ARGUMENTS",
        ) from error


@contextmanager
def forwarding_signals(
    child: subprocess.Popen[bytes], on_resize: Callable[[], object]
) -> Iterator[None]:
    """Forward signals to the child, so that it exits first and we can clean up after it.

    Args:
        child: the process that gets them.
        on_resize: called when the size of the terminal has changed.
    """

    def forward(number: int, frame: object) -> None:
        # In the foreground of a terminal the child gets Ctrl-C itself.
        if not (signal.Signals(number).name in _FROM_KEYS and _in_foreground()):
            with suppress(ProcessLookupError):
                child.send_signal(number)

    handlers: dict[int, Callable[[int, object], object]] = {
        getattr(signal, name): forward for name in _SIGNALS if hasattr(signal, name)
    }
    if hasattr(signal, "SIGWINCH"):
        handlers[signal.SIGWINCH] = lambda number, frame: on_resize()
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    """Whether the keys of a terminal reach this process, even if its input is redirected."""
    if sys.platform == "win32":
        return True  # all processes of a console get Ctrl-C and Ctrl-Break
    with suppress(OSError), open("/dev/tty", "rb", buffering=0) as terminal:
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    return False


@contextmanager
def ended_by_exception() -> Iterator[None]:
    """Turn signals that end the process into ``SystemExit``, so that every context is left."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP", "SIGQUIT")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Output:
    """One output of the child, copied through a redactor; a terminal if our own output is one.

    Args:
        target: our descriptor that the output is copied to.

    Attributes:
        for_child: the descriptor that the child writes to.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._has_exited = threading.Event()
        self.is_terminal = os.isatty(target) and os.name == "posix"
        self._source, self.for_child = _terminal_like(target) if self.is_terminal else os.pipe()

    def resize(self) -> None:
        """Give the child's terminal the size of ours."""
        if self.is_terminal:
            _copy_size(self._target, self._source)

    def close(self) -> None:
        """Close both ends, if the child could not be started."""
        os.close(self.for_child)
        os.close(self._source)

    def begin(self, redactor: Redactor) -> None:
        """Start copying, in a thread."""
        os.close(self.for_child)  # the child has its own copy of it
        self._copying = threading.Thread(target=self._copy, args=(redactor,))
        self._copying.start()

    def end(self) -> None:
        """Copy the rest, after the child has exited."""
        self._has_exited.set()
        self._copying.join()

    def _copy(self, redactor: Redactor) -> None:
        try:
            for chunk in _chunks(self._source, self._has_exited):
                self._write(redactor.feed(chunk) if chunk else redactor.idle())
            self._write(redactor.close())
        except OSError:
            pass  # the reader of our output is gone, or the disk is full
        finally:
            os.close(self._source)  # so the child's next write fails as well

    def _write(self, text: bytes) -> None:
        while text:
            text = text[os.write(self._target, text) :]


def _chunks(source: int, has_exited: threading.Event) -> Iterator[bytes]:
    """Yield what the child writes, and an empty chunk for each pause in it.

    A process that the child left running may hold the other end open; it is not waited for.
    """
    left = _LEFT_OVER
    while left > 0:
        was_over = has_exited.is_set()
        if not _has_data(source, _IDLE):
            if was_over:
                return
            yield b""
            continue
        try:
            chunk = os.read(source, _CHUNK)
        except OSError:
            return  # the end of a pty
        if not chunk:
            return
        left -= len(chunk) if was_over else 0
        yield chunk


def _has_data(source: int, seconds: float) -> bool:
    if os.name != "posix":
        return True  # on Windows a pipe cannot be waited for with a timeout
    with selectors.DefaultSelector() as waiting:
        waiting.register(source, selectors.EVENT_READ)
        return bool(waiting.select(seconds))


def _terminal_like(target: int) -> tuple[int, int]:
    if sys.platform == "win32":
        raise NotImplementedError
    import pty
    import termios

    ours, for_child = pty.openpty()
    modes = termios.tcgetattr(for_child)
    modes[1] &= ~termios.OPOST  # our own terminal processes the output, and once is enough
    termios.tcsetattr(for_child, termios.TCSANOW, modes)
    _copy_size(target, ours)
    return ours, for_child


def _copy_size(source: int, target: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl
    import termios

    with suppress(OSError):
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(target, termios.TIOCSWINSZ, size)
