"""What conda reads in a ``.condarc``: the values, and the flags that it finds in comments.

Two texts that read the same here are the same file for conda.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from conda_private.conda_config.condarc.yaml_nodes import CHANNEL_KEYS
from conda_private.model.exceptions import CondarcError, FileFormatError

Entry: TypeAlias = tuple[str, str]
"""A channel and its flag, "" for none."""

FLAGS = frozenset({"final", "top", "bottom"})
DEFAULTS = "defaults"


@dataclass(frozen=True)
class Reading:
    """The content of a file.

    Attributes:
        key: the name under which the channels stand; None when there is none.
        key_flag: the flag of that key.
        entries: the channels; None when conda sees no list: no key, or nothing under it.
        others: everything else in the file.
    """

    key: str | None
    key_flag: str
    entries: tuple[Entry, ...] | None
    others: object

    @property
    def channels(self) -> list[str] | None:
        """The channels without their flags."""
        return None if self.entries is None else [channel for channel, _ in self.entries]


def read(text: str) -> Reading:
    """Read a file as conda does.

    Raises:
        FileFormatError: conda cannot read it, or it is no map.
        CondarcError: there are two lists of channels, or what stands there is no list.
    """
    data = _load(text)
    keys = [key for key in data if key in CHANNEL_KEYS]
    if len(keys) > 1:
        raise CondarcError(
            "This file has two lists of channels.",
            cause=f"It has the keys {' and '.join(keys)}, which mean the same to conda.",
            next_step="keep one of them, then run the command again",
        )
    key = keys[0] if keys else None
    try:
        others = {name: _seen(value) for name, value in data.items() if name != key}
    except RecursionError:
        raise _unreadable("A value in it holds itself.") from None
    flags = {name: _key_flag(data, name) for name in data}
    key_flag = "" if key is None else flags.pop(key)
    return Reading(key, key_flag, _entries(data.get(key)), (others, flags))


def reads_as(text: str, expected: Reading) -> bool:
    """Whether conda can read the file, and reads exactly this."""
    try:
        return read(text) == expected
    except (CondarcError, FileFormatError):
        return False


def _load(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    # conda opens the file in text mode, which turns every line break into "\n".
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        data = YAML(typ="rt").load(text)
    except Exception as error:  # besides its own errors the parser lets many escape
        mark = getattr(error, "problem_mark", None)
        # Neither the parser's words nor the error go on: both quote the file, and with it perhaps
        # a token in a URL.
        line = f", at line {mark.line + 1}" if mark else ""
        raise _unreadable(f"It is not valid YAML{line}.") from None
    if data is None:
        return CommentedMap()
    if not isinstance(data, CommentedMap):
        raise _unreadable("It must hold settings of the form 'name: value'.")
    return data


def _unreadable(cause: str) -> FileFormatError:
    return FileFormatError(
        "This file cannot be read.",
        cause=cause,
        next_step="mend the file; this shows what conda reads: conda config --show-sources",
    )


def _entries(value: Any) -> tuple[Entry, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or any(isinstance(item, list | dict) for item in value):
        raise CondarcError(
            "The channels in this .condarc are not a list.",
            cause="conda wants a list of names or URLs there.",
            next_step="write them as a list, with '- ' before each, then run the command again",
        )
    return tuple((str(item), _item_flag(value, index)) for index, item in enumerate(value))


def _seen(value: Any) -> object:
    if isinstance(value, dict) and hasattr(value, "ca"):
        return [(str(key), _key_flag(value, key), _seen(item)) for key, item in value.items()]
    if isinstance(value, list) and hasattr(value, "ca"):
        return [(_item_flag(value, index), _seen(item)) for index, item in enumerate(value)]
    # Types keep 1, "1" and true apart; text, unlike the value, makes .nan equal to itself.
    return type(value).__name__, str(value)


def _key_flag(data: Any, key: Any) -> str:
    try:
        return _flag(data.ca.items[key][2])
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""


def _item_flag(items: Any, index: int) -> str:
    try:
        behind, above = items.ca.items[index][:2]
        return _flag(behind or above[0])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return ""


def _flag(comment: Any) -> str:
    # conda strips so too: a comment of several lines is no flag, even if its first line is one.
    word = str(comment.value).strip().strip("!#")
    return word if word in FLAGS else ""
