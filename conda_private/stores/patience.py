"""Waits for a keyring: not for ever, not in silence, and so that Ctrl-C still works."""

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
_STEP = 0.1  # seconds; how late Ctrl-C may be noticed
T = TypeVar("T")


class NoAnswerError(Exception):
    """The time was up; the question may still be waiting."""


class Patience:
    """How long a keyring may take; once it has taken too long, it is not asked again.

    Args:
        limit: seconds until it is given up.
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
        """The answer to a question, which is asked in a thread of its own.

        Args:
            waiting: what the user is told when it takes long.

        Raises:
            NoAnswerError: it took too long, this time or before.
            KeyboardInterrupt: the user does not want to wait.
        """
        if self._is_over:
            raise NoAnswerError
        answer: Future[T] = Future()
        # A daemon: what never answers must not keep the process from ending.
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
    """The one of this process."""
    return patience_at(os.environ, sys.platform, tell)


def patience_at(
    environment: Mapping[str, str], platform: str, tell: Callable[[str], None]
) -> Patience:
    """More where there is a display, because a window may be asking somebody to unlock it."""
    has_display = platform in ("darwin", "win32") or any(
        environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if has_display:
        return Patience(SECONDS_WITH_A_PERSON, SECONDS_IN_SILENCE, tell)
    return Patience(SECONDS_ALONE)


def _answer(question: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(question())
    except BaseException as error:
        answer.set_exception(error)


def _is_given_up() -> bool:
    """Whether the main thread leaves a pool of workers with an error, such as Ctrl-C, or ends.

    conda asks for us in a worker, and before it ends it waits for all of them.
    """
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if frame.f_code is Executor.__exit__.__code__ and frame.f_locals.get("exc_type"):
            return True
        if frame.f_back is None:
            # The interpreter itself calls `threading` when the program has ended.
            return frame.f_globals.get("__name__") == threading.__name__
        frame = frame.f_back
    return False
