"""Labels, which the API calls channels: list, set, copy, lock and remove them."""

from __future__ import annotations

from typing import Any

from ..model import Account, File
from ..wire import Answer, as_json
from .finding import owned, unlocked
from .records import file_record
from .routing import Api, data, not_found, route


@route("GET", "/channels/{login}", "api:read", optional=True)
def labels(api: Api, login: str) -> Answer:
    """List the labels of an account."""
    account = api.account(login)
    return as_json({name: _record(api, account, name) for name in sorted(account.known_labels)})


@route("GET", "/channels/{login}/{label}", "api:read", optional=True)
def show(api: Api, login: str, label: str) -> Answer:
    """Show a label and its files."""
    return as_json(_record(api, _with_label(api, login, label), label))


@route("POST", "/channels/{login}/{label}", "api:write")
def add(api: Api, login: str, label: str) -> Answer:
    """Put a label on files, or make an empty one."""
    account = owned(api, login)
    unlocked(api, account, [label])
    account.labels.add(label)
    for file in _selected(account, data(api.call)):
        file.labels.add(label)
    return as_json({}, 201)


@route("DELETE", "/channels/{login}/{label}", "api:write")
def remove(api: Api, login: str, label: str) -> Answer:
    """Take a label off files; off all of them, it is gone."""
    owned(api, login)
    account = _with_label(api, login, label)
    wish = data(api.call)
    for file in _selected(account, wish):
        file.labels.discard(label)
    if not wish.get("package") and label != "main":
        account.labels.discard(label)
        account.locked.discard(label)
    return as_json({}, 201)


@route("POST", "/channels/{login}/{label}/copy/{target}", "api:write")
def copy(api: Api, login: str, label: str, target: str) -> Answer:
    """Put a second label on every file of a label."""
    owned(api, login)
    account = _with_label(api, login, label)
    unlocked(api, account, [target])
    account.labels.add(target)
    for file in account.files:
        if label in file.labels:
            file.labels.add(target)
    return as_json({}, 201)


@route("POST", "/channels/{login}/{label}/lock", "api:write")
def lock(api: Api, login: str, label: str) -> Answer:
    """Lock a label: nothing can be added."""
    owned(api, login)
    _with_label(api, login, label).locked.add(label)
    return as_json({}, 201)


@route("DELETE", "/channels/{login}/{label}/lock", "api:write")
def unlock(api: Api, login: str, label: str) -> Answer:
    """Unlock a label."""
    owned(api, login)
    _with_label(api, login, label).locked.discard(label)
    return as_json({}, 201)


def _with_label(api: Api, login: str, label: str) -> Account:
    account = api.account(login)
    if label not in account.known_labels:
        raise not_found(label)
    return account


def _selected(account: Account, wish: dict[str, Any]) -> list[File]:
    wanted = [
        (name, wish[key])
        for name, key in (("package", "package"), ("version", "version"), ("basename", "basename"))
        if wish.get(key)
    ]
    return [
        file
        for file in account.files
        if all(getattr(file, name) == value for name, value in wanted)
    ]


def _record(api: Api, account: Account, label: str) -> dict[str, Any]:
    files = [
        file_record(package, file)
        for package in account.packages.values()
        for file in package.files.values()
        if label in file.labels and api.sees(package)
    ]
    return {"name": label, "is_locked": label in account.locked, "files": files}
