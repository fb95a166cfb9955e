"""Runs a command: its output passes through redactors, its terminal and exit status stay its own.

Where our own output is a terminal the child gets one, too (a pty), so that colours, progress bars
and the width are as without us. It stays in our foreground group, so Ctrl-C reaches both.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from conda_private.gateway.child_output import Output
from conda_private.gateway.redactor import Redactor
from conda_private.model.exceptions import UsageError

_NAMES = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")
_FROM_KEYS = ("SIGINT", "SIGQUIT")


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
    outputs = [Output(sys.stdout.fileno()), Output(sys.stderr.fileno())]
    child = _start([program, *command[1:]], environment, outputs)

    def resize() -> None:
        for output in outputs:
            output.resize()

    with passed_on(child, on_resize=resize):
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
            command, env=dict(environment), stdout=out.childs, stderr=err.childs
        )
    except OSError as error:
        for output in outputs:
            output.close()
        raise UsageError(
            f"{command[0]} cannot be started.",
            cause=f"{error.strerror}.",
            next_step="conda private run PROGRAM ARGUMENTS",
        ) from error


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
