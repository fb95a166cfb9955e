"""Add channels to the list in the text of a ``.condarc``, and take out exactly what was added.

Text in, text out: characters are put in or cut out, and everything else stays as it is. Every
edit is read again before it is handed back; one that does not come out as meant raises.
"""

from __future__ import annotations

from collections.abc import Iterable

from conda_private.conda_config.condarc.added import Added, Item
from conda_private.conda_config.condarc.addition import add
from conda_private.conda_config.condarc.changed_list import cut_from_changed
from conda_private.conda_config.condarc.cuts import cut_piece, cut_put_in, swap_empty
from conda_private.conda_config.condarc.insertions import Where
from conda_private.conda_config.condarc.reading import DEFAULTS, read
from conda_private.conda_config.condarc.refusals import cannot_add
from conda_private.conda_config.condarc.yaml_nodes import outline
from conda_private.model.exceptions import CondarcError, FileFormatError

__all__ = ["Added", "Item", "Where", "add", "channels_in", "remove"]


def channels_in(text: str) -> list[str] | None:
    """The channels in a file; None when conda sees no list there: no key, or a null.

    Raises:
        FileFormatError: conda cannot read the file.
        CondarcError: what stands there is no list of channels, or there are two.
    """
    return read(text).channels


def remove(text: str, channel: str, added: Added) -> tuple[str, Added]:
    """Take a channel out that was added, and with the last one everything else that was.

    What somebody else put in or changed since stays. Without a channel that this record knows
    and the file still lists, the text stays as it is.

    Raises:
        FileFormatError: conda cannot read the file.
        CondarcError: the channel cannot be taken out without a risk for the rest.
    """
    item = next((item for item in added.items if item.channel == channel), None)
    if item is None:
        return text, added
    listed = channels_in(text) or []
    added = added.still_in(listed)
    if channel not in listed:
        return text, added
    undone = _undone(text, added)
    rest = added.without(channel)
    if undone is None:
        return cut_from_changed(text, item, added), rest
    return _replayed(undone, rest.items, keep_defaults=bool(added.defaults))


def _undone(text: str, added: Added) -> str | None:
    """The text from before everything that was added; None if somebody else changed the list."""
    base: str | None = text
    pieces = [(DEFAULTS, added.defaults)] if added.defaults else []
    pieces += [(item.channel, item.text) for item in added.items]
    try:
        for channel, piece in reversed(pieces):
            base = None if base is None else cut_put_in(base, channel, piece)
        base = None if base is None else _closed(base, added)
        if base is None:
            return None
        again = _replayed(base, added.items, keep_defaults=bool(added.defaults))
    except (CondarcError, FileFormatError):
        return None
    # Only if the same additions lead back here was there nothing but these.
    return base if again == (text, added) else None


def _closed(text: str, added: Added) -> str | None:
    """The text without the place that was made for the first item."""
    places = outline(text)
    if added.key and places.key is not None:
        return cut_piece(text, places.key, added.key)
    if added.null is not None:
        swapped = swap_empty(text, places, added.null)
        return swapped and swapped[0]
    return None if added.key else text


def _replayed(text: str, items: Iterable[Item], *, keep_defaults: bool) -> tuple[str, Added]:
    """The text and record after these items were added one after another."""
    added = Added()
    for item in items:
        state = add(text, item.channel, added, where=item.where, keep_defaults=keep_defaults)
        if state is None:
            raise cannot_add(item.channel)
        text, added = state
    return text, added
