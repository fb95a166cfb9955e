"""List the packages of a channel, with their access and their labels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conda_private.model.facts import PackageFacts
from conda_private.model.ports import PackageApi

_FILE = re.compile(r"(?:.*/)?([^/]+)-([^/-]+)-[^/-]+")


def from_api(
    owner: str, packages: PackageApi, *, label: str = "", private: bool | None = None
) -> tuple[PackageFacts, ...]:
    """List the packages of an owner as the API reports them.

    Args:
        owner: the channel's user or organization.
        packages: the API.
        label: list only packages that have a file with this label; "" for all.
        private: True for private packages, False for public ones, None for both.

    Raises:
        CondaPrivateError: the API could not be reached, or refuses.
    """
    listed = _chosen(packages.packages(owner), private)
    found = packages.with_labels(owner, listed)
    return tuple(each for each in found if not label or label in each.labels)


def from_channel(
    files: Iterable[tuple[str, bool]],
    *,
    order: Callable[[str], Any],
    label: str = "",
    private: bool | None = None,
) -> tuple[PackageFacts, ...]:
    """List the packages in a channel's repodata: conda packages of a single label.

    Args:
        files: the files in the repodata, and whether each one is public.
        order: returns a sort key for a version.
        label: the label that was read, or "" for the default one.
        private: True for private packages, False for public ones, None for both.
    """
    labels = (label,) if label else ()
    versions: dict[str, list[str]] = defaultdict(list)
    public: dict[str, bool] = defaultdict(bool)
    for name, version, is_public in _named(files):
        versions[name].append(version)
        public[name] |= is_public
    return _chosen(
        (
            PackageFacts(name, max(versions[name], key=order), public[name], ("conda",), labels)
            for name in sorted(versions)
        ),
        private,
    )


def _named(files: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, str, bool]]:
    for file, is_public in files:
        # conda does not install a file without a valid package name, so it is not listed.
        if file.isprintable() and (match := _FILE.fullmatch(file)):
            yield match[1], match[2], is_public


def _chosen(packages: Iterable[PackageFacts], private: bool | None) -> tuple[PackageFacts, ...]:
    # A package whose access the server does not report is neither private nor public.
    return tuple(each for each in packages if private is None or each.public is (not private))
