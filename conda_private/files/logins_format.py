"""The logins as text: JSON, ``{"version": 2, "logins": [...], "channel_lists": {...}}``.

``channel_lists`` records what was added to which ``.condarc``, so that a logout can remove it.
``accounts`` and ``leftovers`` are present if there are any. Version 1, which has other names, can
be read, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.login import Account, Leftover, Login
from conda_private.model.schemes import BasicScheme, parse_scheme
from conda_private.model.source import KEYRING, Source

VERSION = 2
_COMMON = ("token_name", "token_id", "expires", "verified")
_OF_LOGIN = ("account", *_COMMON, "listed_as", "listed_in")
_OF_ACCOUNT = ("user", *_COMMON)
_ADDRESSES = ("api", "pypi")
_SOURCE = ("source", "backend")
# The names of version 1.
_OLD_LOGIN = {"address": "scope", "token_name": "note", "listed_as": "channel"}
_OLD_LOGIN["listed_in"] = "condarc"
_OLD_ACCOUNT = {"user": "name", "token_name": "note"}
_INCOMPLETE = "It lacks its list of logins or its channel_lists."
_MALFORMED = "One of its records has an address, a scheme or a source that is not valid."


class Content(NamedTuple):
    """The content of the file.

    Attributes:
        logins: in any order; at most one for each address.
        lists: the record of what was added, by ``.condarc``.
        accounts: in any order; at most one for each API.
        leftovers: credentials that are still in their stores; at most one for each key and store.
    """

    logins: Sequence[Login] = ()
    lists: Mapping[str, Any] = MappingProxyType({})
    accounts: Sequence[Account] = ()
    leftovers: Sequence[Leftover] = ()

    def __bool__(self) -> bool:
        return bool(self.logins or self.lists or self.accounts or self.leftovers)


def parse(text: str) -> Content:
    """Parse the text of a file.

    Raises:
        ValueError: the text is not valid; the message says why, in one line.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise ValueError("It is not a JSON object.")
    version = content.get("version")
    if version not in (1, VERSION):
        raise ValueError(f"Its version is {version}; this plugin reads versions 1 and {VERSION}.")
    old = version == 1
    logins, lists = content.get("credentials" if old else "logins"), content.get("channel_lists")
    accounts, left = content.get("accounts", []), content.get("leftovers", [])
    if not (isinstance(logins, list) and isinstance(lists, dict)):
        raise ValueError(_INCOMPLETE)
    _require_objects(logins, [*lists.values()], accounts, left)
    login_names, account_names = (_OLD_LOGIN, _OLD_ACCOUNT) if old else ({}, {})
    return Content(
        [_login(record, login_names) for record in logins],
        lists,
        [_account(record, account_names) for record in accounts],
        tuple(map(_leftover, left)),
    )


def _require_objects(*lists: Any) -> None:
    if not all(isinstance(each, list) for each in lists):
        raise ValueError(_INCOMPLETE)
    if not all(isinstance(record, dict) for each in lists for record in each):
        raise ValueError("One of its records is not a JSON object.")


def render(content: Content) -> str:
    """Create the text of a file, ordered by address."""
    logins = sorted(content.logins, key=lambda login: login.address)
    data: dict[str, Any] = {
        "version": VERSION,
        "logins": [_login_record(login) for login in logins],
        "channel_lists": dict(content.lists),
    }
    if content.accounts:
        accounts = sorted(content.accounts, key=lambda account: account.api)
        data["accounts"] = [
            {"api": str(account.api), **_known(account, _OF_ACCOUNT)} for account in accounts
        ]
    if content.leftovers:
        data["leftovers"] = [*map(_leftover_record, content.leftovers)]
    return json.dumps(data, indent=2) + "\n"


def _login_record(login: Login) -> dict[str, Any]:
    record: dict[str, Any] = {"address": str(login.address), "scheme": login.scheme.text}
    if isinstance(login.scheme, BasicScheme):
        record["username"] = login.scheme.username
    addresses = {name: str(getattr(login, name)) for name in _ADDRESSES if getattr(login, name)}
    return {**record, **_known(login, _OF_LOGIN), **addresses}


def _known(entry: Login | Account, names: Sequence[str]) -> dict[str, Any]:
    known = {name: getattr(entry, name) for name in names if getattr(entry, name)}
    record = {**_source_record(entry.source), **known}
    return {**record, "allow_http": True} if entry.allow_http else record


def _leftover_record(left: Leftover) -> dict[str, Any]:
    record = {"address": str(left.address), **_source_record(left.source)}
    record |= {"api": str(left.api)} if left.api else {}
    return {**record, "is_account": True} if left.is_account else record


def _source_record(source: Source) -> dict[str, str]:
    record = {"source": str(source.recorded)}
    return {**record, "backend": source.backend} if source.backend else record


def _source(texts: dict[str, str]) -> Source:
    source, backend = Source.parse(texts.pop("source")), texts.pop("backend")
    # A login that was recorded without its backend asks the keyring that there is now.
    return source._replace(name=backend) if source == KEYRING else source


def _login(record: Mapping[str, Any], old: Mapping[str, str]) -> Login:
    names = ("address", "scheme", "username", *_OF_LOGIN, *_ADDRESSES)
    texts = _texts(record, (*names, *_SOURCE), old)
    address, scheme, username, *known = (texts[name] for name in names)
    try:
        return Login(
            Address.parse(address),
            parse_scheme(scheme, username),
            _source(texts),
            **dict(zip(_OF_LOGIN, known, strict=False)),
            api=Address.parse(texts["api"]) if texts["api"] else None,
            pypi=Address.parse(texts["pypi"]) if texts["pypi"] else None,
            allow_http=record.get("allow_http") is True,
        )
    except CondaPrivateError as error:
        raise ValueError(_MALFORMED) from error


def _account(record: Mapping[str, Any], old: Mapping[str, str]) -> Account:
    texts = _texts(record, ("api", *_SOURCE, *_OF_ACCOUNT), old)
    http = record.get("allow_http") is True
    try:
        api, source = Address.parse(texts.pop("api")), _source(texts)
    except CondaPrivateError as error:
        raise ValueError(_MALFORMED) from error
    return Account(api=api, source=source, allow_http=http, **texts)


def _leftover(record: Mapping[str, Any]) -> Leftover:
    texts = _texts(record, ("address", "api", *_SOURCE), {})
    try:
        address = Address.parse(texts["address"])
        api = Address.parse(texts["api"]) if texts["api"] else None
    except CondaPrivateError as error:
        raise ValueError(_MALFORMED) from error
    return Leftover(address, _source(texts), api, is_account=record.get("is_account") is True)


def _texts(
    record: Mapping[str, Any], names: Sequence[str], old: Mapping[str, str]
) -> dict[str, str]:
    texts = {name: record.get(old.get(name, name), "") for name in names}
    if {*map(type, texts.values())} != {str} or not texts["source"]:
        raise ValueError("One of its records lacks a value, or one of its values is not text.")
    return texts
