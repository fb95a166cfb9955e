"""Finds what a path of the API names, for callers who may have it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..model import Account, File, Package
from ..rights import WRITE, holds, may_add, owns
from ..wire import Refusal
from .routing import NOT_AUTHORIZED, Api, not_found


def package_of(api: Api, login: str, name: str) -> Package:
    """A package that the caller may read; one that may not is told that it is not there."""
    package = api.account(login).packages.get(name)
    if package is None or not api.sees(package):
        raise not_found(name)
    return package


def writable(api: Api, login: str, name: str) -> Package:
    """A package that the caller may change."""
    package = package_of(api, login, name)
    if not holds(api.world, api.principal, package, WRITE):
        raise Refusal(401, NOT_AUTHORIZED)
    return package


def release_of(package: Package, version: str) -> dict[str, Any]:
    """A release of a package."""
    if version not in package.releases:
        raise not_found(version)
    return package.releases[version]


def file_of(package: Package, version: str, basename: str) -> File:
    """A file of a release."""
    file = package.files.get(basename)
    if file is None or file.version != version:
        raise not_found(basename)
    return file


def files_of(package: Package, version: str) -> list[File]:
    """The files of a release."""
    return [file for file in package.files.values() if file.version == version]


def owned(api: Api, login: str) -> Account:
    """An account whose settings the caller may change."""
    account = api.account(login)
    if not owns(api.principal, account):
        raise Refusal(401, NOT_AUTHORIZED)
    return account


def open_for(api: Api, login: str) -> Account:
    """An account that the caller may add packages to."""
    account = api.account(login)
    if not may_add(api.principal, account):
        raise Refusal(401, NOT_AUTHORIZED)
    return account


def unlocked(api: Api, account: Account, labels: Iterable[str]) -> None:
    """Refuse when one of the labels is locked."""
    locked = account.locked.intersection(labels)
    if locked:
        raise Refusal(api.world.locked_label, f"Label {sorted(locked)[0]} is locked")
