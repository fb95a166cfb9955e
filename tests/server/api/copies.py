"""Copies of files, from label to label and from account to account."""

from __future__ import annotations

import dataclasses

from ..model import Account, File, Package, new_id
from ..wire import Answer, Refusal, as_json
from .finding import file_of, files_of, open_for, package_of, release_of, unlocked
from .records import file_record
from .routing import Api, data, route

COPY = "/copy/package/{login}/{name}/{version}/{basename:path}"


@route("POST", COPY, "api:write")
def copy(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Copy; a file that is there already is a conflict."""
    return _copy(api, package_of(api, login, name), version, basename, "fail")


@route("PUT", COPY, "api:write")
def replace(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Copy; a file that is there already is replaced."""
    return _copy(api, package_of(api, login, name), version, basename, "replace")


@route("PATCH", COPY, "api:write")
def update(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Copy; a file that is there already is left alone."""
    return _copy(api, package_of(api, login, name), version, basename, "skip")


def _copy(api: Api, source: Package, version: str, basename: str, existing: str) -> Answer:
    wish = data(api.call)
    account = open_for(api, wish.get("to_owner") or api.principal.login)
    label = wish.get("to_channel") or "main"
    unlocked(api, account, [label])
    chosen = _chosen(source, version, basename, wish.get("from_channel") or "main")
    if account.login == source.owner:
        return _relabel(source, chosen, label)
    chosen = _without_conflicts(account, source.name, chosen, existing)
    for file in chosen:
        _twin_of_package(api, account, source)
        twin = dataclasses.replace(file, id=new_id())
        private = False if api.world.copies_publish else None
        api.world.publish(account.login, twin, [label], private)
    return as_json([file_record(source, file) for file in chosen])


def _without_conflicts(
    account: Account, name: str, chosen: list[File], existing: str
) -> list[File]:
    target = account.packages.get(name)
    there = target.files if target else {}
    if existing == "fail" and any(file.basename in there for file in chosen):
        raise Refusal(409, "File conflict while copying")
    return [file for file in chosen if existing != "skip" or file.basename not in there]


def _twin_of_package(api: Api, account: Account, source: Package) -> None:
    public = source.public or not api.world.copies_stay_private
    twin = Package(account.login, source.name, public, dict(source.attrs))
    account.packages.setdefault(source.name, twin)


def _chosen(source: Package, version: str, basename: str, label: str) -> list[File]:
    release_of(source, version)
    found = [file_of(source, version, basename)] if basename else files_of(source, version)
    return [file for file in found if label in file.labels]


def _relabel(source: Package, chosen: list[File], label: str) -> Answer:
    for file in chosen:
        file.labels.add(label)
    return as_json([file_record(source, file) for file in chosen])
