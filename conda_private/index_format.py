"""The index as text: JSON, ``{"version": 1, "credentials": [...], "channel_lists": {...}}``.

The second part remembers what was written into which ``.condarc``, so that a logout can take it
out again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from conda_private.channels import ChannelUrl
from conda_private.credentials import Login
from conda_private.exceptions import CondaPrivateError
from conda_private.scheme_parser import parse_scheme
from conda_private.schemes import BasicScheme

VERSION = 1
_TEXTS = ("source", "account", "note", "expires", "verified", "api", "channel", "condarc")


def parse(text: str) -> tuple[list[Login], dict[str, Any]]:
    """Read an index: its logins, and for each ``.condarc`` the record of what was added.

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
    if not isinstance(records, list) or not isinstance(lists, dict):
        raise ValueError("It lacks its list of credentials or its channel_lists.")
    if not all(isinstance(record, dict) for record in (*records, *lists.values())):
        raise ValueError("One of its records is not a JSON object.")
    return [_login(record) for record in records], lists


def render(logins: Iterable[Login], lists: Mapping[str, Any]) -> str:
    """The text of an index, ordered by scope."""
    records = [_record(login) for login in sorted(logins, key=lambda login: login.scope)]
    content = {"version": VERSION, "credentials": records, "channel_lists": lists}
    return json.dumps(content, indent=2) + "\n"


def _record(login: Login) -> dict[str, Any]:
    record: dict[str, Any] = {"scope": str(login.scope), "scheme": login.scheme.text}
    if isinstance(login.scheme, BasicScheme):
        record["username"] = login.scheme.username
    record.update({name: getattr(login, name) for name in _TEXTS if getattr(login, name)})
    return {**record, "allow_http": True} if login.allow_http else record


def _login(record: Mapping[str, Any]) -> Login:
    texts = {name: record.get(name, "") for name in ("scope", "scheme", "username", *_TEXTS)}
    if not all(isinstance(value, str) for value in texts.values()) or not texts["source"]:
        raise ValueError("One of its records lacks a part, or a part of it is no text.")
    scope, scheme, username = (texts.pop(name) for name in ("scope", "scheme", "username"))
    try:
        return Login(
            scope=ChannelUrl.parse(scope),
            scheme=parse_scheme(scheme, username),
            allow_http=record.get("allow_http") is True,
            **texts,
        )
    except CondaPrivateError:
        problem = "One of its records has a scope or a scheme that cannot be."
    raise ValueError(problem)
