"""A team's file of logins. It holds no credential, and only proposes: the user confirms each login.

YAML or JSON, of the shape that ``conda private list --json`` prints:
``{"logins": [{"address": URL, "scheme": ..., "source": ..., ...}]}``. For a team's package, it can
also have ``channels`` and ``channel_settings``, which mean the same as in a ``.condarc``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from conda_private.model.address import Address, is_segment
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
_SETTINGS = ("channels", "channel_settings")
_HANDLER = re.compile(r"[A-Za-z0-9_-]+")
T = TypeVar("T")


class TeamFile(NamedTuple):
    """What a team's package has.

    Attributes:
        proposals: the proposed logins, each with some of ``KEYS``.
        settings: conda's ``channels`` and ``channel_settings``.
    """

    proposals: tuple[dict[str, Any], ...]
    settings: dict[str, Any]


def read(path: Path) -> tuple[LoginRequest, ...]:
    """Read a file of proposed logins.

    Raises:
        FileFormatError: it cannot be read, or a part of it is not valid.
    """
    return _checked(path, lambda content: tuple(map(_request, content["logins"])))


def read_for_package(path: Path) -> TeamFile:
    """Read a team's file for its package: without the keys about a person, and nothing unknown.

    Raises:
        FileFormatError: it cannot be read, or a part of it is not valid.
    """
    return _checked(path, _team)


def _checked(path: Path, parse_content: Callable[[Any], T]) -> T:
    try:
        return parse_content(_content(path))
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


def _team(content: Any) -> TeamFile:
    if unknown := sorted(repr(key) for key in content.keys() - {"logins", *_SETTINGS}):
        raise ValueError(f"It has the unknown key {unknown[0]}. It cannot contain credentials.")
    proposals = tuple(map(_proposal, content.get("logins", [])))
    channels = [_channel(each) for each in content.get("channels", [])]
    asked = [_setting(each) for each in content.get("channel_settings", [])]
    given = zip(_SETTINGS, (channels, asked), strict=True)
    settings = {name: found for name, found in given if found}
    if not (proposals or settings):
        raise ValueError("It has no logins and no channels.")
    return TeamFile(proposals, settings)


def _proposal(entry: dict[str, Any]) -> dict[str, Any]:
    request = _request(entry)  # it refuses what is not valid
    given = {key: entry[key] for key in KEYS if entry.get(key) is not None}
    return {**given, "address": str(request.address)}


def _channel(text: str) -> str:
    """Check a channel as in a ``.condarc``: a name, or an address without a credential."""
    if "://" in text:
        return str(Address.parse(text))
    segments = text.split("/")
    # conda would put the channel's server in front of it, and then take `t/TOKEN` for a token.
    if not all(map(is_segment, segments)) or "t" in segments[:-1]:
        raise ValueError("One of its channels is not a name or an address without a credential.")
    return text


def _setting(entry: dict[str, str]) -> dict[str, str]:
    if entry.keys() != {"channel", "auth"} or not _HANDLER.fullmatch(entry["auth"]):
        raise ValueError("An entry of channel_settings has only a channel and its auth.")
    end = "/*" if entry["channel"].endswith("/*") else ""
    return {**entry, "channel": _channel(entry["channel"].removesuffix("/*")) + end}
