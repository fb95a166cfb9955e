"""Cut channels, keys and empty values out of the text of a ``.condarc``.

Every function returns None when the text is not as it must be. Nothing is verified here: whoever
cuts reads the file again.
"""

from __future__ import annotations

import re

from conda_private.conda_config.condarc.insertions import has_dash
from conda_private.conda_config.condarc.lines import line_end, line_start
from conda_private.conda_config.condarc.yaml_nodes import Node, Outline, outline

_COLON = re.compile(r"[ \t]*:")
_COMMA = re.compile(r"\s*,[ \t]*")


def cut_piece(text: str, node: Node, piece: str) -> str | None:
    """Cut out exactly the characters that were put in for a node."""
    offset = piece.find(text[node.start : node.end])
    start = node.start - offset
    if offset < 0 or start < 0 or not text.startswith(piece, start):
        return None
    return text[:start] + text[start + len(piece) :]


def cut_put_in(text: str, channel: str, piece: str) -> str | None:
    """The text without an item whose characters are those that were put in."""
    items = (item for item in outline(text).items if item.value == channel)
    cuts = (cut_piece(text, item, piece) for item in items)
    return next((cut for cut in cuts if cut is not None), None)


def cut_item(text: str, places: Outline, node: Node) -> str | None:
    """Cut one channel out of a list that somebody else has changed."""
    if places.value is not None and places.value.is_flow:
        return _cut_within_brackets(text, node)
    if not has_dash(text, node):
        return None
    return text[: line_start(text, node.start)] + text[line_end(text, node.end) :]


def cut_bare_key(text: str, key: Node) -> str | None:
    """Cut the line of a key that has neither a value nor a comment."""
    start, end = line_start(text, key.start), line_end(text, key.end)
    is_bare = not text[start : key.start].strip() and text[key.end : end].strip() == ":"
    return text[:start] + text[end:] if is_bare else None


def swap_empty(text: str, places: Outline, new: str) -> tuple[str, str] | None:
    """Write something else behind the key, in place of nothing, a null or an empty list.

    Returns:
        The new text, and the characters that gave way.
    """
    colon = _COLON.match(text, places.key.end) if places.key else None
    if colon is None or places.value is None or places.value.children:
        return None
    # The mark of a value that is not there lies far away, before the next key.
    is_bare = places.value.start == places.value.end
    end = colon.end() if is_bare else places.value.end
    old = text[colon.end() : end]
    if re.search(r"[\r\n#]", old):
        return None
    return text[: colon.end()] + new + text[end:], old


def _cut_within_brackets(text: str, node: Node) -> str:
    start, end = node.start, node.end
    comma = _COMMA.match(text, end)
    comma_before = re.search(r",\s*\Z", text[:start])
    if comma:
        end = comma.end()
    elif comma_before:
        start = comma_before.start()
    line, next_line = line_start(text, start), line_end(text, end)
    if not (text[line:start] + text[end:next_line]).strip():
        start, end = line, next_line
    return text[:start] + text[end:]
