"""A page of an index is read whole or refused: one that is cut off would hide files."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Mapping

import pytest
import requests
from urllib3 import HTTPResponse

from conda_private.gateway import upstream
from conda_private.gateway.pages import JSON_TYPE
from conda_private.gateway.upstream import PrivateIndex, Upstream
from conda_private.http.client import Signer
from tests.gateway.conftest import Open
from tests.server import Answer, Fault, Server
from tests.server.asking import get

ANCHOR = b'<a href="hello_wheel-1.0.whl">hello_wheel-1.0.whl</a>'
FILE = b'{"filename": "hello_wheel-1.0.whl", "url": "hello_wheel-1.0.whl"}'


def html(size: int) -> Answer:
    """A page with one file, of just this size."""
    return Answer(200, ANCHOR + b" " * (size - len(ANCHOR)), {"Content-Type": "text/html"})


def as_json(size: int) -> Answer:
    """The same in JSON."""
    page = b'{"files": [' + FILE + b"]}"
    return Answer(200, page + b" " * (size - len(page)), {"Content-Type": JSON_TYPE})


def packed(size: int) -> Answer:
    """A page that is small on the wire."""
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    return Answer(200, gzip.compress(html(size).body), headers)


@pytest.mark.parametrize("page", [html, as_json, packed])
def test_page_that_is_too_long_is_refused_and_said(
    open_gateway: Open,
    server: Server,
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
    page: Callable[[int], Answer],
) -> None:
    monkeypatch.setattr(upstream, "MAX_PAGE", 1000)
    with open_gateway() as address:
        server.fail("/simple/", how=Fault(answer=page(1000)), times=1)
        whole = get(f"{address}/simple/hello-wheel/")
        assert (whole.status_code, told) == (200, [])
        assert "hello_wheel-1.0" in whole.text
        server.fail("/simple/", how=Fault(answer=page(1001)))
        cut = get(f"{address}/simple/hello-wheel/")
    assert cut.status_code == 502
    assert "hello_wheel" not in cut.text
    (words,) = told
    assert "1000" in words


class _Sent(io.BytesIO):
    """What a server sends; knows how far it was read."""

    end = 0

    def close(self) -> None:
        self.end = self.end if self.closed else self.tell()
        super().close()


def test_rest_of_a_page_that_is_too_long_is_not_read(
    index: PrivateIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "MAX_PAGE", 1000)
    sent = _Sent(html(1_000_000).body)

    def stream(
        method: str, url: str, signer: Signer, headers: Mapping[str, str]
    ) -> requests.Response:
        response = requests.Response()
        response.status_code, response.raw = 200, HTTPResponse(sent, preload_content=False)
        return response

    answer = Upstream([index], "", stream=stream, tell=print).page("hello", "*/*", "{}{}".format)
    assert (answer.status, sent.end) == (502, 1001)


def test_limit_is_far_above_any_page_that_is_known() -> None:
    assert 30_000_000 * 8 < upstream.MAX_PAGE < 300_000_000
