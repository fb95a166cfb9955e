"""The index as text: JSON, ``{"version": 1, "credentials": [...], "channel_lists": {...}}``.

``channel_lists`` remembers what was written into which ``.condarc``, so that a logout can take it
out again. ``accounts`` is there when there are any; an index without it is as good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.login import Login
from conda_private.model.schemes import BasicScheme, parse_scheme

if TYPE_CHECKING:
    from conda_private.model.login import Account

VERSION = 1
_COMMON = ("source", "note", "token_id", "expires", "verified")
_OF_LOGIN = ("account", *_COMMON, "api", "pypi", "channel", "condarc")
_OF_ACCOUNT = ("name", *_COMMON)


class Content(NamedTuple):
    """What an index holds.

    Attributes:
        logins: in any order; at most one of each scope.
        lists: for each ``.condarc`` the record of what was added.
        accounts: at most one of each API.
    """

    logins: Sequence[Login] = ()
    lists: Mapping[str, Any] = MappingProxyType({})
    accounts: Sequence[Account] = ()

    def __bool__(self) -> bool:
        return bool(self.logins or self.lists or self.accounts)


def parse(text: str) -> Content:
    """Read an index.

    Raises:
        ValueError: it is none, with the reason in one line.
    """
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ValueError("It is not a JSON object.")
    if content.get("version") != VERSION:
        raise ValueError(f"It has version {content.get('version')}, this plugin reads {VERSION}.")
    records, lists = content.get("credentials"), content.get("channel_lists")
    accounts = content.get("accounts", [])
    if not (isinstance(records, list) and isinstance(lists, dict) and isinstance(accounts, list)):
        raise ValueError("It lacks its list of credentials or its channel_lists.")
    if not all(isinstance(record, dict) for record in (*records, *lists.values(), *accounts)):
        raise ValueError("One of its records is not a JSON object.")
    return Content([*map(_login, records)], lists, [*map(_account, accounts)])


def render(content: Content) -> str:
    """The text of an index, ordered by scope."""
    logins = sorted(content.logins, key=lambda login: login.scope)
    data = {
        "version": VERSION,
        "credentials": [_record(login) for login in logins],
        "channel_lists": dict(content.lists),
    }
    if content.accounts:
        accounts = sorted(content.accounts, key=lambda account: account.api)
        data["accounts"] = [
            {"api": str(account.api), **_known(account, _OF_ACCOUNT)} for account in accounts
        ]
    return json.dumps(data, indent=2) + "\n"


def _record(login: Login) -> dict[str, Any]:
    record: dict[str, Any] = {"scope": str(login.scope), "scheme": login.scheme.text}
    if isinstance(login.scheme, BasicScheme):
        record["username"] = login.scheme.username
    return {**record, **_known(login, _OF_LOGIN)}


def _known(entry: Login | Account, names: Sequence[str]) -> dict[str, Any]:
    known = {name: getattr(entry, name) for name in names if getattr(entry, name)}
    return {**known, "allow_http": True} if entry.allow_http else known


def _login(record: Mapping[str, Any]) -> Login:
    texts = _texts(record, ("scope", "scheme", "username", *_OF_LOGIN))
    scope, scheme, username = (texts.pop(name) for name in ("scope", "scheme", "username"))
    try:
        parsed = parse_scheme(scheme, username)
    except CondaPrivateError as error:
        raise ValueError("One of its records has a scope or a scheme that cannot be.") from error
    http = record.get("allow_http") is True
    return Login(scope=_address(scope), scheme=parsed, allow_http=http, **texts)


def _account(record: Mapping[str, Any]) -> Account:
    from conda_private.model.login import Account  # the owners' commands alone have any

    texts = _texts(record, ("api", *_OF_ACCOUNT))
    http = record.get("allow_http") is True
    return Account(api=_address(texts.pop("api")), allow_http=http, **texts)


def _texts(record: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    texts = {name: record.get(name, "") for name in names}
    if {*map(type, texts.values())} != {str} or not texts["source"]:
        raise ValueError("One of its records lacks a part, or a part of it is no text.")
    return texts


def _address(text: str) -> ChannelUrl:
    try:
        return ChannelUrl.parse(text)
    except CondaPrivateError as error:
        raise ValueError("One of its records has a scope or a scheme that cannot be.") from error
