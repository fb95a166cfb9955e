"""The packages of an account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from conda_private.model.records import PackageFacts
from conda_private.server.api import Api
from conda_private.server.tokens import unreadable
from conda_private.server.words import plain

_AT_ONCE = 8


class AnacondaPackages:
    """The calls of one API about packages."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def package(self, owner: str, name: str) -> PackageFacts:
        """One package with its labels."""
        return _facts(self._api.get("package", owner, name))

    def packages(self, owner: str) -> tuple[PackageFacts, ...]:
        """All that the asking account may see, without their labels."""
        answer = self._api.get("packages", owner)
        if not isinstance(answer, list):
            raise unreadable("its packages")
        return tuple(sorted(map(_facts, answer), key=lambda package: package.name))

    def with_labels(self, owner: str, packages: Iterable[PackageFacts]) -> tuple[PackageFacts, ...]:
        """The same packages with their labels: one request for each, several at once."""
        names = [package.name for package in packages]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return tuple(pool.map(lambda name: self.package(owner, name), names))


def _facts(record: Any) -> PackageFacts:
    name = plain(record.get("name")) if isinstance(record, dict) else ""
    if not name:
        raise unreadable("a package")
    public = record.get("public")
    return PackageFacts(
        name=name,
        version=plain(record.get("latest_version")),
        public=public if isinstance(public, bool) else None,
        kinds=tuple(map(plain, _list(record.get("package_types")))),
        labels=tuple(sorted({plain(label) for label in _labels(record.get("files"))})),
    )


def _labels(files: Any) -> Iterator[Any]:
    for file in _list(files):
        yield from _list(file.get("labels")) if isinstance(file, dict) else ()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
