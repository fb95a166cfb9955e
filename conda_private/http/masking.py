"""Masks a credential that a server repeats in its answer: conda prints and caches parts of it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import requests

from conda_private.model.secret import MASK, Secret

if TYPE_CHECKING:
    from requests import Response

MAX_BODY = 1 << 16  # bytes; conda shows the first thousand
_CHUNK = 1 << 12  # bytes
_LEAST = 6  # bytes; a shorter text can be there by chance, also in a length or a date
# Without these, the answer could not be read. A redirect needs its target as it is.
_NEEDED = frozenset(
    {"connection", "content-encoding", "content-length", "location", "transfer-encoding"}
)


def mask_head(response: Response, secret: Secret) -> None:
    """Mask a credential in the headers and the reason phrase of an answer, in place."""
    # One search, because conda asks for thousands of files whose answers repeat nothing.
    if not _is_in(f"{response.reason}\n{response.headers}", secret):
        return
    response.reason = masked(response.reason or "", secret)
    for name, value in [*response.headers.items()]:
        if _is_in(name, secret):
            del response.headers[name]
        elif name.lower() not in _NEEDED:
            response.headers[name] = masked(value, secret)


def mask_body(response: Response, secret: Secret) -> None:
    """Read the beginning of a body, mask a credential in it, and drop the rest."""
    body = b""
    try:
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > MAX_BODY:
                response.raw.close()
                break
    except requests.RequestException:
        pass  # conda shows what has arrived
    response._content = _pattern(secret).sub(MASK.encode(), body)
    response._content_consumed = True  # type: ignore[attr-defined]


def masked(text: str, secret: Secret) -> str:
    """Return a text with the credential masked, however it is encoded."""
    return _pattern(secret).sub(MASK.encode(), _bytes(text)).decode("utf-8", "surrogateescape")


def _is_in(text: str, secret: Secret) -> bool:
    return _pattern(secret).search(_bytes(text)) is not None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


@cache
def _pattern(secret: Secret) -> re.Pattern[bytes]:
    # In any case, because conda prints reasons in capitals.
    forms = sorted((form for form in secret.spellings() if len(form) >= _LEAST), key=len)
    return re.compile(b"|".join(map(re.escape, reversed(forms))) or rb"(?!)", re.IGNORECASE)
