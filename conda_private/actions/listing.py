"""What is in a channel, which of it is private, and under which labels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conda_private.model.ports import Comparison, PackageApi
from conda_private.model.records import PackageFacts

_FILE = re.compile(r"(?:.*/)?([^/]+)-([^/-]+)-[^/-]+")


def from_api(
    owner: str, packages: PackageApi, *, label: str = "", private: bool | None = None
) -> tuple[PackageFacts, ...]:
    """What the API shows of an owner's packages.

    Args:
        owner: the channel's user or organization.
        packages: the API.
        label: only those with a file under this label; "" for all.
        private: only private ones, only public ones, or with None both.

    Raises:
        CondaPrivateError: the API was not reached, or refuses.
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
    """What the channel's repodata shows: only that of one label, and only conda packages.

    Args:
        found: the channel read with and without the credential.
        order: makes versions comparable.
        label: the label that was read, or "" for the default one.
        private: only private ones, only public ones, or with None both.
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
    # What is no name of a package is left out; conda does not install it either.
    for file in filter(str.isprintable, files):
        if match := _FILE.fullmatch(file):
            yield file, match[1], match[2]


def _chosen(packages: Iterable[PackageFacts], private: bool | None) -> tuple[PackageFacts, ...]:
    # Where the server does not tell, it is shown in neither.
    return tuple(each for each in packages if private is None or each.public is (not private))
