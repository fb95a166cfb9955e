"""Placeholders where a URL had a token: ``/t/<TOKEN>/``, and variables that nothing replaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# conda masks a token as <TOKEN>; requests percent-encodes that. Lock files can have variables.
_PLACEHOLDER = re.compile(
    r"(?P<before>https?://[^\s\"'<>]+?)"
    r"(?P<text>/t/(?:<[^\s<>/]*>|%3C[^\s/]*?%3E|\$\{?\w+\}?|\*{3,}))"
    r"(?P<after>/[^\s\"'#]*)",
    re.IGNORECASE | re.ASCII,
)


class Placeholder(NamedTuple):
    """One URL with a placeholder.

    Attributes:
        text: the placeholder, such as ``/t/<TOKEN>/``.
        url: the URL without it.
    """

    text: str
    url: str

    @property
    def reason(self) -> str:
        """Why it is not a token, as the beginning of a sentence."""
        if "$" in self.text:
            return "A variable in a URL is not replaced"
        return "That is how conda masks a token"


def placeholders(text: str) -> Iterator[Placeholder]:
    """Find the URLs with a placeholder in the text of a file, or in an argument."""
    # Most files have none, and this is the cheapest way to know.
    if "/t/" in text:
        for match in _PLACEHOLDER.finditer(text):
            yield Placeholder(f"{match['text']}/", match["before"] + match["after"])
