"""What conda reads in a ``.condarc``: the values, and the flags in comments.

Two texts with equal readings are the same file for conda.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from conda_private.conda_config.condarc.nodes import CHANNEL_KEYS
from conda_private.model.exceptions import CondarcError, FileFormatError

Entry: TypeAlias = tuple[str, str]
"""A channel and its flag, "" for none."""

DEFAULTS = "defaults"
_FLAGS = frozenset({"final", "top", "bottom"})


@dataclass(frozen=True)
class Reading:
    """The content of a file.

    Attributes:
        key: name of the key of the channel list; None when there is none.
        key_flag: the flag of that key, "" for none.
        entries: the channels; None when conda sees no list: no key, or a null.
        others: the names, values and flags of all other keys.
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
        FileFormatError: conda cannot read it.
        CondarcError: the file has two lists of channels, or its channels are not a list.
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
        others = [each for each in _seen(data) if each[0] != key]
    except RecursionError:
        raise _unreadable("A value contains itself.") from None
    return Reading(key, _flag(data, key), _entries(data.get(key)), others)


def _load(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    # conda opens the file in text mode, which turns every line break into "\n".
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        data = YAML(typ="rt").load(text)
    except Exception as error:  # the parser lets many errors escape besides its own
        mark = getattr(error, "problem_mark", None)
        # The parser's error quotes the file, and so perhaps a token in a URL: only the line is
        # passed on, and the error is not chained.
        line = f", at line {mark.line + 1}" if mark else ""
        raise _unreadable(f"It is not valid YAML{line}.") from None
    if data is None:
        return CommentedMap()
    if not isinstance(data, CommentedMap):
        raise _unreadable("It does not contain settings of the form 'name: value'.")
    return data


def _unreadable(cause: str) -> FileFormatError:
    return FileFormatError(
        "This file cannot be read.",
        cause=cause,
        next_step="fix the file; this shows what conda reads: conda config --show-sources",
    )


def _entries(value: Any) -> tuple[Entry, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or any(isinstance(item, list | dict) for item in value):
        raise CondarcError(
            "The channels in this file are not a list.",
            cause="conda requires a list of names or URLs.",
            next_step="write them as a list, with '- ' before each, then run the command again",
        )
    return tuple((str(item), _flag(value, index)) for index, item in enumerate(value))


def _seen(value: Any) -> Any:
    if isinstance(value, dict) and hasattr(value, "ca"):
        return [(str(key), _flag(value, key), _seen(item)) for key, item in value.items()]
    if isinstance(value, list) and hasattr(value, "ca"):
        return [(_flag(value, index), _seen(item)) for index, item in enumerate(value)]
    # Types tell 1, "1" and true apart; text, unlike the value, makes .nan equal to itself.
    return type(value).__name__, str(value)


def _flag(data: Any, key: Any) -> str:
    """Return the flag that conda finds in the comment of a key or item, "" for none."""
    try:
        comments = data.ca.items[key]
        comment = comments[2] if isinstance(data, dict) else comments[0] or comments[1][0]
        # conda strips the same way: a comment of several lines is not a flag, even if one line is.
        word = str(comment.value).strip().strip("!#")
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""
    return word if word in _FLAGS else ""
