"""The record of what was added to one ``.condarc``, in the words of its text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from conda_private.conda_config.condarc.insertions import Where
from conda_private.model.exceptions import FileFormatError


@dataclass(frozen=True)
class Item:
    """One channel that was added.

    Attributes:
        channel: as conda reads it: ``my-org/label/dev``.
        text: the characters that were put in for it.
        where: the end of the list at which it was put in.
    """

    channel: str
    text: str
    where: Where


@dataclass(frozen=True)
class Added:
    """Everything that was added to one file; ``Added()`` when nothing is.

    The key and the ``defaults`` item belong to all items together: they go with the last of them.
    ``dataclasses.asdict`` makes JSON of it, ``from_dict`` reads that.

    Attributes:
        key: the characters of the key that was put in; "" if there was one.
        null: the characters that stood behind the key in place of a list, "" or " ~"; None if
            there was a list, or no key.
        defaults: the characters of the ``defaults`` item that was put in; "" if none was.
        items: the channels, in the order in which they were added.
    """

    key: str = ""
    null: str | None = None
    defaults: str = ""
    items: tuple[Item, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Added:
        """Read the record back.

        Raises:
            FileFormatError: it is not one.
        """
        try:
            items = tuple(Item(**item) for item in data["items"])
            added = cls(data["key"], data["null"], data["defaults"], items)
        except (KeyError, TypeError) as error:
            raise _malformed() from error
        texts = [added.key, added.defaults, "" if added.null is None else added.null]
        texts += [text for item in items for text in (item.channel, item.text)]
        is_text = all(isinstance(text, str) for text in texts)
        if not is_text or any(item.where not in get_args(Where) for item in items):
            raise _malformed()
        return added

    def still_in(self, channels: Collection[str]) -> Added:
        """The part of the record that holds in a file with these channels."""
        items = tuple(item for item in self.items if item.channel in channels)
        return replace(self, items=items) if items else Added()

    def without(self, channel: str) -> Added:
        """The record after one channel went; the last one takes along what belongs to all."""
        return self.still_in([item.channel for item in self.items if item.channel != channel])

    @property
    def made_the_list(self) -> bool:
        """Whether conda saw no list in the file before the first channel was added."""
        return bool(self.key) or self.null is not None


def _malformed() -> FileFormatError:
    return FileFormatError(
        "The record of what was added to .condarc cannot be read.",
        cause="It lacks a part, or a part of it is of another type.",
        next_step="remove the channels by hand: conda config --remove channels CHANNEL",
    )
