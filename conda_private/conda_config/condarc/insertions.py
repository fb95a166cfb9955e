"""Where a key or a channel goes in the text of a ``.condarc``, and the characters that go there.

Nothing is verified here: whoever puts the characters in reads the file again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from conda_private.conda_config.condarc.lines import has_break, line_break, line_end, line_start
from conda_private.conda_config.condarc.yaml_nodes import Node, Outline

Where: TypeAlias = Literal["prepend", "append"]

BYTE_ORDER_MARK = "\ufeff"

_DASH = re.compile(r"([ \t]*-)([ \t]*)")
_COMMENT_BEHIND = re.compile(r"[ \t]*(,?)[ \t]*#[^\r\n]*")
_COMMENTS = re.compile(r"[ \t]*:?(?:\s*#[^\r\n]*)+")
# Plain in YAML 1.1 and 1.2, within brackets and without, unless it reads as another type.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~+=@/-]*(?:://[A-Za-z0-9._~+=@/-]+)?")
_TYPED = re.compile(r"y|n|yes|no|on|off|true|false|null|[0-9][0-9a-fox._+-]*", re.IGNORECASE)


class Insertion(NamedTuple):
    """Characters to put into a text, and the index before which they go."""

    at: int
    piece: str

    def into(self, text: str) -> str:
        """The text with the characters in it."""
        return text[: self.at] + self.piece + text[self.at :]


def key_insertion(text: str, places: Outline) -> Insertion:
    """Where a key for the channels goes in a file that has none."""
    root = places.root
    if root is not None and places.is_flow:
        return _within_brackets(text, root, "channels: []", "prepend")
    line = " " * (root.column if root else 0) + "channels:"
    before = text[: places.end].removeprefix(BYTE_ORDER_MARK)
    if before and not has_break(before):
        return Insertion(places.end, line_break(text) + line)
    return Insertion(places.end, line + line_break(text))


def item_insertions(text: str, places: Outline, channel: str, where: Where) -> Iterator[Insertion]:
    """Where a channel can go, the best place first: a comment may make it mean something else."""
    key, value = places.key, places.value
    if key is None or value is None:
        return
    if value.is_flow:
        yield _within_brackets(text, value, scalar(channel), where)
    elif not value.children:
        line = " " * (key.column + 2) + "- " + scalar(channel)
        yield from _below_comments(text, key.end, line)
    else:
        model = value.children[0 if where == "prepend" else -1]
        yield from _beside(text, key, model, channel, where)


def scalar(channel: str) -> str:
    """Write a channel so that YAML reads the same string back."""
    if _PLAIN.fullmatch(channel) and not _TYPED.fullmatch(channel):
        return channel
    return json.dumps(channel, ensure_ascii=False)


def has_dash(text: str, node: Node) -> re.Match[str] | None:
    """Match the dash before an item, when nothing else stands before it on its line."""
    return _DASH.fullmatch(text, line_start(text, node.start), node.start)


def _beside(text: str, key: Node, model: Node, channel: str, where: Where) -> Iterator[Insertion]:
    dash = has_dash(text, model)
    if dash is None:
        return
    line = dash[1] + (dash[2] or " ") + scalar(channel)
    if where == "append":
        yield from _below_comments(text, model.end, line)
    else:
        yield _below(text, key.end, line)
        yield Insertion(dash.start(), line + line_break(text, model.start))


def _below_comments(text: str, index: int, line: str) -> Iterator[Insertion]:
    yield _below(text, index, line)
    comments = _COMMENTS.match(text, index)
    if comments:
        yield _below(text, comments.end(), line)


def _below(text: str, index: int, line: str) -> Insertion:
    # A block scalar ends behind its line break, everything else before it.
    last = index - 1 if has_break(text[:index]) else index
    end = line_end(text, last)
    if has_break(text[:end]):
        return Insertion(end, line + line_break(text, last))
    return Insertion(end, line_break(text) + line)


def _within_brackets(text: str, parent: Node, new: str, where: Where) -> Insertion:
    if not parent.children:
        return Insertion(parent.inside, new)
    node = parent.children[0 if where == "prepend" else -1]
    lead = text[line_start(text, node.start) : node.start]
    gap = " " if lead.strip() else line_break(text, node.start) + lead
    if where == "prepend":
        return Insertion(node.start, f"{new},{gap}")
    comment = _COMMENT_BEHIND.match(text, node.end)
    if comment is None:
        return Insertion(node.end, f",{gap}{new}")
    margin = line_break(text, node.end) + lead[: len(lead) - len(lead.lstrip())]
    return Insertion(comment.end(), f"{margin}{new}," if comment[1] else f"{margin}, {new}")
