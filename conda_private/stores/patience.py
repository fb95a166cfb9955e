"""Waiting for a keyring: with a limit, with a message, and without blocking Ctrl-C."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from functools import cache
from typing import TypeVar

SECONDS_ALONE = 10.0
SECONDS_WITH_A_PERSON = 120.0
SECONDS_IN_SILENCE = 2.0
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
# The window would open on another machine's display, or in front of nobody.
_AWAY = ("SSH_CONNECTION", "SSH_TTY", "CI")
_STEP = 0.1  # seconds; the longest delay of Ctrl-C
T = TypeVar("T")


class NoAnswerError(Exception):
    """The keyring did not answer in time; the question may still be waiting."""


class Patience:
    """Limits the time that a keyring can take. After it was too slow once, it is not asked again.

    Args:
        limit: seconds until we stop waiting.
        say_after: seconds until the user is told that it takes long.
        tell: tells the user.
    """

    def __init__(
        self,
        limit: float,
        say_after: float = float("inf"),
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.limit = limit
        self._say_after, self._tell = say_after, tell
        self._is_over = False

    def ask(self, question: Callable[[], T], waiting: str) -> T:
        """Ask a question in a thread of its own, and return the answer.

        Args:
            question: asks the keyring; its errors are raised here.
            waiting: the message for the user if it takes long.

        Raises:
            NoAnswerError: it took too long, this time or before.
            KeyboardInterrupt: the user pressed Ctrl-C.
        """
        if self._is_over:
            raise NoAnswerError
        answer: Future[T] = Future()
        # A daemon, because a thread without an answer must not keep the process running.
        thread = threading.Thread(target=_answer, args=(question, answer), daemon=True)
        thread.start()
        self._wait(thread, waiting)
        return answer.result()

    def _wait(self, thread: threading.Thread, waiting: str) -> None:
        begin, told = time.monotonic(), False
        while True:
            thread.join(_STEP)
            passed = time.monotonic() - begin
            if not thread.is_alive():
                return
            if _is_given_up():
                raise KeyboardInterrupt
            if passed >= self.limit:
                self._is_over = True
                raise NoAnswerError
            if passed >= self._say_after and not told:
                told = True
                self._tell(waiting)


@cache
def patience(tell: Callable[[str], None]) -> Patience:
    """Return the one instance of this process, so that a slow keyring is waited for only once."""
    # A credential can be piped to a command whose user sits in front of a terminal.
    has_terminal = any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
    return patience_at(os.environ, sys.platform, tell, has_terminal=has_terminal)


def patience_at(
    environment: Mapping[str, str],
    platform: str,
    tell: Callable[[str], None],
    *,
    has_terminal: bool,
) -> Patience:
    """Create an instance; it waits longer where the user can type a password into a window."""
    has_display = platform in ("darwin", "win32") or any(map(environment.get, _DISPLAYS))
    is_away = not has_terminal or any(map(environment.get, _AWAY))
    limit = SECONDS_WITH_A_PERSON if has_display and not is_away else SECONDS_ALONE
    return Patience(limit, SECONDS_IN_SILENCE, tell)


def _answer(question: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(question())
    except BaseException as error:
        answer.set_exception(error)


def _is_given_up() -> bool:
    """Whether the main thread ends, or leaves a pool of workers with an error such as Ctrl-C.

    conda calls our handler in workers, and waits for all of them before it ends.
    """
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if frame.f_code is Executor.__exit__.__code__ and frame.f_locals.get("exc_type"):
            return True
        if frame.f_back is None:
            # When the program has ended, the interpreter itself calls `threading`.
            return frame.f_globals.get("__name__") == threading.__name__
        frame = frame.f_back
    return False
