"""Where things stand in the text of a YAML file: nodes with the indexes of their characters.

Made from parser events, not from composed nodes: an alias keeps its own place there, and no end
is taken from a block collection, whose end lies behind the comments that follow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from conda_private.model.exceptions import CondarcError

if TYPE_CHECKING:
    from ruamel.yaml.events import Event

CHANNEL_KEYS = ("channels", "channel", "_channels")
"""The names under which conda finds its list of channels in a file."""

Kind = Literal["scalar", "alias", "list", "map"]


@dataclass(frozen=True)
class Node:
    """A value in the text.

    Attributes:
        kind: what it is; for an alias nothing else is known here.
        start: index of its first character, anchor and tag included.
        end: index behind its last character; of no meaning for a block collection.
        inside: index behind the opening bracket of a flow collection.
        column: how far its first character is indented.
        is_flow: whether it is written with brackets.
        value: the text of a scalar.
        children: items of a list; keys and values of a map by turns.
    """

    kind: Kind
    start: int
    end: int
    inside: int
    column: int
    is_flow: bool = False
    value: str = ""
    children: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Outline:
    """The nodes of a file.

    Attributes:
        root: the map at the top; None when the file has no content.
        end: index at which another line can be added: the end of the text, or of the document.
        key: the key of the channels.
        value: what stands under that key.
    """

    root: Node | None
    end: int
    key: Node | None = None
    value: Node | None = None

    @property
    def is_flow(self) -> bool:
        """Whether the whole file is written with brackets, as JSON is."""
        return self.root is not None and self.root.is_flow

    @property
    def items(self) -> tuple[Node, ...]:
        """The channels, as they stand in the text."""
        return self.value.children if self.value and self.value.kind == "list" else ()


def outline(text: str) -> Outline:
    """Find the places of the nodes of a file that conda can read.

    Raises:
        CondarcError: the text is YAML only once its line breaks are made alike, as conda does.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import DocumentEndEvent

    try:
        events = list(YAML(typ="safe", pure=True).parse(text))
    except YAMLError:
        # The error quotes lines of the file, and with them perhaps a token in a URL.
        raise CondarcError(
            "This file cannot be edited.",
            cause="Its line breaks are of several kinds.",
            next_step="save it with one kind of line breaks, then run the command again",
        ) from None
    ends = [event for event in events if isinstance(event, DocumentEndEvent)]
    if not ends:
        return Outline(None, len(text))
    root = _node(events[2], iter(events[3:]))
    end = _index(ends[0].start_mark) if ends[0].explicit else len(text)
    if root.kind != "map":
        return Outline(None, end)
    for key, value in zip(root.children[::2], root.children[1::2], strict=True):
        if key.kind == "scalar" and key.value in CHANNEL_KEYS:
            return Outline(root, end, key, value)
    return Outline(root, end)


def _node(event: Event, rest: Iterator[Event]) -> Node:
    from ruamel.yaml import events

    start, end = event.start_mark, event.end_mark
    kind: Kind = "scalar"
    children: list[Node] = []
    if isinstance(event, events.AliasEvent):
        kind = "alias"
    elif isinstance(event, events.CollectionStartEvent):
        kind = "list" if isinstance(event, events.SequenceStartEvent) else "map"
        while not isinstance(following := next(rest), events.CollectionEndEvent):
            children.append(_node(following, rest))
        end = following.end_mark
    return Node(
        kind,
        _index(start),
        _index(end),
        _index(event.end_mark),
        start.column,
        bool(getattr(event, "flow_style", False)),
        getattr(event, "value", ""),
        tuple(children),
    )


def _index(mark: Any) -> int:
    return int(mark.index)
