"""Takes secrets out of a stream of bytes, however the stream is cut into pieces."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from conda_private.model.secret import MASK, Secret

# A prompt must not wait for what never comes: so much of a secret's beginning may be shown.
_SHOWN_WHEN_IDLE = 3


def masks(secrets: Iterable[Secret], *, shown_as: Mapping[str, str]) -> dict[bytes, bytes]:
    """What to replace by what.

    Args:
        secrets: masked plain, percent-encoded, and in base64 as the password of ``token:``.
        shown_as: other texts, each with what is shown in its place.
    """
    replacements = {text.encode(): other.encode() for text, other in shown_as.items()}
    for secret in secrets:
        for form in _forms(secret.reveal()):
            replacements[form] = MASK.encode()
    return replacements


def _forms(text: str) -> set[bytes]:
    # Behind a user name of any length the inner part of the base64 is one of three.
    raw = text.encode()
    inner = {base64.b64encode(b"x" * pad + raw)[pad and 4 : -4] for pad in range(3)}
    long_enough = {form for form in inner if len(form) >= 8}
    return {raw, quote(text, safe="").encode(), *long_enough}


class Redactor:
    """Feed it the pieces; it gives back what may be shown.

    What could be the beginning of something to be replaced is held back until the next piece.

    Args:
        replacements: what to replace by what.
    """

    def __init__(self, replacements: Mapping[bytes, bytes]) -> None:
        self._replacements = dict(replacements)
        longest_first = sorted(self._replacements, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first)) or rb"(?!)")
        self._longest = max(map(len, longest_first), default=0)
        self._pending = b""
        self._shown = 0  # how many bytes at the beginning of what is pending are out already

    def feed(self, piece: bytes) -> bytes:
        """What may be shown after this piece."""
        text, position, out = self._pending + piece, 0, []
        held_from = self._held_from(text, 0)
        # What begins before a text that may still become something longer is replaced for certain.
        while (match := self._pattern.search(text, position)) and match.start() < held_from:
            out += [self._unshown(text, position, match.start()), self._replacements[match[0]]]
            position = match.end()
            if position > held_from:
                held_from = self._held_from(text, position)
        out.append(self._unshown(text, position, held_from))
        self._pending, self._shown = text[held_from:], max(0, self._shown - held_from)
        return b"".join(out)

    def idle(self) -> bytes:
        """What may be shown when nothing more comes for now."""
        if len(self._pending) > _SHOWN_WHEN_IDLE or self._pattern.search(self._pending):
            return b""
        text, self._shown = self._pending[self._shown :], len(self._pending)
        return text

    def close(self) -> bytes:
        """The rest, at the end of the stream."""
        text, position, out = self._pending, 0, []
        for match in self._pattern.finditer(text):
            out += [self._unshown(text, position, match.start()), self._replacements[match[0]]]
            position = match.end()
        out.append(self._unshown(text, position, len(text)))
        self._pending, self._shown = b"", 0
        return b"".join(out)

    def _unshown(self, text: bytes, start: int, end: int) -> bytes:
        return text[max(start, self._shown) : end]

    def _held_from(self, text: bytes, start: int) -> int:
        """Where the earliest end of the text is that could be the beginning of something."""
        first = max(start, len(text) - self._longest + 1)
        ends = (place for place in range(first, len(text)) if self._begins(text[place:]))
        return next(ends, len(text))

    def _begins(self, end: bytes) -> bool:
        return any(len(end) < len(each) and each.startswith(end) for each in self._replacements)
