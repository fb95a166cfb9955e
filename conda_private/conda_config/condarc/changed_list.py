"""Take a channel out of a list that somebody else has changed since it was added."""

from __future__ import annotations

from conda_private.conda_config.condarc.added import Added, Item
from conda_private.conda_config.condarc.cuts import cut_bare_key, cut_item, swap_empty
from conda_private.conda_config.condarc.reading import DEFAULTS, Entry, Reading, read
from conda_private.conda_config.condarc.refusals import cannot_remove
from conda_private.conda_config.condarc.yaml_nodes import outline
from conda_private.model.exceptions import CondarcError, FileFormatError


def cut_from_changed(text: str, item: Item, added: Added) -> str:
    """Cut out one item, and what was made for it when nothing of anybody else is in the list.

    Raises:
        CondarcError: something else in the file would change with it.
    """
    before = read(text)
    try:
        changed, expected = _cut(text, item, before, added)
        after = read(changed)
    except (CondarcError, FileFormatError):
        raise cannot_remove(item.channel) from None
    has_flag = after.key is None or after.key_flag == before.key_flag
    if after.others != before.others or after.entries != expected or not has_flag:
        raise cannot_remove(item.channel)
    return changed


def _cut(
    text: str, item: Item, before: Reading, added: Added
) -> tuple[str, tuple[Entry, ...] | None]:
    """The new text, and the entries that conda must read in it."""
    text, entries = _cut_one(text, item, before.entries or ())
    if len(added.items) > 1:
        return text, entries
    if not added.made_the_list:
        return (text if entries else _with_empty_list(text)), entries
    if added.defaults and [channel for channel, _ in entries] == [DEFAULTS]:
        text, entries = _cut_one(text, Item(DEFAULTS, added.defaults, "append"), entries)
    return (text, entries) if entries else (_without_list(text, added), None)


def _cut_one(text: str, item: Item, entries: tuple[Entry, ...]) -> tuple[str, tuple[Entry, ...]]:
    places = outline(text)
    found = [index for index, node in enumerate(places.items) if node.value == item.channel]
    # Somebody may have listed the channel once more: ours is the one at our end.
    index = found[0 if item.where == "prepend" else -1] if found else None
    changed = None if index is None else cut_item(text, places, places.items[index])
    if index is None or changed is None:
        raise cannot_remove(item.channel)
    return changed, (*entries[:index], *entries[index + 1 :])


def _with_empty_list(text: str) -> str:
    places = outline(text)
    if places.value is not None and places.value.is_flow:
        return text
    return _swapped(text, " []")


def _without_list(text: str, added: Added) -> str:
    nothing = " null" if outline(text).is_flow else ""
    text = _swapped(text, nothing if added.null is None else added.null)
    key = outline(text).key
    bare = cut_bare_key(text, key) if added.key and key else None
    # A key with somebody's comment stays: with nothing behind it conda takes no notice of it.
    return text if bare is None else bare


def _swapped(text: str, new: str) -> str:
    swapped = swap_empty(text, outline(text), new)
    if swapped is None:
        raise CondarcError("Something else stands behind the key.")
    return swapped[0]
