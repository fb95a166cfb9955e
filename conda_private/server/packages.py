"""Packages API: the packages of an account, with their versions and labels."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from conda_private.model.facts import PackageFacts, PackageName
from conda_private.server.api import Api
from conda_private.server.errors import unexpected_answer
from conda_private.server.words import printable

_THREADS = 8


class AnacondaPackages:
    """The requests about packages, to an API like that of anaconda.org.

    Every method raises ``CondaPrivateError`` if the API refuses the request.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def package(self, owner: str, name: str) -> PackageFacts:
        """Return one package, with its labels."""
        return package_facts(self._api.get("package", owner, name))

    def reserve(self, package: PackageName) -> None:
        """Create a private package without files.

        A server may answer this for a package that exists as if it had created it, so the package
        has to be read back.
        """
        content = {"public": False, "publish": False, "public_attrs": {}}
        self._api.post("package", *package, content=content)

    def packages(self, owner: str) -> tuple[PackageFacts, ...]:
        """Return the packages that the credential gives access to, without their labels."""
        answer = self._api.get("packages", owner)
        if not isinstance(answer, list):
            raise unexpected_answer("a list of packages")
        return tuple(sorted(map(package_facts, answer), key=lambda package: package.name))

    def with_labels(self, owner: str, packages: Iterable[PackageFacts]) -> Iterator[PackageFacts]:
        """Yield the packages with their labels: one request per package, several at a time."""
        asked: deque[Future[PackageFacts]] = deque()
        with ThreadPoolExecutor(_THREADS) as pool:
            for package in packages:
                asked.append(pool.submit(self.package, owner, package.name))
                if len(asked) == _THREADS:
                    yield asked.popleft().result()
            while asked:
                yield asked.popleft().result()


def package_facts(record: Any) -> PackageFacts:
    """Read the record of one package in an answer.

    Raises:
        ServerError: the record does not describe a package.
    """
    name = printable(record.get("name")) if isinstance(record, dict) else ""
    if not name:
        raise unexpected_answer("a package")
    public = record.get("public")
    return PackageFacts(
        name=name,
        version=printable(record.get("latest_version")),
        public=public if isinstance(public, bool) else None,
        kinds=tuple(map(printable, _list(record.get("package_types")))),
        labels=tuple(sorted({printable(label) for label in _labels(record.get("files"))})),
    )


def _labels(files: Any) -> Iterator[Any]:
    for file in _list(files):
        yield from _list(file.get("labels")) if isinstance(file, dict) else ()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
