"""A team's list of logins: a file without a secret in it. It proposes; only the user's index binds.

YAML or JSON, of the shape that ``conda private list --json`` prints:
``{"credentials": [{"scope": URL, "scheme": ..., "source": ..., ...}]}``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import ChannelUrlError, FileFormatError
from conda_private.model.ports import Position

MAX_SIZE = 1_000_000  # characters
_SOURCES = ("auto", "keyring", "file", "env", "secret-file", "helper", "helper-store")
_POSITIONS = get_args(Position)
# What `list --json` says beside these about a login of somebody else's.
_PERSONAL = {"account", "name", "expires", "verified", "channel", "condarc", "from_system"}


@dataclass(frozen=True)
class Proposed:
    """One login that a file proposes.

    Attributes:
        scope: the absolute address; a name would mean another server elsewhere.
        source: ``auto``, ``keyring``, ``file`` or a reference such as ``env:NAME``.
        scheme: as for ``--scheme``.
        username: for Basic, or "".
        api: the server's API where it is not known here, or "".
        add_channel: ``prepend``, ``append`` or ``none``.
        allow_http: whether it may travel without TLS.
    """

    scope: ChannelUrl
    source: str = "auto"
    scheme: str = "auto"
    username: str = ""
    api: str = ""
    add_channel: Position = "prepend"
    allow_http: bool = False


_KNOWN = {field.name for field in fields(Proposed)}


def read(path: Path) -> tuple[Proposed, ...]:
    """Read a file of proposals.

    Raises:
        FileFormatError: it cannot be read, or says something that is not understood.
    """
    try:
        return tuple(_proposed(entry) for entry in _content(path)["credentials"])
    except OSError as error:
        problem = f"{error.strerror}."
    except ChannelUrlError:
        problem = "A scope must be a whole address: https://HOST/CHANNEL."
    except (KeyError, TypeError, AttributeError):
        problem = "It must be YAML or JSON with a list `credentials`, each with a `scope`."
    except ValueError as error:
        problem = str(error)
    raise FileFormatError(
        f"{path} is not a list of logins.",
        cause=problem,
        next_step="see what one looks like:  conda private list --json",
    )


def _content(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(MAX_SIZE + 1)
    if len(text) > MAX_SIZE:
        raise ValueError(f"It is longer than {MAX_SIZE} characters.")
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):
        problem = "It is neither YAML nor JSON."
    # Not chained: the parser's error quotes the file.
    raise ValueError(problem)


def _proposed(entry: dict[str, Any]) -> Proposed:
    given = {key: value for key, value in entry.items() if value is not None}
    if unknown := sorted(repr(key) for key in given.keys() - _KNOWN - _PERSONAL):
        raise ValueError(f"It has the unknown key {unknown[0]}. Secrets have no place in it.")
    values = {key: value for key, value in given.items() if key in _KNOWN}
    values["allow_http"] = given.get("allow_http") is True
    texts = [value for key, value in values.items() if key != "allow_http"]
    # What is shown before the question must be what is meant: nothing that moves the cursor.
    if not all(isinstance(text, str) and text.isascii() and text.isprintable() for text in texts):
        raise ValueError("One of its values is no plain text.")
    proposed = Proposed(**{**values, "scope": ChannelUrl.parse(values["scope"])})
    if proposed.source.partition(":")[0] not in _SOURCES or proposed.add_channel not in _POSITIONS:
        raise ValueError(f"The source or add_channel of {proposed.scope} is none that there is.")
    return proposed
