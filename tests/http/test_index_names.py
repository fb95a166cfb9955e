"""The names in an index are found while it arrives, exactly as a JSON parser would find them."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conda_private.http.index_difference import PublicIndex, difference, private_names
from conda_private.http.index_names import JSON, SHARDS, ZST, Form, names_in_json

msgpack = pytest.importorskip("msgpack")
LETTERS = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\{}')
WORD = st.text(LETTERS, min_size=1, max_size=9)
FILE = st.builds("{}-{}-{}{}".format, WORD, WORD, WORD, st.sampled_from([".conda", ".tar.bz2"]))
# What could look like a key or a section, inside strings and as other keys.
TEXT = st.sampled_from(
    ['x.conda": {', '"a-1-0.conda":', "a-1-0.tar.bz2", '\\"', '"signatures"', "packages", "}{,:"]
) | st.text(max_size=9)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(FILE, st.fixed_dictionaries({"fn": TEXT, "more": VALUE}), max_size=6)
SECTIONS = {
    "info": VALUE,
    "packages": RECORDS,
    "signatures": RECORDS,
    "packages.conda": RECORDS,
    "removed": st.lists(FILE, max_size=3),
}


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A repodata in any order and layout."""
    order = draw(st.permutations(list(SECTIONS)))
    index = {section: draw(SECTIONS[section]) for section in order}
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")]))
    return json.dumps(index, indent=draw(st.sampled_from([None, 2])), separators=separators)


def blocks_of(body: bytes, size: int) -> Iterator[bytes]:
    """The body as it arrives."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


@settings(max_examples=60, deadline=None)
@given(document=documents(), size=st.integers(1, 200))
def test_names_are_those_that_a_json_parser_finds(document: str, size: int) -> None:
    index = json.loads(document)
    expected = sorted([*index["packages"], *index["packages.conda"]])
    found = [name for names in names_in_json(blocks_of(document.encode(), size)) for name in names]
    assert sorted(name.decode() for name in found) == expected


def compressed(body: bytes) -> bytes:
    """The body in the format of a `.zst` file."""
    try:
        import zstandard
    except ImportError:
        from backports import zstd

        return bytes(zstd.compress(body))
    return zstandard.ZstdCompressor().compress(body)


def index_in(form: Form, packages: dict[str, str]) -> bytes:
    """An index of packages, each with the text that tells its builds apart."""
    if form is SHARDS:
        shards = {name: build.encode().ljust(32) for name, build in packages.items()}
        info = {"subdir": "noarch", "base_url": "", "shards_base_url": ""}
        content = {"info": info, "version": 1, "shards": shards}
        return compressed(msgpack.packb(content))
    files = {f"{name}-1-{build}.conda": {} for name, build in packages.items()}
    body = json.dumps({"packages": {}, "packages.conda": files}).encode()
    return body if form is JSON else compressed(body)


@pytest.mark.parametrize("form", [JSON, ZST, SHARDS], ids=lambda form: form.file)
def test_private_packages_are_found_in_each_form(form: Form) -> None:
    shown = {f"p{number}": "0" for number in range(200)}
    public = {name: "0" for name in shown if name.endswith("0")} | {"p11": "1"}
    known = PublicIndex(form, form.names(blocks_of(index_in(form, public), 7), iter))
    found = difference(form, form.names(blocks_of(index_in(form, shown), 7), iter), known)
    assert (found.total, found.private) == (200, 180)
    assert found.counts == (None if form is SHARDS else (200, 180))
    assert len(found.packages) == 16
    # "p11" has a public build too, so it is not a private name.
    assert set(found.packages) <= set(shown) - set(public)
    assert found.packages[0] == "p1"
    assert int(found.packages[-1][1:]) > 150


def lists(names: Iterable[str], read: list[bytes]) -> Iterator[list[bytes]]:
    """The names of files in lists of a thousand; notes those that were read."""
    files = [f"{name}-1-0.conda".encode() for name in names]
    for start in range(0, len(files), 1000):
        read += files[start : start + 1000]
        yield files[start : start + 1000]


@pytest.mark.parametrize("step", [2, 10_000], ids=["half", "few"])
def test_large_index_is_read_until_there_are_enough_private_names(step: int) -> None:
    shown = [f"p{at:06}" for at in range(150_000)]
    known = PublicIndex(JSON, lists([name for name in shown if int(name[1:]) % step], []))
    read: list[bytes] = []
    found = difference(JSON, lists(shown, read), known)
    assert set(found.packages) <= set(shown[::step])
    if step == 2:
        # What is not read is not counted either.
        assert (len(read), found.counts, len(found.packages)) == (66_000, None, 16)
    else:
        assert (len(read), found.counts, len(found.packages)) == (150_000, (150_000, 15), 15)


def test_public_names_are_recognized_in_any_order() -> None:
    names = [f"p{at}" for at in range(500)]
    known = PublicIndex(JSON, lists(reversed(names), []))
    found = difference(JSON, lists([*names, "more"], []), known)
    assert (found.counts, found.packages) == ((501, 1), ("more",))


def test_text_without_the_end_of_a_record_is_not_collected_for_ever() -> None:
    def blocks() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (1 << 20)
            assert tracemalloc.get_traced_memory()[0] < 20 << 20

    tracemalloc.start()
    try:
        assert not any(names_in_json(blocks()))
    finally:
        tracemalloc.stop()


def test_package_that_is_public_in_another_subdir_is_not_a_private_name() -> None:
    public = PublicIndex(JSON, iter([[b"mixed-1-0.conda"]]))
    shown = [b"mixed-1-0.conda", b"noarch-only-1-0.conda"]
    noarch = difference(JSON, iter([shown]), public)
    nothing = PublicIndex(JSON, iter([]))
    linux = difference(JSON, iter([[b"c-1-0.conda", b"mixed-2-0.conda"]]), nothing)
    only_mixed = difference(JSON, iter([[b"mixed-2-0.conda"]]), nothing)
    found = {"noarch": noarch, "linux-64": linux, "osx-64": only_mixed}
    assert private_names(found) == {"noarch": ("noarch-only",), "linux-64": ("c",)}
