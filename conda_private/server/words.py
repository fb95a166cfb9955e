"""What a server says, made fit for a terminal: short, one line, nothing that moves the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response

MAX_TEXT = 200  # characters
_WARNING = "Conda-Token-Warning"
_MODES = {
    "X-Anaconda-Lockdown": "is in lockdown mode: it takes no changes, and may refuse downloads",
    "X-Anaconda-Read-Only": "is in read-only mode: it takes no changes now",
}


def plain(value: object) -> str:
    """A value of the server's as text; "" for nothing."""
    return "".join(filter(str.isprintable, str(value or "")))[:MAX_TEXT]


def text_of(response: Response) -> str:
    """The server's own words about why it refuses; "" when it has none."""
    try:
        content = response.json()
    except (ValueError, RecursionError):
        return ""
    words = content.get("error") or content.get("message") if isinstance(content, dict) else ""
    return plain(words).strip().rstrip(".")


def modes(headers: Mapping[str, str]) -> list[str]:
    """In which state the whole server says it is."""
    return [f"The server {state}." for name, state in _MODES.items() if name in headers]


def headers_say(headers: Mapping[str, str]) -> Iterator[str]:
    """What an answer's headers say beside the answer."""
    if warning := plain(headers.get(_WARNING)):
        yield f"The server says of this token: {warning}"
    yield from modes(headers)
