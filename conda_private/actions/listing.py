"""List the packages of a channel, with their access and their labels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conda_private.model.facts import PackageFacts
from conda_private.model.ports import Comparison, PackageApi

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
    found: Comparison,
    *,
    order: Callable[[str], Any],
    label: str = "",
    private: bool | None = None,
) -> tuple[PackageFacts, ...]:
    """List the packages in a channel's repodata: conda packages of a single label.

    Args:
        found: the channel as read with and without the credential.
        order: returns a sort key for a version.
        label: the label that was read, or "" for the default one.
        private: True for private packages, False for public ones, None for both.
    """
    labels = (label,) if label else ()
    versions: dict[str, list[str]] = defaultdict(list)
    public: dict[str, bool] = defaultdict(bool)
    for file, name, version in _named(found.packages):
        versions[name].append(version)
        public[name] |= file in found.public
    return _chosen(
        (
            PackageFacts(name, max(versions[name], key=order), public[name], ("conda",), labels)
            for name in sorted(versions)
        ),
        private,
    )


def _named(files: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    # conda does not install a file without a valid package name, so it is not listed.
    for file in filter(str.isprintable, files):
        if match := _FILE.fullmatch(file):
            yield file, match[1], match[2]


def _chosen(packages: Iterable[PackageFacts], private: bool | None) -> tuple[PackageFacts, ...]:
    # A package whose access the server does not report is neither private nor public.
    return tuple(each for each in packages if private is None or each.public is (not private))
