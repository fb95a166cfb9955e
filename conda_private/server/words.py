"""Makes a server's texts safe for a terminal: short, on one line, without control characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response

MAX_TEXT = 200  # characters
_WARNING = "Conda-Token-Warning"
_MODES = {
    "X-Anaconda-Lockdown": "is in lockdown mode: it accepts no changes and may refuse downloads",
    "X-Anaconda-Read-Only": "is in read-only mode: it accepts no changes at the moment",
}


def printable(value: object) -> str:
    """Return a value from the server as printable text; "" for None and other empty values."""
    return "".join(filter(str.isprintable, str(value or "")))[:MAX_TEXT]


def error_message(response: Response) -> str:
    """Return the message in the JSON of a refusal, without a period; "" if there is none."""
    try:
        content = response.json()
    except (ValueError, RecursionError):
        return ""
    return printable(_message(content)).strip().rstrip(".")


def _message(content: object) -> object:
    """The text under the key that a server has it under; anaconda.com nests it in its errors."""
    if not isinstance(content, dict):
        return ""
    words = content.get("error") or content.get("message") or content.get("detail")
    return _message(words) or words if isinstance(words, dict) else words


def server_modes(headers: Mapping[str, str]) -> list[str]:
    """Return one sentence for each restricted mode that the server reports in its headers."""
    return [f"The server {mode}." for name, mode in _MODES.items() if name in headers]


def header_warnings(headers: Mapping[str, str]) -> Iterator[str]:
    """Return the warnings in an answer's headers: about the token and about the server's mode."""
    if warning := printable(headers.get(_WARNING)):
        yield f"The server's warning about this token: {warning}"
    yield from server_modes(headers)
