"""The files of a channel come in alphabetical order, before the indexes have arrived."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import Response

from conda_private.http.channel_files import files_in_order, in_section
from conda_private.http.client import Signer, read, stream
from conda_private.http.index_names import SECTIONS, names_in_json
from conda_private.http.probe import RepodataProbe
from conda_private.model.address import Address
from conda_private.model.exceptions import ConnectionFailedError, ServerError
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from tests.http.index_server import Answer, Channel, serve, shown
from tests.http.test_index_names import blocks_of, documents

SUBDIRS = ("linux-64", "noarch")
RECORD = {"depends": ["python >=3.11,<3.12.0a0"] * 12}  # about 400 bytes
LARGE = 6_000  # files of a section; more than 2 MB


def index(old: Iterable[str], new: Iterable[str]) -> bytes:
    """An index in the order given."""
    packages = {f"{name}.tar.bz2": RECORD for name in old}
    conda = {f"{name}.conda": RECORD for name in new}
    return json.dumps({"info": {}, "packages": packages, "packages.conda": conda}).encode()


def named(numbers: Iterable[int]) -> list[str]:
    """Names of files in alphabetical order, without the ending."""
    return [f"p{number:06}-1.0-0" for number in numbers]


def files(channel: Channel, opened: list[Response] | None = None) -> Iterator[tuple[str, bool]]:
    """Read the channel with the credential."""
    address = Address.parse(channel.url)
    signer = Signer(address, TOKEN, Secret("ca-nary-p0"))

    def open_file(url: str, signer: Signer) -> Response:
        response = stream("GET", url, signer, {})
        if opened is not None:
            opened.append(response)
        return response

    heads = RepodataProbe(subdirs=SUBDIRS, read=read).heads(address, signer)
    return files_in_order(address, signer, heads, open_file)


def test_files_are_listed_with_their_access() -> None:
    private = {"repodata.json": index(["b-1-0"], ["c-1-0", "a-1-0"])}
    public = {"repodata.json": index(["b-1-0"], [])}
    expected = [("a-1-0.conda", False), ("b-1-0.tar.bz2", True), ("c-1-0.conda", False)]
    with serve(shown(public, private)) as channel:
        assert list(files(channel)) == expected
        assert len(channel.asked) == 4  # a small index is not read a second time
    with serve(shown({}, private)) as channel:
        assert list(files(channel)) == [(name, False) for name, _ in expected]


def test_sections_and_subdirs_are_merged() -> None:
    def answer(file: str, credential: str) -> Answer:
        part = 2 * file.startswith("noarch") + bool(credential)
        every = named(range(part % 2, LARGE, 2 if credential else 6))
        return Answer(200, index(every[: len(every) // 2], every[part // 2 :]))

    with serve(answer) as channel:
        found = list(files(channel))
    assert [name for name, _ in found] == sorted({name for name, _ in found})
    assert {name for name, _ in found} == {
        *(f"{name}.conda" for name in named(range(1, LARGE, 2))),
        *(f"{name}.tar.bz2" for name in named(range(1, LARGE // 2 + 1, 2))),
    }
    assert not any(is_public for _, is_public in found)


def test_large_index_is_handed_on_while_it_arrives() -> None:
    private = {"repodata.json": index(named(range(LARGE // 4)), named(range(4 * LARGE)))}
    public = {"repodata.json": index(named(range(0, LARGE // 4, 2)), [])}
    opened: list[Response] = []
    with serve(shown(public, private)) as channel:
        found = files(channel, opened)
        tracemalloc.start()
        try:
            assert next(found) == ("p000000-1.0-0.conda", False)
            assert next(found) == ("p000000-1.0-0.tar.bz2", True)
            # There are 10 MB in each subdir; the section "packages" is read twice.
            assert sum(each.raw.tell() for each in opened) < 9 << 20
            assert sum(1 for _ in found) == 17 * LARGE // 4 - 2
            assert tracemalloc.get_traced_memory()[1] < 10 << 20
        finally:
            tracemalloc.stop()
    assert all(each.raw.closed for each in opened)


@settings(max_examples=40, deadline=None)
@given(document=documents(), size=st.integers(1, 200), section=st.sampled_from(SECTIONS))
def test_section_is_that_of_a_json_parser(document: str, size: int, section: bytes) -> None:
    part = in_section(blocks_of(document.encode(), size), section)
    found = sorted(name.decode() for names in names_in_json(part) for name in names)
    assert found == sorted(json.loads(document)[section.decode()])


def test_index_in_another_order_is_sorted() -> None:
    private = {"repodata.json": index([], reversed(named(range(LARGE))))}
    with serve(shown({}, private)) as channel:
        assert [name for name, _ in files(channel)] == [f"{n}.conda" for n in named(range(LARGE))]


def test_index_that_turns_out_to_be_in_another_order_is_an_error() -> None:
    private = {"repodata.json": index([], [*named(range(LARGE)), "a-1.0-0"])}
    with serve(shown({}, private)) as channel:
        found = files(channel)
        assert next(found) == ("p000000-1.0-0.conda", False)
        with pytest.raises(ServerError, match="not in alphabetical order"):
            list(found)


def test_connection_that_breaks_on_the_way_is_an_error_without_the_credential() -> None:
    body = index([], named(range(LARGE)))

    def answer(file: str, credential: str) -> Answer:
        return Answer(200, body[:-9], {"Content-Length": str(len(body))})

    with serve(answer) as channel:
        found = files(channel)
        with pytest.raises(ConnectionFailedError) as caught:
            list(found)
    assert caught.value.__cause__ is caught.value.__context__ is None
