"""A team's list of logins: a file without a secret in it. It proposes; only the user's index binds.

YAML or JSON, of the shape that ``conda private list --json`` prints:
``{"credentials": [{"scope": URL, "scheme": ..., "source": ..., ...}]}``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from conda_private.channels import ChannelUrl
from conda_private.exceptions import CondaPrivateError, FileFormatError
from conda_private.ports import Position

MAX_SIZE = 1_000_000  # characters
_SOURCES = ("auto", "keyring", "file", "env", "secret-file", "helper")
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
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            content = YAML(typ="safe", pure=True).load(file.read(MAX_SIZE))
        return tuple(_proposed(entry) for entry in content["credentials"])
    except OSError as error:
        problem = f"{error.strerror}."
    except CondaPrivateError as error:
        problem = f"{error.what} {error.cause}"
    except (KeyError, TypeError, AttributeError, YAMLError):
        problem = "It must be YAML or JSON with a list `credentials`, each with a `scope`."
    except ValueError as error:
        problem = str(error)
    raise FileFormatError(
        f"{path} is not a list of logins.",
        cause=problem,
        next_step="see what one looks like:  conda private list --json",
    )


def _proposed(entry: dict[str, Any]) -> Proposed:
    given = {key: value for key, value in entry.items() if value is not None}
    if unknown := sorted(map(str, given.keys() - _KNOWN - _PERSONAL)):
        raise ValueError(
            f"It has the unknown key {unknown[0]!r}. Secrets have no place in such a file."
        )
    chosen = {key: value for key, value in given.items() if key in _KNOWN}
    values: dict[str, Any] = {key: str(value) for key, value in chosen.items()}
    values |= {
        "scope": ChannelUrl.parse(values["scope"]),
        "allow_http": chosen.get("allow_http") is True,
    }
    proposed = Proposed(**values)
    if proposed.source.partition(":")[0] not in _SOURCES or proposed.add_channel not in _POSITIONS:
        raise ValueError(f"The source or add_channel of {proposed.scope} is none that there is.")
    return proposed
