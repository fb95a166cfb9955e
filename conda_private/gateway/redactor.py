"""Masks credentials in a stream of bytes, wherever the stream is split into chunks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from conda_private.model.secret import MASK, Secret

# A prompt must be shown at once, even if its last characters could begin a credential. Up to this
# many bytes are shown early.
_SHOWN_WHEN_IDLE = 3


def masks(secrets: Iterable[Secret], *, shown_as: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return the replacements for a ``Redactor``: text to replace, and what is shown instead.

    Args:
        secrets: the credentials. Each is masked as it is, percent-encoded, and inside the base64
            of a Basic credential.
        shown_as: other texts and their replacements.
    """
    replacements = {text.encode(): other.encode() for text, other in shown_as.items()}
    for secret in secrets:
        for form in secret.spellings():
            replacements[form] = MASK.encode()
    return replacements


class Redactor:
    """Replaces texts in a stream: chunks go in, and what can be shown comes out.

    An end of a chunk that could begin one of the texts is held back until the next chunk.

    Args:
        replacements: the texts, and what is shown instead.
    """

    def __init__(self, replacements: Mapping[bytes, bytes]) -> None:
        self._replacements = dict(replacements)
        longest_first = sorted(self._replacements, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first)) or rb"(?!)")
        self._longest = max(map(len, longest_first), default=0)
        self._pending = b""
        self._shown = 0  # how many of the pending bytes have been shown already

    def feed(self, chunk: bytes) -> bytes:
        """Return what can be shown after this chunk."""
        text, position, out = self._pending + chunk, 0, []
        held_from = self._held_from(text, 0)
        # A match that starts before the held back end cannot become a longer one.
        while (match := self._pattern.search(text, position)) and match.start() < held_from:
            out += [self._unshown(text, position, match.start()), self._replacements[match[0]]]
            position = match.end()
            if position > held_from:
                held_from = self._held_from(text, position)
        out.append(self._unshown(text, position, held_from))
        self._pending, self._shown = text[held_from:], max(0, self._shown - held_from)
        return b"".join(out)

    def idle(self) -> bytes:
        """Return what can be shown while the stream pauses."""
        if len(self._pending) > _SHOWN_WHEN_IDLE or self._pattern.search(self._pending):
            return b""
        text, self._shown = self._pending[self._shown :], len(self._pending)
        return text

    def close(self) -> bytes:
        """Return the rest, at the end of the stream."""
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
        """Return the position of the longest end of the text that could begin a replacement."""
        first = max(start, len(text) - self._longest + 1)
        ends = (place for place in range(first, len(text)) if self._begins(text[place:]))
        return next(ends, len(text))

    def _begins(self, end: bytes) -> bool:
        return any(len(end) < len(each) and each.startswith(end) for each in self._replacements)
