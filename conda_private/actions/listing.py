"""List the packages of a channel, with their access and their labels, while they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conda_private.model.facts import PackageFacts
from conda_private.model.ports import PackageApi

_FILE = re.compile(r"([^/]+)-([^/-]+)-[^/-]+")
_HELD = 1000  # packages that wait for one whose name their names begin with


def from_api(
    owner: str, packages: PackageApi, *, label: str = "", private: bool | None = None
) -> Iterator[PackageFacts]:
    """List the packages of an owner as the API reports them.

    Args:
        owner: the channel's user or organization.
        packages: the API.
        label: list only packages that have a file with this label; "" for all.
        private: True for private packages, False for public ones, None for both.

    Raises:
        CondaPrivateError: the API could not be reached, or refuses.
    """
    listed = [each for each in packages.packages(owner) if _is_chosen(each, private)]
    found = packages.with_labels(owner, listed)
    return (each for each in found if not label or label in each.labels)


def from_channel(
    files: Iterable[tuple[str, bool]],
    *,
    order: Callable[[str], Any],
    label: str = "",
    private: bool | None = None,
) -> Iterator[PackageFacts]:
    """List the packages in a channel's repodata: conda packages of a single label.

    A package is complete when no further file name can begin with its name.

    Args:
        files: the files in the repodata in alphabetical order, and whether each one is public.
        order: returns a sort key for a version.
        label: the label that was read, or "" for the default one.
        private: True for private packages, False for public ones, None for both.
    """
    packages = _Packages((label,) if label else (), order)
    waiting: list[PackageFacts] = []
    for file, name, version, is_public in _named(files):
        waiting += (each for each in packages.completed(file) if _is_chosen(each, private))
        if packages.is_empty or len(waiting) > _HELD:
            yield from _emptied(waiting)
        packages.add(name, version, is_public=is_public)
    waiting += (each for each in packages.completed() if _is_chosen(each, private))
    yield from _emptied(waiting)


class _Packages:
    """The packages of which more files can follow: their names begin that of the last file."""

    def __init__(self, labels: tuple[str, ...], order: Callable[[str], Any]) -> None:
        self._labels, self._order = labels, order
        self._versions: dict[str, set[str]] = {}
        self._public: set[str] = set()

    @property
    def is_empty(self) -> bool:
        return not self._versions

    def add(self, name: str, version: str, *, is_public: bool) -> None:
        self._versions.setdefault(name, set()).add(version)
        if is_public:
            self._public.add(name)

    def completed(self, file: str = "") -> Iterator[PackageFacts]:
        """Remove the packages whose files are all before this one, and yield them."""
        for name in [each for each in self._versions if not file.startswith(f"{each}-")]:
            newest = max(self._versions.pop(name), key=self._order)
            is_public = name in self._public
            self._public.discard(name)
            yield PackageFacts(name, newest, is_public, ("conda",), self._labels)


def _emptied(waiting: list[PackageFacts]) -> list[PackageFacts]:
    packages = sorted(waiting, key=lambda package: package.name)
    waiting.clear()
    return packages


def _named(files: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, str, str, bool]]:
    for file, is_public in files:
        # conda does not install a file without a valid package name, so it is not listed.
        if file.isprintable() and (match := _FILE.fullmatch(file)):
            yield file, match[1], match[2], is_public


def _is_chosen(package: PackageFacts, private: bool | None) -> bool:
    # A package whose access the server does not report is neither private nor public.
    return private is None or package.public is (not private)
