"""What a child writes, on its way through a redactor; to a terminal, if ours goes to one."""

from __future__ import annotations

import os
import selectors
import threading
from collections.abc import Iterator
from contextlib import suppress

from conda_private.gateway.redactor import Redactor

_PIECE = 65_536
_PATIENCE = 0.1  # seconds without output until a held back beginning may be shown
# What a pipe can still hold of the child when it has ended; more is from others that it started.
_LEFT_OVER = 1_048_576


class Output:
    """One of the child's outputs, and where it goes.

    Args:
        target: the descriptor of ours that it goes to.

    Attributes:
        childs: the descriptor that the child writes to.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._has_ended = threading.Event()
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

    def begin(self, redactor: Redactor) -> None:
        """Begin to copy what the child writes, through the redactor."""
        os.close(self.childs)  # the child has its own
        self._copying = threading.Thread(target=self._copy, args=(redactor,))
        self._copying.start()

    def end(self) -> None:
        """Copy what is left when the child has ended."""
        self._has_ended.set()
        self._copying.join()

    def _copy(self, redactor: Redactor) -> None:
        try:
            for piece in _pieces(self._source, self._has_ended):
                self._write(redactor.feed(piece) if piece else redactor.idle())
            self._write(redactor.close())
        except OSError:
            pass  # whoever reads our output is gone, or its disk is full
        finally:
            os.close(self._source)  # the child's next write finds its own closed, too

    def _write(self, text: bytes) -> None:
        while text:
            text = text[os.write(self._target, text) :]


def _pieces(source: int, has_ended: threading.Event) -> Iterator[bytes]:
    """What comes; an empty piece after a while without any.

    What the child left running may keep the other end open for ever; it is not waited for.
    """
    left = _LEFT_OVER
    while left > 0:
        was_over = has_ended.is_set()
        if not _is_coming(source, _PATIENCE):
            if was_over:
                return
            yield b""
            continue
        try:
            piece = os.read(source, _PIECE)
        except OSError:
            return  # the end of a pty
        if not piece:
            return
        left -= len(piece) if was_over else 0
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
