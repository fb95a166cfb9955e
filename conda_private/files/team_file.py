"""A team's file of logins. It holds no credential, and only proposes: the user confirms each login.

YAML or JSON, of the shape that ``conda private list --json`` prints:
``{"logins": [{"address": URL, "scheme": ..., "source": ..., ...}]}``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, CondaPrivateError, FileFormatError
from conda_private.model.known_servers import identity_of
from conda_private.model.login_request import LoginRequest, Position
from conda_private.model.source import Source
from conda_private.model.typed import parse

MAX_SIZE = 1_000_000  # characters
KEYS = ("address", "source", "scheme", "username", "api", "add_channel", "allow_http")
_POSITIONS = get_args(Position)
# Keys that `list --json` has in addition; they belong to the user's own login and are ignored.
_PERSONAL = {"account", "token_name", "expires", "verified", "pypi", "listed_as", "listed_in"}
_PERSONAL |= {"backend", "kept_in", "renews", "renews_until", "from_system", "hidden_by"}
_PERSONAL |= {"instead_of"}


def read(path: Path) -> tuple[LoginRequest, ...]:
    """Read a file of proposed logins.

    Raises:
        FileFormatError: it cannot be read, or a part of it is not valid.
    """
    try:
        return tuple(_request(entry) for entry in _content(path)["logins"])
    except OSError as error:
        problem = f"{error.strerror}."
    except AddressError:
        problem = "An address must be a complete URL: https://HOST/CHANNEL."
    except CondaPrivateError as error:
        problem = f"{error.what} {error.cause}"
    except (KeyError, TypeError, AttributeError):
        problem = "It must be YAML or JSON with a list `logins`, each with an `address`."
    except ValueError as error:
        problem = str(error)
    raise FileFormatError(
        f"{path} is not a valid list of logins.",
        cause=problem,
        next_step="see an example:  conda private list --json",
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


def _address(text: str) -> Address:
    """Parse an address as a command would; a name would depend on each user's settings."""
    address = parse(text).address if "://" in text else None
    return address or Address.parse(text)


def _source(text: str, address: Address) -> Source:
    """Parse a source; the identity of a CI job is only the one that is known for the server."""
    known = Source("oidc", str(identity_of(address)))
    return Source.proposed(known.kind if text == str(known) else text)


def _request(entry: dict[str, Any]) -> LoginRequest:
    given = {key: value for key, value in entry.items() if value is not None}
    if unknown := sorted(repr(key) for key in given.keys() - set(KEYS) - _PERSONAL):
        raise ValueError(f"It has the unknown key {unknown[0]}. It cannot contain credentials.")
    texts = {key: given[key] for key in KEYS if key in given and key != "allow_http"}
    # The values are shown for confirmation, so no character may move the terminal's cursor.
    values = texts.values()
    if not all(isinstance(text, str) and text.isascii() and text.isprintable() for text in values):
        raise ValueError("One of its values is not plain ASCII text.")
    address, api = _address(texts["address"]), texts.get("api")
    position = texts.get("add_channel", "prepend")
    if position not in _POSITIONS:
        raise ValueError(f"The add_channel of {address} must be one of {', '.join(_POSITIONS)}.")
    return LoginRequest.to(
        address,
        scheme=texts.get("scheme", "auto"),
        username=texts.get("username", ""),
        api=Address.parse(api, "api", "https://HOST/api") if api else None,
        source=_source(texts.get("source", "auto"), address),
        position=position if address.path else "none",
        position_is_certain="add_channel" in texts,
        allow_http=given.get("allow_http") is True,
    )
