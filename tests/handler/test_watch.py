"""An index that shows none of the remembered names is compared; any other is handed on as it is."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgpack  # type: ignore[import-untyped]
import pytest
import zstandard
from conda.gateways.connection.session import CondaSession

from conda_private.composition import machine
from conda_private.handler import watch
from conda_private.http.index_search import Search
from conda_private.model.exceptions import ServerError, TokenRefusedError
from conda_private.model.login import Login
from conda_private.model.ports import Comparison
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from tests.home import CANARY, Home
from tests.server import Answer, Fault, Server
from tests.wording import assert_reads_well

SHARDS = "repodata_shards.msgpack.zst"
FORMS = ["repodata.json", "current_repodata.json", "repodata.json.zst", "current_repodata.json.zst"]


def index(*names: str, size: int = 2_000) -> bytes:
    """An index of many public packages and some others."""
    found = {f"{name}-1-0.conda": {"name": name} for name in names}
    public = {f"p{number}-1-0.conda": {"name": f"p{number}"} for number in range(size)}
    return json.dumps({"info": {}, "packages": {}, "packages.conda": {**public, **found}}).encode()


def in_form(name: str, *names: str) -> bytes:
    """The body of a file of this name, with these packages."""
    if name == SHARDS:
        content = {"info": {}, "shards": dict.fromkeys(("p1", *names), b"\0" * 32)}
        return zstandard.compress(msgpack.dumps(content))
    body = index(*names)
    return zstandard.compress(body) if name.endswith(".zst") else body


@pytest.fixture(autouse=True)
def _nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(watch, "_judged", {})
    machine._recognizer.cache_clear()
    machine.memories.cache_clear()
    yield
    machine._recognizer.cache_clear()
    machine.memories.cache_clear()


@pytest.fixture
def login(home: Home, server: Server) -> Login:
    """A login that remembers ``secretlib`` in noarch."""
    login = home.log_in(server.channel("my-org"))
    found = Comparison(TOKEN, gives_access=True, private_names={"noarch": ("secretlib",)})
    machine.remember(login, Secret(CANARY), found)
    return login


def compared(server: Server) -> int:
    """How many requests had no credential: a comparison needs some, and nothing else does."""
    return sum(each.credential == "none" for each in server.requests)


@pytest.mark.parametrize("name", [*FORMS, SHARDS])
@pytest.mark.parametrize("streamed", [False, True], ids=["content", "stream"])
def test_index_with_a_remembered_name_is_handed_on_without_another_request(
    login: Login, session: CondaSession, server: Server, name: str, streamed: bool
) -> None:
    body = in_form(name, "secretlib")
    server.fail(name, how=Fault(answer=Answer(200, body)))
    response = session.get(f"{login.address}/noarch/{name}", stream=streamed)
    assert b"".join(response.iter_content(1 << 10)) == body
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", [*FORMS, SHARDS])
def test_index_without_a_remembered_name_is_an_error_that_names_the_login(
    login: Login, session: CondaSession, server: Server, name: str
) -> None:
    server.fail(name, how=Fault(answer=Answer(200, in_form(name, "secretlib2"))))
    with pytest.raises(TokenRefusedError) as caught:
        session.get(f"{login.address}/noarch/{name}")
    assert compared(server) > 0
    assert caught.value.next_step == f"conda private check {login.address}"
    assert CANARY not in str(caught.value)
    assert_reads_well(caught.value)


@pytest.mark.parametrize("name", ["repodata.json.zst", "repodata.json"])
@pytest.mark.parametrize("size", [1, 1_000, 1 << 20])
def test_body_that_is_read_from_the_raw_stream_is_watched(
    login: Login, session: CondaSession, server: Server, name: str, size: int
) -> None:
    def read() -> bytes:
        response = session.get(f"{login.address}/noarch/{name}", stream=True)
        response.raw.decode_content = True
        blocks = iter(lambda: response.raw.read(size), b"")
        return b"".join(blocks) if size > 1 else bytes(response.raw.read())

    body = in_form(name, "secretlib")
    server.fail(name, how=Fault(answer=Answer(200, body)), times=1)
    assert read() == body
    server.fail(name, how=Fault(answer=Answer(200, in_form(name))))
    with pytest.raises(TokenRefusedError):
        read()


def test_reader_that_stops_at_the_end_of_the_frame_meets_the_error(
    login: Login, session: CondaSession, server: Server
) -> None:
    body = in_form("repodata.json.zst")
    server.fail("zst", how=Fault(answer=Answer(200, body)))
    response = session.get(f"{login.address}/noarch/repodata.json.zst", stream=True)
    with pytest.raises(TokenRefusedError):
        response.raw.read(len(body))


def test_body_with_a_content_encoding_is_searched_decoded(
    login: Login, session: CondaSession, server: Server
) -> None:
    headers = {"Content-Encoding": "gzip"}
    body = index("secretlib")
    server.fail("repodata", how=Fault(answer=Answer(200, gzip.compress(body), headers)))
    assert session.get(f"{login.address}/noarch/repodata.json").content == body
    assert compared(server) == 0


@pytest.mark.parametrize(
    "path",
    [
        "linux-64/repodata.json",
        "label/dev/noarch/repodata.json",
        "noarch/channeldata.json",
        "noarch/x.conda",
        "repodata.json",
    ],
)
def test_file_for_which_nothing_is_remembered_is_not_watched(
    login: Login, session: CondaSession, server: Server, path: str
) -> None:
    server.fail("/my-org", how=Fault(answer=Answer(200, index())))
    assert session.get(f"{login.address}/{path}").status_code == 200
    assert len(server.requests) == 1


def test_index_behind_a_redirect_is_judged_by_what_was_asked_for(
    login: Login, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", "conda", how=Fault.redirect(f"{server.files}/blob"), times=1)
    server.fail("/blob", "files", how=Fault(answer=Answer(200, index())))
    with pytest.raises(TokenRefusedError):
        session.get(f"{login.address}/noarch/repodata.json")


def test_answer_that_breaks_off_is_not_judged(
    login: Login, session: CondaSession, server: Server
) -> None:
    body = index()
    server.fail("/my-org", how=Fault(answer=Answer(200, body), hang_up="mid-body"))
    with pytest.raises(Exception, match=r"(?i)connection|incomplete"):
        session.get(f"{login.address}/noarch/repodata.json")
    assert compared(server) == 0


def test_renamed_packages_are_remembered_and_conda_goes_on(
    login: Login, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", signed=True, how=Fault(answer=Answer(200, index("renamed"))))
    server.fail("/my-org", signed=False, how=Fault(answer=Answer(200, index())))
    assert session.get(f"{login.address}/noarch/repodata.json").status_code == 200
    assert compared(server) > 0
    machine._recognizer.cache_clear()
    names = machine.recognizer(login)
    assert names
    assert names.finds_any("noarch", ["renamed"])
    assert names.knows("secretlib")


def test_channel_is_compared_once_for_many_threads(
    login: Login, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", how=Fault(answer=Answer(200, index())))

    def read(_: int) -> type[BaseException] | None:
        try:
            session.get(f"{login.address}/noarch/repodata.json")
        except TokenRefusedError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(read, range(16))) == {TokenRefusedError}
    assert compared(server) == 4  # noarch and the platform, in two forms of the index


def test_channel_that_cannot_be_compared_is_an_error(
    login: Login, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", signed=False, how=Fault.status(500))
    server.fail("/my-org", signed=True, how=Fault(answer=Answer(200, index())))
    with pytest.raises(ServerError):
        session.get(f"{login.address}/noarch/repodata.json")


def test_wrapper_is_a_body_for_everything_else(login: Login) -> None:
    raw = io.BytesIO(b"{}")
    body = watch.WatchedBody(raw, Search("repodata.json", lambda names: True), lambda: None)
    assert body.readable()
    body.close()
    assert raw.closed
