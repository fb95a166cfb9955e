"""Runs a program that answers on standard output, with a limit for its time and for its output."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from conda_private.model.secret import SecretText

MAX_OUTPUT = 256 * 1024  # bytes; the longest credential in JSON takes less than half of it
# A child of the program may keep its output open, as an agent does. What the program itself has
# written is there at once.
_AFTER_EXIT = 0.2  # seconds
_BLOCK = 1 << 16  # bytes
_STEP = 0.02  # seconds


class Output(NamedTuple):
    """What a program that has ended leaves behind; a dump of it does not show its output."""

    returncode: int
    stdout: SecretText
    stderr: SecretText = SecretText()


class NoEndError(Exception):
    """The program was stopped; the message says what it did."""


def run(
    arguments: Sequence[str], text: str, timeout: float, *, shows_errors: bool = False
) -> Output:
    """Run a program; stop it if it takes too long or says too much.

    Args:
        arguments, text: the program and its arguments; its standard input.
        timeout: the maximum time, in seconds.
        shows_errors: whether its standard error goes to the terminal, and is not read.

    Raises:
        NoEndError: the program took too long, or printed too much.
        OSError: it could not be started.
    """
    pipe = subprocess.PIPE
    errors = None if shows_errors else pipe
    process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=errors)
    streams = [_Stream(each) for each in (process.stdout, process.stderr) if each]
    # In a thread of its own, because a program that reads nothing can fill the pipe.
    _start(_write, process.stdin, text.encode())
    try:
        _wait(process, streams, timeout)
    finally:
        process.kill()  # no effect if it has ended
        process.wait()
    for stream in streams:
        stream.thread.join(_AFTER_EXIT)
    if any(stream.is_too_long for stream in streams):
        raise NoEndError(f"printed more than {MAX_OUTPUT // 1024} KiB")
    return Output(process.returncode, *(stream.text() for stream in streams))


class _Stream:
    """One output of a program, read in a thread up to the limit."""

    def __init__(self, pipe: Any) -> None:
        self._pipe, self._data = pipe, b""
        # A daemon, because a child of the program can keep the pipe open for days.
        self.thread = _start(self._read)

    @property
    def is_too_long(self) -> bool:
        """Whether there is more output than an answer can have."""
        return len(self._data) > MAX_OUTPUT

    def text(self) -> SecretText:
        """Return what was read."""
        return SecretText(self._data.decode(errors="replace"))

    def _read(self) -> None:
        descriptor = self._pipe.fileno()
        while not self.is_too_long and (block := os.read(descriptor, _BLOCK)):
            self._data += block
        self._pipe.close()  # a program that says more gets a broken pipe


def _start(work: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def _write(pipe: Any, data: bytes) -> None:
    # A program that does not read its input breaks the pipe.
    with suppress(OSError), pipe:
        pipe.write(data)


def _wait(process: subprocess.Popen[bytes], streams: Sequence[_Stream], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise NoEndError(f"did not answer within {timeout} seconds")
        streams[0].thread.join(_STEP)
