"""Add a channel to the text of a ``.condarc``, and take it out again.

Characters are inserted or deleted; all others stay. Every edit is read again as conda reads it,
and counts only if the list differs by exactly that edit and everything else is equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from conda_private.conda_config.condarc.nodes import (
    Node,
    NotEditableError,
    line_break,
    line_end,
    line_start,
    outline,
)
from conda_private.conda_config.condarc.reading import DEFAULTS, Entry, Reading, read
from conda_private.conda_config.condarc.record import Added, Record, Where
from conda_private.model.exceptions import CondarcError, FileFormatError

_Entries: TypeAlias = tuple[Entry, ...]

_BYTE_ORDER_MARK = "\ufeff"
_COMMA, _COMMA_AT_END = re.compile(r"\s*,\s*"), re.compile(r"\s*,\s*\Z")
_DASH = re.compile(r"[ \t]*-[ \t]+")
# Plain in YAML 1.1 and 1.2, in brackets and without, unless it reads as another type.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~+=@/-]*(?:://[A-Za-z0-9._~+=@/-]+)?")
_TYPED = re.compile(r"y|n|yes|no|on|off|true|false|null|[0-9][0-9a-fox._+-]*", re.IGNORECASE)


def add(
    text: str, channel: str, record: Record, *, where: Where, keep_defaults: bool
) -> tuple[str, Record] | None:
    """Add a channel to the list, at its beginning or its end.

    With ``keep_defaults`` the first list of the file gets ``defaults``, too. Returns the new text
    and record, or None if the channel is already listed.

    Raises:
        FileFormatError, CondarcError: conda cannot read the file, or it does not have one list.
        NotEditableError: no place for the channel leaves everything else equal.
    """
    before = read(text)
    listed, old = before.channels or [], before.entries
    if channel in listed:
        return None
    record = record.still_in(listed)
    if old is None:
        has_defaults = keep_defaults and channel != DEFAULTS
        record = Record(made_key=before.key is None, made_list=True, added_defaults=has_defaults)
        old = ((DEFAULTS, ""),) if has_defaults else ()
    new = (channel, "")
    entries = (new, *old) if where == "prepend" else (*old, new)
    expected = replace(before, key=before.key or "channels", entries=entries)
    if before.entries is None:
        texts = _with_list(text, [name for name, _ in entries])
    else:
        texts = _with_item(text, channel, where)
    added = (*record.channels, Added(channel, where))
    return _first_that_reads(texts, expected), replace(record, channels=added)


def remove(text: str, channel: str, record: Record) -> tuple[str, Record]:
    """Take out a channel that was added, and with the last one everything that came with it.

    The text stays as it is if the record or the file does not list the channel.

    Returns:
        The new text and record.

    Raises:
        FileFormatError, CondarcError: conda cannot read the file, or it does not have one list.
        NotEditableError: the channel cannot be taken out without changing something else.
    """
    before = read(text)
    record = record.still_in(before.channels or ())
    added = next((each for each in record.channels if each.channel == channel), None)
    if added is None:
        return text, record
    rest = record.still_in({each.channel for each in record.channels} - {channel})
    text, entries = _without_item(text, added, before.entries or ())
    left: _Entries | None = entries
    if not rest.channels:
        text, left = _without_rest(text, entries, record)
    expected = replace(before, entries=left)
    return _first_that_reads([text], expected, replace(expected, key=None, key_flag="")), rest


def _first_that_reads(texts: Iterable[str], *expected: Reading) -> str:
    for text in texts:
        with suppress(CondarcError, FileFormatError):
            if read(text) in expected:
                return text
    raise NotEditableError


def _with_list(text: str, channels: Sequence[str]) -> Iterator[str]:
    """Try the places for a new list, the best one first: below the key, or with a new key."""
    root, entry = outline(text)
    margin = " " * root.column
    items = [f"{margin}  - {_scalar(channel)}" for channel in channels]
    if root.is_flow and entry is None:
        new = f"channels: [{', '.join(map(_scalar, channels))}]"
        yield _in_brackets(text, root, new, "prepend")
    elif entry:
        key, null = entry
        if null.value:
            text = text[: null.start].rstrip(" ") + text[null.end :]
        yield _with_lines(text, line_end(text, key.end), items)
    else:
        yield _with_lines(text, len(text), [f"{margin}channels:", *items])
        # The end may belong to a block scalar, or come after the end of the document.
        yield _with_lines(text, root.start - root.column, [f"{margin}channels:", *items])


def _with_item(text: str, channel: str, where: Where) -> Iterator[str]:
    """Try the places for a channel, the best one first: a comment there may be part of a flag."""
    key, value = _entry(text)
    if value.is_flow:
        yield _in_brackets(text, value, _scalar(channel), where)
        return
    model = value.children[0 if where == "prepend" else -1]
    dash = _dash(text, model)
    line = dash[0] + _scalar(channel)
    if where == "append":
        # A block scalar ends after its line break, everything else before it.
        yield _with_lines(text, line_end(text, model.end - 1), [line])
    else:
        yield _with_lines(text, line_end(text, key.end), [line])
        yield _with_lines(text, dash.start(), [line])


def _with_lines(text: str, at: int, lines: Iterable[str]) -> str:
    before, end = text[:at], line_break(text)
    gap = "" if before in ("", _BYTE_ORDER_MARK) or before.endswith("\n") else end
    return before + gap + "".join(line + end for line in lines) + text[at:]


def _in_brackets(text: str, parent: Node, new: str, where: Where) -> str:
    if not parent.children:
        return text[: parent.end - 1] + new + text[parent.end - 1 :]
    first, last = parent.children[0], parent.children[-1]
    margin = text[line_start(text, first.start) : first.start]
    gap = " " if margin.strip() else line_break(text) + margin
    if where == "prepend":
        return text[: first.start] + f"{new},{gap}" + text[first.start :]
    return text[: last.end] + f",{gap}{new}" + text[last.end :]


def _without_item(text: str, added: Added, entries: _Entries) -> tuple[str, _Entries]:
    _, value = _entry(text)
    found = [i for i, item in enumerate(value.children) if item.value == added.channel]
    if not found:
        raise NotEditableError
    # A user may have listed the channel once more: ours is the one at our end.
    index = found[0 if added.where == "prepend" else -1]
    item = value.children[index]
    if value.is_flow:
        text = _cut_in_brackets(text, item.start, item.end)
    else:
        text = text[: _dash(text, item).start()] + text[line_end(text, item.end - 1) :]
    return text, (*entries[:index], *entries[index + 1 :])


def _without_rest(text: str, entries: _Entries, record: Record) -> tuple[str, _Entries | None]:
    """Take out what came with the first channel if nothing but it is left in the list."""
    if record.added_defaults and [channel for channel, _ in entries] == [DEFAULTS]:
        text, entries = _without_item(text, Added(DEFAULTS, "append"), entries)
    if entries:
        return text, entries
    if record.made_list:
        return _without_list(text, made_key=record.made_key), None
    key, value = _entry(text)
    if not value.is_flow:
        colon = text.find(":", key.end) + 1
        text = text[:colon] + " []" + text[colon:]
    return text, ()


def _without_list(text: str, *, made_key: bool) -> str:
    """Take out an empty list, and its key if that is ours and its line has no comment."""
    key, value = _entry(text)
    if "#" in text[value.start : value.end]:
        raise NotEditableError
    if outline(text)[0].is_flow:
        return _cut_in_brackets(text, key.start, value.end)
    if value.is_flow:
        text = text[: value.start].rstrip() + text[value.end :]
    start, end = key.start - key.column, line_end(text, key.end)
    is_bare = text[start:end].strip() in (f"{key.value}:", f'"{key.value}":')
    return text[:start] + text[end:] if made_key and is_bare else text


def _cut_in_brackets(text: str, start: int, end: int) -> str:
    before, behind = _COMMA_AT_END.search(text[:start]), _COMMA.match(text, end)
    if before:
        start = before.start()
    elif behind:
        end = behind.end()
    return text[:start] + text[end:]


def _entry(text: str) -> tuple[Node, Node]:
    _, entry = outline(text)
    if entry is None:  # the list comes from a merge key
        raise NotEditableError
    return entry


def _dash(text: str, item: Node) -> re.Match[str]:
    dash = _DASH.fullmatch(text, line_start(text, item.start), item.start)
    if dash is None:
        raise NotEditableError
    return dash


def _scalar(channel: str) -> str:
    """Write a channel so that YAML reads the same string back."""
    if _PLAIN.fullmatch(channel) and not _TYPED.fullmatch(channel):
        return channel
    return json.dumps(channel, ensure_ascii=False)
