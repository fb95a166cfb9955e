"""Runs a command; its input, output, terminal, signals and exit status are its own.

The child stays in our foreground process group, so Ctrl-C reaches both. Its output is not copied:
it knows no credential that could appear there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from conda_private.model.exceptions import UsageError

# On Windows, SIGBREAK is Ctrl-Break, a window that is closed, and a user who logs off.
_SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGBREAK")
_FROM_KEYS = ("SIGINT", "SIGQUIT", "SIGBREAK")
_CONTROL_C_EXIT = 0xC000013A  # the status of a process on Windows that Ctrl-C ended


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
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
    with _Signals() as signals:
        try:
            child = subprocess.Popen([program, *command[1:]], env=dict(environment))
        except OSError as error:
            raise UsageError(
                f"{command[0]} could not be started.",
                cause=f"{error.strerror}.",
                next_step="conda private run PROGRAM ARGUMENTS",
            ) from error
        signals.forward_to(child)
        status = child.wait()
    return exit_status(status)


def exit_status(status: int) -> int:
    """Return the exit status of a shell for what ``Popen`` reports.

    Args:
        status: the status of the process, negative for the signal that ended it. On Windows, a
            process that Ctrl-C ended has a status of its own.
    """
    if status == _CONTROL_C_EXIT:
        return 128 + signal.SIGINT
    return status if status >= 0 else 128 - status


class _Signals:
    """Forwards signals to a child, so that it exits first and we can clean up after it."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []  # those that came before there was a child

    def __enter__(self) -> _Signals:
        numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        self._before = {number: signal.signal(number, self._forward) for number in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def forward_to(self, child: subprocess.Popen[bytes]) -> None:
        """Forward signals to this child, and those that came already."""
        self._child = child
        for number in self._early:
            child.send_signal(number)

    def _forward(self, number: int, frame: object) -> None:
        # In the foreground of a terminal the child gets Ctrl-C itself.
        if signal.Signals(number).name in _FROM_KEYS and _in_foreground():
            return
        if self._child:
            with suppress(ProcessLookupError):
                self._child.send_signal(number)
        else:
            self._early.append(number)


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

    names = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
