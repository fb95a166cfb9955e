"""Replaces the links in pages of a simple index (HTML: PEP 503, JSON: PEP 691)."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
Link = Callable[[str], str]


def relinked(page: bytes, content_type: str, base: str, link: Link) -> bytes:
    """Return a page with replaced links.

    Args:
        page: the page as the server sent it, decompressed.
        content_type: its media type.
        base: its URL.
        link: returns the new URL for an absolute URL.

    Raises:
        ValueError: the page does not match its media type.
    """
    if content_type.partition(";")[0].strip().lower().endswith("json"):
        return _relinked_json(page, base, link)
    parser = _Relinking(base, link)
    parser.feed(page.decode("utf-8", "replace"))
    parser.close()
    return "".join(parser.out).encode()


def _relinked_json(page: bytes, base: str, link: Link) -> bytes:
    data: Any = json.loads(page)
    for file in _files(data):
        file["url"] = link(urljoin(base, str(file["url"])))
        # It would reveal the address of the index, and installers do not need it.
        file.pop("provenance", None)
    return json.dumps(data).encode()


def _files(data: Any) -> list[dict[str, Any]]:
    files = data.get("files", []) if isinstance(data, dict) else None
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise ValueError("This is not a page of an index.")
    if not all("url" in file for file in files):
        raise ValueError("A file has no URL.")
    return files


class _Relinking(HTMLParser):
    """Writes a page that has only the anchors and the ``pypi:`` metadata of the original."""

    def __init__(self, base: str, link: Link) -> None:
        super().__init__(convert_charrefs=True)
        self.out = ["<!DOCTYPE html>\n"]
        self._base, self._link = base, link
        self._in_anchor = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Copy an anchor or a ``pypi:`` meta tag."""
        given = dict(attrs)
        if tag == "base" and given.get("href"):
            self._base = urljoin(self._base, given["href"])
        elif tag == "meta" and str(given.get("name", "")).startswith("pypi:"):
            self.out.append(_tag("meta", given))
        elif tag == "a" and given.get("href"):
            address, mark, digest = str(given["href"]).partition("#")
            target = self._link(urljoin(self._base, address))
            self.out.append(_tag("a", {**given, "href": target + mark + digest}))
            self._in_anchor = True

    def handle_endtag(self, tag: str) -> None:
        """Close an anchor."""
        if tag == "a" and self._in_anchor:
            self.out.append("</a><br/>\n")
            self._in_anchor = False

    def handle_data(self, data: str) -> None:
        """Copy the text of an anchor."""
        if self._in_anchor:
            self.out.append(escape(data))


def _tag(name: str, attributes: dict[str, str | None]) -> str:
    written = (
        key if value is None else f'{key}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{name} {' '.join(written)}>"
