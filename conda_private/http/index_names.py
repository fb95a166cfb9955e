"""Reads the names in a channel's index while it arrives; no index is held or parsed as a whole.

A channel has its index in up to three forms: ``repodata.json``, the same compressed with zstd, and
the index of its shards (CEP 16), which is the smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

# Lists of names, as they are found: file names, or package names with the hash of their shard.
Names: TypeAlias = Iterator[list[bytes]]
Limit: TypeAlias = Callable[[Iterable[bytes]], Iterable[bytes]]

_BLOCK = 1 << 16  # bytes
_LONGEST = 1 << 24  # bytes without the end of a record; an index has a few hundred
_BATCH = 1 << 10  # names of shards
SECTIONS = (b"packages", b"packages.conda")
_ENDINGS = (b".conda", b".tar.bz2")


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
    """Find the keys that end like a package file; each one is in front of the ``{`` of its record.

    A quotation mark inside a JSON string follows a backslash, so no value looks like such a key.
    The section ``signatures``, which repeats names, is ignored.
    """
    rest, ignored = b"", False
    for block in blocks:
        *texts, rest = (rest + block).split(b"{")
        if len(rest) > _LONGEST:
            rest = b""  # the limit of the body ends what is no index
        keys = [
            part[1]
            for text in texts
            for part in [text.rsplit(b'"', 2)]
            if len(part) == 3 and part[2].strip() == b":"
        ]
        if ignored or b"signatures" in keys:
            keys, ignored = _without_signatures(keys, ignored=ignored)
        yield [key for key in keys if key.endswith(_ENDINGS) and key not in SECTIONS]


def _without_signatures(keys: list[bytes], *, ignored: bool) -> tuple[list[bytes], bool]:
    """Return the keys without those of that section, and whether it continues after them."""
    kept: list[bytes] = []
    for key in keys:
        if key == b"signatures":
            ignored = True
        elif key in SECTIONS:
            ignored = False
        elif not ignored:
            kept.append(key)
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
