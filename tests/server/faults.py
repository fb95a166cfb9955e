"""Faults that a test injects into a running server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .wire import Answer, Call, redirect


@dataclass(frozen=True)
class Fault:
    """What goes wrong: the answer, the wait before it, or the connection under it.

    Attributes:
        answer: Sent instead of the real one.
        delay: Seconds to wait first.
        hang_up: ``before`` the headers, in ``mid-body``, or not at all (empty).
    """

    answer: Answer | None = None
    delay: float = 0
    hang_up: str = ""

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
    def cut(cls) -> Fault:
        """Close the connection in mid-body."""
        return cls(hang_up="mid-body")


@dataclass
class Rule:
    """Where a fault strikes and how often still; ``times`` None is always."""

    match: str
    origin: str | None
    fault: Fault
    times: int | None = None

    def strikes(self, call: Call) -> bool:
        """Whether it strikes this request; counts it if so."""
        if self.times == 0 or self.origin not in (None, call.origin):
            return False
        if not re.search(self.match, call.target):
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
