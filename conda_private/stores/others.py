"""What other tools have stored for conda channels: the form that all of it is brought into."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from conda_private.model.exceptions import FileFormatError, SecretFormatError
from conda_private.model.secret import Secret, SecretText

# Reads an item of a keyring, by its service and its user name; None if there is none.
ReadItem: TypeAlias = Callable[[str, str], SecretText | None]


class Found(NamedTuple):
    """A credential of another tool.

    Attributes:
        secret: the credential.
        scheme: how that tool sends it, or ``auto``.
        username: the username that belongs to it, or "".
        where: where that tool has it, for people.
    """

    secret: Secret
    scheme: str
    username: str
    where: str


def parsed(text: str, where: str) -> dict[str, Any]:
    """Parse the record of another tool.

    Args:
        text: a JSON object.
        where: where it is, for errors.

    Raises:
        FileFormatError: it is no JSON object. The error does not repeat it.
    """
    try:
        content = json.loads(text, object_hook=_hidden)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return content
    # Raised here, so that no chained error shows the text to debuggers.
    raise invalid(where)


def _hidden(fields: dict[str, Any]) -> dict[str, Any]:
    """Hide the texts of a JSON object from dumps of variables."""
    is_text = {name: isinstance(value, str) for name, value in fields.items()}
    return {name: SecretText(each) if is_text[name] else each for name, each in fields.items()}


def invalid(where: str) -> FileFormatError:
    """Create the error for a record that cannot be read."""
    return FileFormatError(
        f"A credential of another tool could not be read: {where}.",
        cause="It does not have the form that this version knows.",
        next_step="log in with a token instead:  conda private login CHANNEL",
    )


def found(value: Any, where: str, *, scheme: str = "auto", username: str = "") -> list[Found]:
    """Return a value as a credential; nothing for an empty one.

    Raises:
        FileFormatError: it is no text that a credential can have. The error does not repeat it.
    """
    if not value:
        return []
    try:
        return [Found(Secret.parse(value), scheme, username, where)]
    except (SecretFormatError, AttributeError):
        pass
    raise invalid(where)
