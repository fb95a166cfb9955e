"""Where things are in the text of a ``.condarc``: indexes of YAML nodes and of lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

CHANNEL_KEYS = ("channels", "channel", "_channels")
"""The names that conda accepts for its list of channels."""


class NotEditableError(Exception):
    """The text cannot be edited without changing something else in it."""


@dataclass(frozen=True)
class Node:
    """One YAML node; an alias has the indexes of its anchor.

    Attributes:
        start: index of its first character, anchor and tag included.
        end: index after its last character; for a block collection, after the comments below it.
        column: indentation of its first character.
        is_flow: whether it is a collection in brackets.
        value: text of a scalar, "" for a collection.
        children: items of a list, or keys of a map.
    """

    start: int
    end: int
    column: int = 0
    is_flow: bool = False
    value: str = ""
    children: tuple[Node, ...] = ()


def outline(text: str) -> tuple[Node, tuple[Node, Node] | None]:
    """Find the nodes that an edit needs, in a file that conda can read.

    Returns:
        The map at the top level, or an empty node at the end of a file without content; and the
        key and value of the channel list, or None.

    Raises:
        NotEditableError: the text is valid YAML only after Python has translated its line breaks.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError:
        # The parser's error quotes the file, and so perhaps a token in a URL.
        raise NotEditableError from None
    if root is None:
        return Node(len(text), len(text)), None
    pairs = root.value if root.id == "mapping" else ()
    top = _node(root, (key for key, _ in pairs))
    for key, value in pairs:
        if key.value in CHANNEL_KEYS:
            items = value.value if value.id == "sequence" else ()
            return top, (_node(key), _node(value, items))
    return top, None


def _node(node: Any, children: Iterable[Any] = ()) -> Node:
    return Node(
        node.start_mark.index,
        node.end_mark.index,
        node.start_mark.column,
        bool(getattr(node, "flow_style", False)),
        node.value if node.id == "scalar" else "",
        tuple(map(_node, children)),
    )


def line_start(text: str, index: int) -> int:
    """Return the index of the first character of a line."""
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """Return the index after a line's break, or after the text."""
    return text.find("\n", index) + 1 or len(text)


def line_break(text: str) -> str:
    """Return the line break that a text uses."""
    return "\r\n" if "\r\n" in text else "\n"
