"""Takes secrets out of a stream of bytes, however the stream is cut into pieces."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from conda_private.secret import MASK, Secret

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
        self._pending = b""
        self._shown = 0  # how many bytes at the beginning of what is pending are out already

    def feed(self, piece: bytes) -> bytes:
        """What may be shown after this piece."""
        text, shown, out, position = self._pending + piece, self._shown, [], 0
        for match in self._pattern.finditer(text):
            out += [text[max(position, shown) : match.start()], self._replacements[match[0]]]
            position = match.end()
        held_from = len(text) - self._could_begin(text[position:])
        out.append(text[max(position, shown) : held_from])
        self._pending, self._shown = text[held_from:], max(0, shown - held_from)
        return b"".join(out)

    def idle(self) -> bytes:
        """What may be shown when nothing more comes for now."""
        if len(self._pending) > _SHOWN_WHEN_IDLE:
            return b""
        text, self._shown = self._pending[self._shown :], len(self._pending)
        return text

    def close(self) -> bytes:
        """The rest, at the end of the stream."""
        rest, self._pending, self._shown = self._pending[self._shown :], b"", 0
        return rest

    def _could_begin(self, text: bytes) -> int:
        longest = max(map(len, self._replacements), default=0)
        for length in range(min(longest - 1, len(text)), 0, -1):
            end = text[len(text) - length :]
            if any(each.startswith(end) for each in self._replacements):
                return length
        return 0
