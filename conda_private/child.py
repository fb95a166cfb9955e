"""Runs a command: its output passes through redactors, its terminal and exit status stay its own.

Where our own output is a terminal the child gets one, too (a pty), so that colours, progress bars
and the width are as without us. It stays in our foreground group, so Ctrl-C reaches both.
"""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from conda_private.child_signals import passed_on
from conda_private.exceptions import UsageError
from conda_private.redactor import Redactor

_PIECE = 65_536
_PATIENCE = 0.1  # seconds without output until a held back beginning may be shown


def run(
    command: Sequence[str], environment: Mapping[str, str], new_redactor: Callable[[], Redactor]
) -> int:
    """Run it to its end; gives its exit status, 128 and the signal's number for a signal.

    Raises:
        UsageError: there is no such program, or it cannot be started.
    """
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise UsageError(
            f"There is no program {command[0]}.",
            cause="It is not on PATH.",
            next_step="conda private run PROGRAM ARGUMENTS",
        )
    streams = [_Stream(sys.stdout.fileno()), _Stream(sys.stderr.fileno())]
    child = _start([program, *command[1:]], environment, streams)

    def resize() -> None:
        for stream in streams:
            stream.resize()

    with passed_on(child, on_resize=resize):
        copies = [threading.Thread(target=each.copy, args=(new_redactor(),)) for each in streams]
        for copy in copies:
            copy.start()
        status = child.wait()
        for copy in copies:
            copy.join()
    return status if status >= 0 else 128 - status


def _start(
    command: Sequence[str], environment: Mapping[str, str], streams: Sequence[_Stream]
) -> subprocess.Popen[bytes]:
    out, err = streams
    try:
        return subprocess.Popen(
            command, env=dict(environment), stdout=out.childs, stderr=err.childs
        )
    except OSError as error:
        for stream in streams:
            stream.close()
        raise UsageError(
            f"{command[0]} cannot be started.",
            cause=f"{error.strerror}.",
            next_step="conda private run PROGRAM ARGUMENTS",
        ) from error


class _Stream:
    """One of the child's outputs, and where it goes."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.is_terminal = os.isatty(target) and os.name == "posix"
        self._source, self.childs = _terminal_like(target) if self.is_terminal else os.pipe()

    def resize(self) -> None:
        """Give the child's terminal the size of ours."""
        if self.is_terminal:
            _copy_size(self._target, self._source)

    def close(self) -> None:
        """Close both ends."""
        os.close(self.childs)
        os.close(self._source)

    def copy(self, redactor: Redactor) -> None:
        """Copy what the child writes until it has ended, through the redactor."""
        os.close(self.childs)  # the child has its own
        # When whoever reads our output is gone, the child's next write finds its own closed.
        with suppress(BrokenPipeError):
            for piece in _pieces(self._source):
                self._write(redactor.feed(piece) if piece else redactor.idle())
            self._write(redactor.close())
        os.close(self._source)

    def _write(self, text: bytes) -> None:
        while text:
            text = text[os.write(self._target, text) :]


def _pieces(source: int) -> Iterator[bytes]:
    """What comes; an empty piece after a while without any."""
    while True:
        if not _is_coming(source, _PATIENCE):
            yield b""
        try:
            piece = os.read(source, _PIECE)
        except OSError:
            return  # the end of a pty
        if not piece:
            return
        yield piece


def _is_coming(source: int, seconds: float) -> bool:
    if os.name != "posix":
        return True  # Windows cannot wait for a pipe with a limit
    with selectors.DefaultSelector() as waiting:
        waiting.register(source, selectors.EVENT_READ)
        return bool(waiting.select(seconds))


def _terminal_like(target: int) -> tuple[int, int]:
    import pty
    import termios

    ours, childs = pty.openpty()
    modes = termios.tcgetattr(childs)
    modes[1] &= ~termios.OPOST  # our own terminal does this, once
    termios.tcsetattr(childs, termios.TCSANOW, modes)
    _copy_size(target, ours)
    return ours, childs


def _copy_size(source: int, target: int) -> None:
    import fcntl
    import termios

    with suppress(OSError):
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(target, termios.TIOCSWINSZ, size)
