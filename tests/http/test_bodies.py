"""How much of an answer is read, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from conda_private.http import index_difference
from conda_private.http.bodies import BodyReader, Budget
from conda_private.http.index_difference import PublicIndex
from conda_private.http.index_names import JSON
from conda_private.model.exceptions import ServerError
from tests.server import Anaconda, Fault, Server, serve
from tests.wording import assert_reads_well

SIZE = 3_000_000
PATH = "/alice/noarch/repodata.json"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with an empty channel."""
    world = Anaconda()
    world.add_user("alice")
    with serve(world) as server:
        yield server


def get(server: Server, reader: BodyReader) -> requests.Response:
    """Get the index as our own requests do."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(server.conda + PATH, hooks={"response": reader}, timeout=10)


def test_body_is_as_without_the_reader(server: Server) -> None:
    answer = get(server, BodyReader())
    assert answer.json()["packages.conda"] == {}
    assert answer.content == requests.get(server.conda + PATH, timeout=10).content


def test_body_beyond_the_limit_is_not_read(server: Server) -> None:
    server.fail("repodata", how=Fault.status(200, body=b" " * SIZE))
    assert len(get(server, BodyReader(limit=SIZE)).content) == SIZE
    with pytest.raises(ServerError, match="more data than a channel's index"):
        get(server, BodyReader(limit=SIZE - 1))


def test_body_that_is_compressed_too_much_is_not_read(server: Server) -> None:
    server.fail("repodata", how=Fault.bomb(SIZE))
    assert len(get(server, BodyReader()).content) == SIZE
    with pytest.raises(ServerError) as caught:
        get(server, BodyReader(harmless=1_000_000))
    assert "conda private login" in caught.value.next_step


def test_body_of_a_redirect_is_limited_too(server: Server) -> None:
    bomb = Fault.bomb(SIZE).answer
    assert bomb
    headers = {**bomb.headers, "Location": f"{server.conda}{PATH}?there"}
    server.fail("json$", how=Fault.status(302, headers, bomb.body))
    with pytest.raises(ServerError):
        get(server, BodyReader(harmless=1_000_000))
    assert len(server.requests) == 1


def test_answer_without_a_body_is_empty(server: Server) -> None:
    server.fail("repodata", how=Fault.status(304))
    assert get(server, BodyReader()).content == b""


def test_bodies_that_are_in_use_are_limited_together(server: Server) -> None:
    server.fail("repodata", how=Fault.status(200, body=b" " * SIZE))
    reader = BodyReader(budget=Budget(2 * SIZE + 1))
    first, second = get(server, reader), get(server, reader)
    with pytest.raises(ServerError) as caught:
        get(server, reader)
    assert (
        caught.value.what == f"{server.conda.partition('//')[2]} sent more data than an API needs."
    )
    assert "can have 5 MiB" in caught.value.cause
    assert_reads_well(caught.value)
    del caught, first
    assert len(get(server, reader).content) == len(second.content) == SIZE


def test_api_cannot_fill_the_memory() -> None:
    assert BodyReader().budget.limit == 128 << 20
    assert BodyReader().budget is BodyReader().budget


def test_names_of_all_indexes_are_limited_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_difference, "NAMES", Budget(5))
    names = [b"a-1-0.conda", b"b-1-0.conda"]
    first, second = (PublicIndex(JSON, iter([names])) for _ in range(2))
    with pytest.raises(ServerError) as caught:
        PublicIndex(JSON, iter([names]))
    assert_reads_well(caught.value)
    del caught, first
    assert PublicIndex(JSON, iter([names])).names.missing([b"c"]) == [b"c"]
    assert second.names.missing(names) == []
