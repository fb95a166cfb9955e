"""Reads the names in a channel's index while it arrives; no index is held or parsed as a whole.

A channel has its index in up to three forms: ``repodata.json``, the same compressed with zstd, and
the index of its shards (CEP 16), which is the smallest.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

from conda_private.http.bodies import NAMES, too_many_names
from conda_private.model.ports import SAMPLE

# Lists of names, as they are found: file names, or package names with the hash of their shard.
Names: TypeAlias = Iterator[list[bytes]]
Limit: TypeAlias = Callable[[Iterable[bytes]], Iterable[bytes]]

_BLOCK = 1 << 16  # bytes
_LONGEST = 1 << 24  # bytes without the end of a record; an index has a few hundred
_BATCH = 1 << 10  # names of shards
_BUCKETS = 1 << 12
_KEPT = 1 << 12  # private names while reading
_SIGNATURES = re.compile(rb'"signatures"\s*:')
_PACKAGES = re.compile(rb'"packages(?:\.conda)?"\s*:')


class NotThisFormError(ValueError):
    """The data is not an index in this form, or this Python cannot decode it."""


class Form(NamedTuple):
    """One form of an index.

    Attributes:
        file: its file name in a subdir.
        names: returns the names in the blocks of a body; its second argument limits the size of
            what they are decompressed to.
        package_name: returns the package name of such a name.
        lists_files: whether the names are those of files.
    """

    file: str
    names: Callable[[Iterable[bytes], Limit], Names]
    package_name: Callable[[bytes], bytes]
    lists_files: bool


def _of_file(name: bytes) -> bytes:
    return name.rsplit(b"-", 2)[0]


def names_in_json(blocks: Iterable[bytes], limit: Limit = iter) -> Names:
    """Find the keys that end like a package file; an object's key ends with ``":``.

    A quotation mark inside a JSON string follows a backslash, so no value looks like such a key.
    The section ``signatures``, which repeats names, is ignored.
    """
    rest, ignored = b"", False
    for block in blocks:
        # No file name has a brace, so no key is divided here.
        text, _, rest = (rest + block).rpartition(b"}")
        if len(rest) > _LONGEST:
            rest = b""  # the limit of the body ends what is no index
        if ignored or b'"signatures"' in text:
            text, ignored = _without_signatures(text, ignored=ignored)
        yield _keys(text)
    yield _keys(rest)


def _keys(text: bytes) -> list[bytes]:
    found: list[bytes] = []
    for ending in (b".conda", b".tar.bz2"):
        before, *others = text.split(ending + b'"')
        for after in others:
            if after[:1] == b":" or after.lstrip().startswith(b":"):
                name = before[before.rfind(b'"') + 1 :]
                if name != b"packages":  # the section "packages.conda"
                    found.append(name + ending)
            before = after
    return found


def _without_signatures(text: bytes, *, ignored: bool) -> tuple[bytes, bool]:
    """Return the text without that section, and whether the section continues after it."""
    kept = b""
    while text:
        found = (_PACKAGES if ignored else _SIGNATURES).search(text)
        end = found.start() if found else len(text)
        kept += b"" if ignored else text[:end]
        text = text[end:]
        ignored = ignored != bool(found)
    return kept, ignored


def names_in_zst(blocks: Iterable[bytes], limit: Limit = iter) -> Names:
    """Find the names in a ``repodata.json`` that is compressed with zstd."""
    return names_in_json(limit(_decompressed(blocks)))


def names_in_shards(blocks: Iterable[bytes], limit: Limit = iter) -> Names:
    """Find the packages in a shard index; the hash of a shard tells when a package has changed."""
    unpacker = _module("msgpack").Unpacker(_File(iter(limit(_decompressed(blocks)))))
    for _ in range(unpacker.read_map_header()):
        if unpacker.unpack() != "shards":
            unpacker.skip()
            continue
        pairs = unpacker.read_map_header()
        while pairs:
            count = min(pairs, _BATCH)
            yield [_of_shard(unpacker.unpack(), unpacker.unpack()) for _ in range(count)]
            pairs -= count


def _of_shard(name: str, digest: bytes | str) -> bytes:
    return b"%b\0%b" % (name.encode(), digest if isinstance(digest, bytes) else digest.encode())


def _decompressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    source = _File(iter(blocks))
    # In the standard library since Python 3.14; conda depends on one of the others before.
    for name in ("compression.zstd", "backports.zstd"):
        try:
            reader = import_module(name).ZstdFile(source)
            break
        except ImportError:
            continue
    else:
        decompressor = _module("zstandard").ZstdDecompressor()
        reader = decompressor.stream_reader(source, read_across_frames=True)
    while block := reader.read(_BLOCK):
        yield block


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise NotThisFormError(name) from error


class _File:
    """The blocks as a file that can only be read; each read returns at most one block."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, b"" at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._rest = block
        size = len(self._rest) if size < 0 else size
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


JSON = Form("repodata.json", names_in_json, _of_file, lists_files=True)
ZST = Form("repodata.json.zst", names_in_zst, _of_file, lists_files=True)
SHARDS = Form(
    "repodata_shards.msgpack.zst",
    names_in_shards,
    lambda name: name.partition(b"\0")[0],
    lists_files=False,
)


class NameSet:
    """A set of names that takes 8 bytes for each: it has their hashes, in 4096 sorted arrays.

    Two names have the same 64 bits with a probability of 1 in 10^19.
    """

    def __init__(self) -> None:
        self._buckets = [array("q") for _ in range(_BUCKETS)]

    def add(self, names: Iterable[bytes]) -> None:
        """Add names."""
        buckets = self._buckets
        for number in map(hash, names):  # the hash of bytes has a random key
            buckets[number & (_BUCKETS - 1)].append(number)

    def sort(self) -> None:
        """Sort it; required after the last ``add``."""
        self._buckets = [array("q", sorted(bucket)) for bucket in self._buckets]

    def missing(self, names: Iterable[bytes]) -> list[bytes]:
        """Return those names that it does not have."""
        buckets, found = self._buckets, []
        for name in names:
            number = hash(name)
            bucket = buckets[number & (_BUCKETS - 1)]
            at = bisect_left(bucket, number)
            if at == len(bucket) or bucket[at] != number:
                found.append(name)
        return found


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
        lists_files: whether the names are those of files.
        public: hashes of the names of packages with public files.
    """

    total: int
    private: int
    packages: tuple[str, ...] = ()
    lists_files: bool = True
    public: Sequence[int] = ()

    @property
    def counts(self) -> tuple[int, int] | None:
        """How many files there are, and how many private ones; None if that is not known."""
        return (self.total, self.private) if self.lists_files or not self.total else None


def difference(form: Form, lists: Names, public: PublicIndex) -> Difference:
    """Compare the names of an index with the public ones."""
    total = private = 0
    sample = _Sample()
    for names in lists:
        total += len(names)
        missing = public.names.missing(names)
        private += len(missing)
        sample.add(missing)
    packages = dict.fromkeys(form.package_name(name) for name in sample.names)
    spread = _spread(public.without_public(packages), SAMPLE)
    return Difference(total, private, spread, form.lists_files, public.packages)


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


def _spread(names: list[bytes], size: int) -> tuple[str, ...]:
    """Return up to ``size`` of the names that are plain text, spread over all of them."""
    plain = [name.decode() for name in names if name.isascii() and name.decode().isprintable()]
    count = min(size, len(plain))
    return tuple(plain[at * len(plain) // count] for at in range(count))
