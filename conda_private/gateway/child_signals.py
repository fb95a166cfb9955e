"""Signals that we get while a child runs are the child's."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_NAMES = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")
_FROM_KEYS = ("SIGINT", "SIGQUIT")


@contextmanager
def passed_on(child: subprocess.Popen[bytes], on_resize: Callable[[], object]) -> Iterator[None]:
    """Pass signals on to the child until it has ended; we end after it, and clean up.

    Args:
        child: who gets them.
        on_resize: called when the terminal's size has changed.
    """

    def pass_on(number: int, frame: object) -> None:
        # At a terminal Ctrl-C reaches the child without us, as it is in the foreground, too.
        if not (signal.Signals(number).name in _FROM_KEYS and _in_foreground()):
            with suppress(ProcessLookupError):
                child.send_signal(number)

    handlers: dict[int, Callable[[int, object], object]] = {
        getattr(signal, name): pass_on for name in _NAMES if hasattr(signal, name)
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
    """Whether the keys of a terminal reach us, wherever our own input and output go."""
    with suppress(OSError), open("/dev/tty", "rb", buffering=0) as terminal:
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    return False


@contextmanager
def ended_by_exception() -> Iterator[None]:
    """Turn a signal to end into an exception, so that what is open is closed and removed."""

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
