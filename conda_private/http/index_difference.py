"""Finds out what an index shows with a credential that is not public, from the names in it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from conda_private.http.bodies import NAMES, too_many_names
from conda_private.http.index_names import Form, Names
from conda_private.model.ports import SAMPLE

_KEPT = 1 << 12  # private names while reading
_COUNTED = 1 << 16  # names; of a larger index only the public half is read to its end


class NameSet:
    """A set of names that takes 16 bytes for each: their hashes, as added and sorted.

    Two names have the same 64 bits with a probability of 1 in 10^19.
    """

    def __init__(self) -> None:
        self._added, self._sorted = array("q"), array("q")
        self._at = 0

    def add(self, names: Iterable[bytes]) -> None:
        """Add names."""
        self._added.extend(map(hash, names))  # the hash of bytes has a random key

    def sort(self) -> None:
        """Sort it; required after the last ``add``."""
        self._sorted = array("q", sorted(self._added))

    def missing(self, names: Iterable[bytes]) -> list[bytes]:
        """Return those names that it does not have; quickest in the order in which it has them."""
        added, at, end = self._added, self._at, len(self._added)
        others = []
        for name in names:
            if at < end and hash(name) == added[at]:
                at += 1
            else:
                others.append(name)
        self._at = at
        return [name for name in others if not self._has(hash(name))]

    def _has(self, number: int) -> bool:
        at = bisect_left(self._sorted, number)
        return at < len(self._sorted) and self._sorted[at] == number


class PublicIndex:
    """What an index shows without a credential.

    Raises:
        ServerError: there are too many names, together with those of other indexes.
    """

    def __init__(self, form: Form, lists: Names) -> None:
        self.names, self.packages = NameSet(), array("q")
        for names in lists:
            if not NAMES.add(self, len(names)):
                raise too_many_names()
            self.names.add(names)
            self.packages.extend(map(hash, {form.package_name(name) for name in names}))
        self.names.sort()

    def without_public(self, packages: Iterable[bytes]) -> list[bytes]:
        """Return the names of those packages of which nothing is public."""
        wanted = {hash(name): name for name in packages}
        for number in self.packages:
            wanted.pop(number, None)
        return list(wanted.values())


class Difference(NamedTuple):
    """What an index shows with a credential, compared with a ``PublicIndex``.

    Attributes:
        total: how many names it has.
        private: how many of them are not public.
        packages: up to 16 names of packages that are not public, spread over the index.
        is_counted: whether the names are those of all of its files.
        public: hashes of the names of packages with public files.
        mixed: up to 16 names of packages of which only some files are public.
    """

    total: int
    private: int
    packages: tuple[str, ...] = ()
    is_counted: bool = True
    public: Sequence[int] = ()
    mixed: tuple[str, ...] = ()

    @property
    def counts(self) -> tuple[int, int] | None:
        """How many files there are, and how many private ones; None if that is not known."""
        return (self.total, self.private) if self.is_counted or not self.total else None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of packages with files that are not public."""
        return self.packages + self.mixed


def difference(form: Form, lists: Names, public: PublicIndex) -> Difference:
    """Compare the names of an index with the public ones.

    A large index is read only until there are enough names of private packages.
    """
    total = private = 0
    sample, look_at = _Sample(), _COUNTED
    for names in lists:
        total += len(names)
        missing = public.names.missing(names)
        private += len(missing)
        sample.add(missing)
        if total >= look_at:
            look_at *= 2
            packages, mixed = _packages_in(form, sample, public)
            if len(packages) == SAMPLE:
                return Difference(total, private, packages, False, public.packages, mixed)
    packages, mixed = _packages_in(form, sample, public)
    return Difference(total, private, packages, form.lists_files, public.packages, mixed)


def _packages_in(
    form: Form, sample: _Sample, public: PublicIndex
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names of packages without public files, and of those that have some."""
    packages = dict.fromkeys(form.package_name(name) for name in sample.names)
    only_private = dict.fromkeys(public.without_public(packages))
    mixed = [name for name in packages if name not in only_private]
    return spread(list(only_private), SAMPLE), spread(mixed, SAMPLE)


def private_names(found: Mapping[str, Difference]) -> dict[str, tuple[str, ...]]:
    """Return for each subdir the names of packages without a public file in any of the subdirs."""
    names = {subdir: each.packages for subdir, each in found.items()}
    hashes = {hash(name.encode()) for packages in names.values() for name in packages}
    public = {number for each in found.values() for number in each.public if number in hashes}
    kept = {
        subdir: tuple(name for name in packages if hash(name.encode()) not in public)
        for subdir, packages in names.items()
    }
    return {subdir: packages for subdir, packages in kept.items() if packages}


class _Sample:
    """Up to 4096 names, spread over all names that were added."""

    def __init__(self) -> None:
        self.names: list[bytes] = []
        self._count, self._step = 0, 1

    def add(self, names: list[bytes]) -> None:
        """Add names; whenever it is full, each second name is dropped, also of the later ones."""
        self.names += names[-self._count % self._step :: self._step]
        self._count += len(names)
        while len(self.names) > _KEPT:
            self.names = self.names[::2]
            self._step *= 2


def spread(names: list[bytes], size: int) -> tuple[str, ...]:
    """Return up to ``size`` of the names that are plain text, spread over all of them."""
    plain = [name.decode() for name in names if name.isascii() and name.decode().isprintable()]
    count = min(size, len(plain))
    return tuple(plain[at * len(plain) // count] for at in range(count))
