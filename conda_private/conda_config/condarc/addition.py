"""Put a channel into the text of a ``.condarc``."""

from __future__ import annotations

from dataclasses import replace

from conda_private.conda_config.condarc.added import Added, Item
from conda_private.conda_config.condarc.cuts import cut_put_in, swap_empty
from conda_private.conda_config.condarc.insertions import Where, item_insertions, key_insertion
from conda_private.conda_config.condarc.reading import DEFAULTS, Reading, read, reads_as
from conda_private.conda_config.condarc.refusals import cannot_add, cannot_name
from conda_private.conda_config.condarc.yaml_nodes import outline


def add(
    text: str, channel: str, added: Added, *, where: Where, keep_defaults: bool
) -> tuple[str, Added] | None:
    """Put a channel into the list, at its beginning or its end.

    Args:
        added: what was added to this file before.
        keep_defaults: whether to add ``defaults`` too when the file has no list yet, so that
            conda does not lose the default channels that it used until now.

    Returns:
        The new text and record; None when the channel is listed already.

    Raises:
        FileFormatError: conda cannot read the file.
        CondarcError: the channel cannot be put in without a risk for the rest.
    """
    before = read(text)
    listed = before.channels or []
    if channel in listed:
        return None
    _refuse_odd_name(channel)
    added = added.still_in(listed)
    if before.entries is None:
        text, added = _open_list(text, channel, before)
        if keep_defaults and channel != DEFAULTS:
            text, defaults = _put(text, DEFAULTS, "append")
            added = replace(added, defaults=defaults)
    text, piece = _put(text, channel, where)
    return text, replace(added, items=(*added.items, Item(channel, piece, where)))


def _refuse_odd_name(channel: str) -> None:
    if not channel.isprintable() or not channel.strip() or "$" in channel or "%" in channel:
        raise cannot_name()


def _open_list(text: str, channel: str, before: Reading) -> tuple[str, Added]:
    """Make a place for the first item: a key, or nothing in place of a null."""
    places = outline(text)
    if places.key is None:
        insertion = key_insertion(text, places)
        new, added = insertion.into(text), Added(key=insertion.piece)
    else:
        swapped = swap_empty(text, places, " []" if places.is_flow else "")
        if swapped is None:
            raise cannot_add(channel)
        new, added = swapped[0], Added(null=swapped[1])
    expected = replace(before, key=before.key or "channels", entries=() if places.is_flow else None)
    if not reads_as(new, expected):
        raise cannot_add(channel)
    return new, added


def _put(text: str, channel: str, where: Where) -> tuple[str, str]:
    """Put one item into a list that is there; the new text, and the characters put in."""
    before = read(text)
    new, old = (channel, ""), before.entries or ()
    expected = replace(before, entries=(new, *old) if where == "prepend" else (*old, new))
    for insertion in item_insertions(text, outline(text), channel, where):
        changed = insertion.into(text)
        if reads_as(changed, expected) and cut_put_in(changed, channel, insertion.piece) == text:
            return changed, insertion.piece
    raise cannot_add(channel)
