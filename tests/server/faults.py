"""Faults that a test injects into a running server."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .credentials import shown
from .wire import Answer, Call, redirect

PIECES = 20  # of an answer that comes in drops


@dataclass(frozen=True)
class Fault:
    """What goes wrong: the answer, the wait before it, or the connection under it.

    Attributes:
        answer: Sent instead of the real one.
        delay: Seconds to wait first.
        hang_up: ``before`` the headers, at once with a ``reset``, after the ``headers``, in
            ``mid-body``, or not at all (empty).
        drip: Seconds to wait after each twentieth of the body.
        headers: Put in place of those of the real answer.
    """

    answer: Answer | None = None
    delay: float = 0
    hang_up: str = ""
    drip: float = 0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def has_answer(self) -> bool:
        """Whether the client gets anything."""
        return self.hang_up not in ("before", "reset")

    def pieces(self, body: bytes) -> Iterator[bytes]:
        """What of a body is sent, in the pieces in which it is sent."""
        kept = {"headers": 0, "mid-body": len(body) // 2}.get(self.hang_up, len(body))
        step = max(1, -(-kept // PIECES)) if self.drip else max(1, kept)
        for start in range(0, kept, step):
            yield body[start : min(start + step, kept)]

    def on(self, answer: Answer) -> Answer:
        """The answer as this fault changes it."""
        return replace(answer, headers={**answer.headers, **self.headers})

    @classmethod
    def status(cls, code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Fault:
        """Answer with a status."""
        return cls(Answer(code, body, headers or {}))

    @classmethod
    def html(cls, body: bytes = b"<!doctype html><title>Sign in to the network</title>") -> Fault:
        """Answer 200 with a page, as a captive portal does."""
        return cls(Answer(200, body, {"Content-Type": "text/html"}))

    @classmethod
    def redirect(cls, location: str, code: int = 302) -> Fault:
        """Send the client elsewhere."""
        return cls(redirect(location, code))

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Answer rightly, but late."""
        return cls(delay=seconds)

    @classmethod
    def drop(cls) -> Fault:
        """Close the connection before the headers."""
        return cls(hang_up="before")

    @classmethod
    def reset(cls) -> Fault:
        """Break the connection off with a reset, before the headers."""
        return cls(hang_up="reset")

    @classmethod
    def cut(cls, after: str = "mid-body") -> Fault:
        """Close the connection in mid-body, or after the headers."""
        return cls(hang_up=after)

    @classmethod
    def drops(cls, seconds: float) -> Fault:
        """Send the right body drop by drop, in about so many seconds."""
        return cls(drip=seconds / PIECES)

    @classmethod
    def typed(cls, content_type: str) -> Fault:
        """Answer rightly, but call it something else."""
        return cls(headers={"Content-Type": content_type})

    @classmethod
    def bomb(cls, size: int) -> Fault:
        """Answer with a thousandth of so many bytes, which unpack to all of them."""
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return cls(Answer(200, gzip.compress(b" " * size), headers))


@dataclass
class Rule:
    """Where a fault strikes and how often still; ``times`` None is always.

    Attributes:
        signed: Whether it strikes requests with a credential, or those without; None is both.
    """

    match: str
    origin: str | None
    fault: Fault
    times: int | None = None
    signed: bool | None = None

    def strikes(self, call: Call) -> bool:
        """Whether it strikes this request; counts it if so."""
        if self.times == 0 or self.origin not in (None, call.origin):
            return False
        if not re.search(self.match, call.target):
            return False
        if self.signed not in (None, bool(shown(call))):
            return False
        self.times = None if self.times is None else self.times - 1
        return True


@dataclass
class Faults:
    """The rules in force; the first that strikes wins."""

    rules: list[Rule] = field(default_factory=list)

    def of(self, call: Call) -> Fault:
        """The fault for a request, one that does nothing when no rule strikes."""
        return next((rule.fault for rule in self.rules if rule.strikes(call)), Fault())
