"""Answers of programs and servers: each is asked once in a process, and again after its expiry."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache

from conda_private.model.answer import Answer
from conda_private.model.exceptions import CondaPrivateError


class Once:
    """Remembers answers, and errors, in memory only.

    Args:
        now: returns the time, with a time zone.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)) -> None:
        self.now = now
        self._answers: dict[str, Answer | CondaPrivateError | None] = {}
        self._expired: Counter[str] = Counter()
        # Held while a program runs: the others that need its answer wait for it.
        self._lock = threading.RLock()

    def get(self, name: str, ask: Callable[[], Answer | None]) -> Answer | None:
        """Return the answer with this name; ``ask`` is called if there is none, or it has expired.

        Raises:
            CondaPrivateError: the error of ``ask``, also for each later call.
        """
        with self._lock:
            self.stamp(name)
            if name not in self._answers:
                self._answers[name] = _outcome(ask)
            found = self._answers[name]
        if isinstance(found, CondaPrivateError):
            # One error object serves many requests; it must not accumulate their tracebacks.
            raise found.with_traceback(None)
        return found

    def known(self, name: str) -> Answer | None:
        """Return the answer with this name if there is a valid one; nothing is asked."""
        with self._lock:
            self.stamp(name)
            found = self._answers.get(name)
        return found if isinstance(found, Answer) else None

    def put(self, name: str, answer: Answer) -> None:
        """Remember an answer."""
        with self._lock:
            self._answers[name] = answer

    def stamp(self, name: str) -> int:
        """Return how many answers with this name have expired; an expired one is forgotten."""
        with self._lock:
            found = self._answers.get(name)
            if isinstance(found, Answer) and found.is_over(self.now()):
                del self._answers[name]
                self._expired[name] += 1
            return self._expired[name]


@cache
def answers() -> Once:
    """Return the answers of this process."""
    return Once()


def _outcome(ask: Callable[[], Answer | None]) -> Answer | CondaPrivateError | None:
    try:
        return ask()
    except CondaPrivateError as error:
        return error
