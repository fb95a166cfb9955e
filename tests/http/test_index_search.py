"""Remembered names are found while an index arrives, in as few bytes as possible."""

from __future__ import annotations

from collections.abc import Iterable

import msgpack  # type: ignore[import-untyped]
import pytest
import zstandard

from conda_private.http.index_search import SHARDS, Search

LONG = "n" * 64


def searching(wanted: str) -> Search:
    def finds_any(names: Iterable[str]) -> bool:
        return wanted in names

    return Search(SHARDS, finds_any)


def shards(value: object, *names: str) -> bytes:
    return zstandard.compress(msgpack.dumps({"info": {}, "shards": dict.fromkeys(names, value)}))


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
@pytest.mark.parametrize("wanted", ["secretlib", LONG, "a"])
def test_shard_is_found_before_the_index_is_complete(wanted: str, size: int) -> None:
    search, body = searching(wanted), shards(b"\xa7" * 32, "p1", "secretlib", LONG, "a", "p2")
    blocks = iter([body[at : at + size] for at in range(0, len(body), size)])
    while not search.found:
        search.feed(next(blocks))


@pytest.mark.parametrize("value", ["0" * 64, b"\0" * 16, 1])
def test_shard_whose_hash_has_another_form_is_found_at_the_end(value: object) -> None:
    search = searching("secretlib")
    search.feed(shards(value, "p1", "secretlib"))
    assert not search.found
    search.finish()
    assert search.found


def test_long_index_of_shards_is_searched_once() -> None:
    seen = 0

    def finds_any(names: Iterable[str]) -> bool:
        nonlocal seen
        seen += len(list(names))
        return False

    search, names = Search(SHARDS, finds_any), [f"package-{at:05}" for at in range(5_000)]
    body = shards(b"\0" * 32, *names)
    for at in range(0, len(body), 1 << 10):
        search.feed(body[at : at + (1 << 10)])
    assert len(names) <= seen < 2 * len(names)
