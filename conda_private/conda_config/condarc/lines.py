"""Lines of a text, found by index; a break is ``\\n``, ``\\r\\n`` or ``\\r``."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n|\r|\n")


def line_start(text: str, index: int) -> int:
    """The index of the first character of a line."""
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def line_end(text: str, index: int) -> int:
    """The index behind a line's break, or behind the text."""
    found = _BREAK.search(text, index)
    return found.end() if found else len(text)


def has_break(text: str) -> bool:
    """Whether the text's last line ends in a break."""
    return text.endswith(("\n", "\r"))


def line_break(text: str, index: int = 0) -> str:
    """The break of a line; for a last line without one, the break that the text uses."""
    found = _BREAK.search(text, index) or _BREAK.search(text)
    return found[0] if found else "\n"
