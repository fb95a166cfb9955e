"""The server records what came, hangs up when closed, and fails as it is told."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import requests

from . import Anaconda, Fault, Server, serve
from .asking import get


def test_record_is_the_truth_of_what_came(server: Server) -> None:
    get(f"{server.conda}/t/al-1/alice/noarch/repodata.json?x=%20", headers={"X-One": "1"})
    (request,) = server.requests
    assert (request.method, request.origin, request.status) == ("GET", "conda", 200)
    assert request.path == "/t/al-1/alice/noarch/repodata.json?x=%20"
    assert request.headers["x-one"] == "1"
    assert server.conda.endswith(request.host)
    server.clear()
    assert server.requests == []


def test_fault_strikes_where_and_as_often_as_told(server: Server) -> None:
    url = f"{server.conda}/alice/noarch/repodata.json"
    server.fail("nothing-like-it", how=Fault.status(500))
    server.fail("repodata", origin="api", how=Fault.status(500))
    server.fail("repodata", how=Fault.status(503, {"Retry-After": "1"}, b"later"), times=1)
    failed = get(url)
    assert (failed.status_code, failed.text) == (503, "later")
    assert failed.headers["Retry-After"] == "1"
    assert get(url).status_code == 200


def test_faults_answer_otherwise_until_healed(server: Server) -> None:
    url = f"{server.conda}/alice/noarch/repodata.json"
    server.fail("repodata", how=Fault.html(), times=1)
    assert "<title>" in get(url).text
    server.fail("repodata", how=Fault.redirect("http://127.0.0.1:1/", 307))
    assert get(url).status_code == 307
    server.heal()
    assert get(url).status_code == 200


def test_faults_hang_up(server: Server) -> None:
    url = f"{server.conda}/alice/noarch/repodata.json"
    server.fail("repodata", how=Fault.drop(), times=1)
    with pytest.raises(requests.ConnectionError):
        get(url)
    server.fail("repodata", how=Fault.cut(), times=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(url)
    assert [request.status for request in server.requests] == [0, 200]


def test_slow_fault_answers_late(server: Server) -> None:
    server.fail("repodata", how=Fault.slow(0.2))
    url = f"{server.conda}/alice/noarch/repodata.json"
    assert get(url).elapsed > timedelta(seconds=0.2)


def test_reset_and_end_after_the_headers_are_no_answers(server: Server) -> None:
    url = f"{server.conda}/alice/noarch/repodata.json"
    server.fail("repodata", how=Fault.reset(), times=1)
    with pytest.raises(requests.ConnectionError) as caught:
        get(url)
    assert "reset" in str(caught.value).lower()
    server.fail("repodata", how=Fault.cut(after="headers"), times=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(url)
    assert [request.status for request in server.requests] == [0, 200]


def test_drops_are_the_right_body_in_the_end(server: Server) -> None:
    url = f"{server.conda}/alice/noarch/repodata.json"
    body = get(url).content
    server.fail("repodata", how=Fault.drops(0.2))
    start = time.monotonic()
    assert get(url).content == body
    assert time.monotonic() - start > 0.15


def test_right_answer_may_have_a_wrong_type(server: Server) -> None:
    server.fail("repodata", how=Fault.typed("image/png"))
    answer = get(f"{server.conda}/alice/noarch/repodata.json")
    assert answer.headers["Content-Type"] == "image/png"
    assert "packages" in answer.json()


def test_bomb_is_small_until_it_is_unpacked(server: Server) -> None:
    server.fail("repodata", how=Fault.bomb(1_000_000))
    answer = get(f"{server.conda}/alice/noarch/repodata.json")
    assert int(answer.headers["Content-Length"]) < 10_000
    assert len(answer.content) == 1_000_000


def test_fault_may_strike_only_with_or_only_without_a_credential(server: Server) -> None:
    url = f"{server.conda}/alice/noarch/repodata.json"
    server.fail("repodata", how=Fault.status(403), signed=True)
    assert get(url, headers={"Authorization": "token x"}).status_code == 403
    assert get(url).status_code == 200


def test_closed_server_hangs_up_on_waiting_clients(world: Anaconda) -> None:
    with requests.Session() as session:
        with serve(world) as server:
            url = server.api
            session.get(url, timeout=10)
        with pytest.raises(requests.ConnectionError):
            session.get(url, timeout=10)


def test_tls_is_trusted_with_its_own_authority_only(world: Anaconda) -> None:
    with serve(world, tls=True) as server:
        localhost = server.conda.replace("127.0.0.1", "localhost")
        for url in (server.conda, localhost):
            assert get(f"{url}/alice/noarch/repodata.json", verify=server.ca_file).ok
        with pytest.raises(requests.exceptions.SSLError):
            get(server.conda)
