"""The record of what was added to one ``.condarc``, which the index stores as JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

Where: TypeAlias = Literal["prepend", "append"]


@dataclass(frozen=True)
class Added:
    """One channel that was added, as conda reads it, and at which end of the list."""

    channel: str
    where: Where


@dataclass(frozen=True)
class Record:
    """Everything that was added to one file; ``dataclasses.asdict`` makes JSON of it.

    The flags are about all channels together: what they describe goes with the last channel.

    Attributes:
        channels: the channels, in the order in which they were added.
        made_file: whether the file did not exist before.
        made_key: whether the file had no key for the list before.
        made_list: whether conda saw no list before: no key, or a null.
        added_defaults: whether ``defaults`` was added with the list.
    """

    channels: tuple[Added, ...] = ()
    made_file: bool = False
    made_key: bool = False
    made_list: bool = False
    added_defaults: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        """Read a record; also one of the first format, which stored the added characters.

        Raises:
            ValueError: a part is missing, or has another type.
        """
        try:
            data = _converted(data) if "items" in data else data
            pairs = [(each["channel"], each["where"]) for each in data["channels"]]
            flags = [data[name] for name in _FLAGS]
        except (KeyError, TypeError):
            raise ValueError from None
        is_valid = all(isinstance(name, str) and end in get_args(Where) for name, end in pairs)
        if not is_valid or not all(isinstance(flag, bool) for flag in flags):
            raise ValueError
        return cls(tuple(Added(*pair) for pair in pairs), *flags)

    def still_in(self, listed: Collection[str]) -> Record:
        """Return what is still true of a file that lists these channels."""
        left = tuple(each for each in self.channels if each.channel in listed)
        return replace(self, channels=left) if left else Record()


_FLAGS = ("made_file", "made_key", "made_list", "added_defaults")


def _converted(old: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "channels": old["items"],
        "made_file": old.get("made_file", False),
        "made_key": old["key"] != "",
        "made_list": old["null"] is not None or old["key"] != "",
        "added_defaults": old["defaults"] != "",
    }
