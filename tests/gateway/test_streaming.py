"""A file passes through the gateway piece by piece, and its end is the end of the connection."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import pytest
import requests
from urllib3 import HTTPResponse

from conda_private.gateway.server import serving
from conda_private.gateway.upstream import PrivateIndex, Upstream
from conda_private.http.client import Signer
from conda_private.model.address import Address
from conda_private.model.exceptions import ConnectionFailedError
from conda_private.model.schemes import PATH
from conda_private.model.secret import Secret
from tests.server.asking import get

ROOT = Address.parse("https://pypi.example.org/my-org")
INDEX = PrivateIndex(ROOT, PATH, Secret("ca-nary-1"), "my-org")
CONTENT = b"0123456789" * 30_000


class _File(io.BytesIO):
    """A file of the index; it keeps how much of it was asked for at a time."""

    def __init__(self, content: bytes = CONTENT) -> None:
        super().__init__(content)
        self.asked: list[int | None] = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked.append(size)
        return super().read(size)


class _Index:
    """The other end of the gateway: one file without a length."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.kind = status, "text/html"
        self.file = _File()
        self.requests: list[tuple[str, str, Mapping[str, str]]] = []

    def stream(
        self, method: str, url: str, signer: Signer, headers: Mapping[str, str]
    ) -> requests.Response:
        self.requests.append((method, url, headers))
        response = requests.Response()
        response.status_code, response.url = self.status, url
        response.headers["Content-Type"] = self.kind
        response.raw = HTTPResponse(self.file, preload_content=False, request_method=method)
        return response


@pytest.fixture
def index() -> _Index:
    """An index with one file."""
    return _Index()


@pytest.fixture
def address(index: _Index) -> Iterator[str]:
    """The gateway to it."""
    upstream = Upstream([INDEX], "", stream=index.stream, tell=print)
    with serving(upstream) as address:
        yield address


def answer_until_the_end(
    address: str, path: str, method: str = "GET", more: str = ""
) -> tuple[str, bytes]:
    """The head and the body that come until the gateway hangs up."""
    parts = urlsplit(address)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=5) as client:
        request = f"{method} {parts.path}{path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{more}\r\n"
        client.sendall(request.encode())
        with client.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    return head.decode(), body


def test_file_without_a_length_ends_with_the_connection(address: str) -> None:
    head, body = answer_until_the_end(address, "/0/my-org/x.whl")
    assert head.startswith("HTTP/1.1 200 ")
    assert "\r\nConnection: close" in head
    assert body == CONTENT


def test_file_is_never_held_as_a_whole(address: str, index: _Index) -> None:
    get(f"{address}/0/my-org/x.whl")
    assert len(index.file.asked) > 4
    assert all(size and 0 < size <= 65_536 for size in index.file.asked)


def test_file_is_asked_for_as_it_is_stored(address: str, index: _Index) -> None:
    get(f"{address}/0/my-org/x.whl", headers={"Accept-Encoding": "gzip"})
    ((method, url, headers),) = index.requests
    assert (method, url) == ("GET", f"{ROOT}/x.whl")
    assert {name.lower(): value for name, value in headers.items()} == {
        "accept-encoding": "identity"
    }


def test_head_sends_no_body_even_if_the_index_does(address: str, index: _Index) -> None:
    index.status = 404
    head, body = answer_until_the_end(address, "/0/my-org/x.whl", "HEAD")
    assert head.startswith("HTTP/1.1 404 ")
    assert body == b""
    assert index.file.asked == []


def test_name_that_is_not_there_is_not_found_in_words(address: str, index: _Index) -> None:
    index.status = 404
    answer = get(f"{address}/simple/hello/")
    assert (answer.status_code, answer.text) == (404, "Not found in the private index.")


@pytest.mark.parametrize(("status", "seen"), [(401, 403), (403, 403), (500, 502), (204, 502)])
def test_refusal_is_said_in_words(address: str, index: _Index, status: int, seen: int) -> None:
    index.status = status
    answer = get(f"{address}/simple/hello/")
    assert (answer.status_code, answer.text[-1]) == (seen, ".")
    assert answer.text.startswith("The private index ")
    assert answer.text.removeprefix("The ").islower()


def test_head_of_a_page_sends_no_body(address: str, index: _Index) -> None:
    index.status = 404
    close = "Connection: close\r\n"
    head, body = answer_until_the_end(address, "/simple/hello/", "HEAD", close)
    assert f"\r\nContent-Length: {len('Not found in the private index.')}" in head
    assert body == b""


@pytest.mark.parametrize(("more", "accept"), [("", "*/*"), ("Accept: text/html\r\n", "text/html")])
def test_page_is_asked_for_in_the_types_that_the_command_takes(
    address: str, index: _Index, more: str, accept: str
) -> None:
    answer_until_the_end(address, "/simple/hello/", more=f"{more}Connection: close\r\n")
    ((_, url, headers),) = index.requests
    assert (url, headers) == (f"{ROOT}/simple/hello/", {"Accept": accept})


def test_query_of_a_page_is_not_part_of_its_name(address: str, index: _Index) -> None:
    assert get(f"{address}/simple/hello/?format=json").status_code == 200
    assert index.requests[0][1] == f"{ROOT}/simple/hello/"


def test_failure_of_the_index_is_said_in_words(address: str, index: _Index) -> None:
    def stream(*args: object) -> requests.Response:
        raise ConnectionFailedError("pypi.example.org could not be reached.", cause="No network.")

    with serving(Upstream([INDEX], "", stream=stream, tell=print)) as other:
        answer = get(f"{other}/simple/hello/")
    assert (answer.status_code, answer.text) == (502, "pypi.example.org could not be reached.")
    index.file = _File(b"{")
    index.kind = "application/json"
    answer = get(f"{address}/simple/hello/")
    assert (answer.status_code, answer.text) == (502, "The private index sent an invalid page.")
