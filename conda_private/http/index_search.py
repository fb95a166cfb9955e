"""Searches the bytes of an index for the names of packages, while they pass or in a cached file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

SHARDS = "repodata_shards.msgpack.zst"
_NAME = re.compile(rb'"name"\s*:\s*"([^"\\]+)"')
# In MessagePack, the key of a shard and the head of its value: 32 bytes, which are a hash and look
# like a remembered name only by chance.
_SHARD_NAME = re.compile(rb"(?:[\xa1-\xbf]|\xd9[\x20-\xff])([!-~]+)\xc4\x20")
_OVERLAP = 512  # bytes; more than a name has
_BLOCK = 1 << 16  # bytes


def kind_of(file: Path) -> str:
    """Return what a file in conda's cache is called on a server."""
    return SHARDS if file.suffix == ".zst" else "repodata.json"


class Search:
    """Searches the bytes of an index for one of some names.

    Args:
        name: the file's name, which says what form it has.
        finds_any: whether one of some names is searched for.
    """

    def __init__(self, name: str, finds_any: Callable[[Iterable[str]], bool]) -> None:
        self._finds_any = finds_any
        self._is_shards = name == SHARDS
        self._pattern = _SHARD_NAME if self._is_shards else _NAME
        self._unpack = _decompressor() if name.endswith(".zst") else None
        self.is_possible = not name.endswith(".zst") or self._unpack is not None
        self._rest = b""
        self.found = self.ended = False

    def feed(self, block: bytes) -> None:
        """Take the next block."""
        if self._unpack:
            if self.ended:
                return
            block = self._unpack.decompress(block)
            self.ended = bool(self._unpack.eof)
        data, begin = self._rest + block, max(0, len(self._rest) - _OVERLAP)
        names = _names_in(self._pattern, data, begin)
        self.found = self._finds_any(name.decode("utf-8", "replace") for name in names)
        self._rest = data if self._is_shards else data[-_OVERLAP:]

    def finish(self) -> None:
        """Take note that the file is complete."""
        if self._is_shards and not self.found:
            import msgpack  # type: ignore[import-untyped]

            self.found = self._finds_any(map(str, msgpack.loads(self._rest)["shards"]))

    def read(self, file: Path) -> bool:
        """Search a cached index; whether a name was found.

        Raises:
            OSError: it could not be read.
            ValueError: it is no index, or this Python cannot decode it.
        """
        try:
            with file.open("rb") as content:
                while not self.found and (block := content.read(_BLOCK)):
                    self.feed(block)
            self.finish()
        except OSError:
            raise
        except Exception as error:  # each decoder has error classes of its own
            raise ValueError(str(error)) from None
        return self.found


def _names_in(pattern: re.Pattern[bytes], data: bytes, begin: int) -> Iterator[bytes]:
    last = b""
    for match in pattern.finditer(data, begin):
        if match[1] != last:
            last = match[1]
            yield last


def _decompressor() -> Any:
    """A decompressor from the library that this conda uses; None without any."""
    from importlib import import_module

    for name in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(name).ZstdDecompressor()
        except ImportError:
            continue
    try:
        import zstandard
    except ImportError:
        return None
    return zstandard.ZstdDecompressor().decompressobj()
