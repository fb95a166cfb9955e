"""Our own requests: how often they are sent, to which server, and with which headers."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from conda.base.context import reset_context

from conda_private.http import client as connection
from conda_private.http import retries
from conda_private.http.client import Signer, get, send
from conda_private.http.retries import PAUSES
from conda_private.model.address import Address
from conda_private.model.exceptions import ConnectionFailedError
from conda_private.model.schemes import TOKEN, BasicScheme
from conda_private.model.secret import Secret
from tests.server import Anaconda, Fault, Server, serve

CANARY = "ca-nary-c0"
ANONYMOUS = Signer()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were requested; none is made."""
    wanted: list[float] = []
    monkeypatch.setattr(retries, "time", SimpleNamespace(sleep=wanted.append))
    return wanted


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with one user and her token."""
    world = Anaconda()
    world.add_user("alice")
    world.add_token("alice", value=CANARY)
    with serve(world) as server:
        yield server
        assert not server.errors


def signer(address: str) -> Signer:
    """Return the signer for an API."""
    return Signer(Address.parse(address), TOKEN, Secret(CANARY))


def statuses(server: Server) -> list[int]:
    """Return the statuses of the answers, in order."""
    return [request.status for request in server.requests]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_server_gets_three_requests_and_the_last_answer_is_used(
    server: Server, pauses: list[float], method: str, status: int
) -> None:
    server.fail("/user", how=Fault.status(status))
    assert send(method, f"{server.api}/user", signer(server.api)).status_code == status
    assert (statuses(server), pauses) == ([status] * 3, list(PAUSES))


def test_third_attempt_that_succeeds_is_the_answer(server: Server, pauses: list[float]) -> None:
    server.fail("/user", how=Fault.status(503, {"Retry-After": "7"}), times=1)
    server.fail("/user", how=Fault.drop(), times=1)
    answer = send("GET", f"{server.api}/user", signer(server.api))
    assert answer.json()["login"] == "alice"
    assert (statuses(server), pauses) == ([503, 0, 200], [7.0, PAUSES[1]])
    # Each attempt is authenticated again.
    assert {each.headers["Authorization"] for each in server.requests} == {f"token {CANARY}"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
def test_refused_request_is_not_repeated(
    server: Server, pauses: list[float], method: str, status: int
) -> None:
    server.fail("", how=Fault.status(status, {"Retry-After": "1"}))
    assert send(method, f"{server.api}/x", ANONYMOUS).status_code == status
    assert (statuses(server), pauses) == ([status], [])


@pytest.mark.parametrize("status", [502, 504])
def test_post_that_may_have_succeeded_is_not_repeated(
    server: Server, pauses: list[float], status: int
) -> None:
    server.fail("", how=Fault.status(status))
    answer = send("POST", f"{server.api}/authentications", ANONYMOUS, {"note": "x"})
    assert answer.status_code == status
    assert (statuses(server), pauses) == ([status], [])


@pytest.mark.parametrize("how", [Fault.drop(), Fault.cut()], ids=["before", "mid-body"])
def test_post_without_a_whole_answer_is_not_repeated(
    server: Server, pauses: list[float], how: Fault
) -> None:
    server.fail("", how=how)
    with pytest.raises(ConnectionFailedError):
        send("POST", f"{server.api}/authentications", signer(server.api), {"note": "x"})
    assert (len(server.requests), pauses) == (1, [])


def test_post_that_is_not_answered_in_time_is_not_repeated(
    server: Server, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "API_TIMEOUT", 0.2)
    server.fail("", how=Fault.slow(5), times=1)
    with pytest.raises(ConnectionFailedError) as caught:
        send("POST", f"{server.api}/authentications", ANONYMOUS, {"note": "x"})
    assert "in time" in caught.value.cause
    assert pauses == []
    assert send("GET", f"{server.api}/", ANONYMOUS).status_code == 200


@pytest.mark.parametrize("status", [429, 503])
def test_post_that_the_server_did_not_process_is_repeated(
    server: Server, pauses: list[float], status: int
) -> None:
    server.fail("", how=Fault.status(status), times=2)
    assert send("POST", f"{server.api}/user", ANONYMOUS, {"a": 1}).status_code == 404
    assert statuses(server) == [status, status, 404]
    assert {request.body for request in server.requests} == {b'{"a": 1}'}


def test_refused_connection_is_tried_three_times_even_for_a_post(
    pauses: list[float],
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    for method in ("GET", "POST"):
        pauses.clear()
        with pytest.raises(ConnectionFailedError) as caught:
            send(method, f"http://127.0.0.1:{port}/api", signer(f"http://127.0.0.1:{port}/api"))
        assert f"127.0.0.1:{port}" in caught.value.what
        assert pauses == list(PAUSES)
        assert caught.value.__cause__ is None
        assert CANARY not in str(caught.value)


def test_server_that_asks_for_a_long_pause_is_reported_at_once(
    server: Server, pauses: list[float]
) -> None:
    server.fail("", how=Fault.status(429, {"Retry-After": "3600"}))
    assert send("GET", f"{server.api}/user", ANONYMOUS).status_code == 429
    assert (statuses(server), pauses) == ([429], [])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_request_that_changes_something_is_not_redirected(
    server: Server, method: str, code: int
) -> None:
    server.fail("/user", how=Fault.redirect(f"{server.api}/authentications", code))
    answer = send(method, f"{server.api}/user", signer(server.api), {"a": 1})
    assert answer.status_code == code
    assert [request.path for request in server.requests] == ["/api/user"]


def test_redirect_inside_the_api_keeps_the_credential(server: Server) -> None:
    server.fail("/old", how=Fault.redirect(f"{server.api}/user"))
    assert send("GET", f"{server.api}/old", signer(server.api)).json()["login"] == "alice"
    assert all(CANARY in request.headers["Authorization"] for request in server.requests)


@pytest.mark.parametrize("place", ["conda", "outside the api"])
def test_redirect_out_of_the_api_loses_the_credential(server: Server, place: str) -> None:
    target = f"{server.api.removesuffix('/api')}/other" if place != "conda" else server.conda
    server.fail("/old", how=Fault.redirect(target))
    send("GET", f"{server.api}/old", signer(server.api))
    first, second = server.requests
    assert CANARY in first.headers["Authorization"]
    assert "Authorization" not in second.headers
    assert CANARY not in second.path


def test_anonymous_request_ignores_netrc(
    server: Server, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:
        file.write(f"machine 127.0.0.1 login alice password {CANARY}\n")
    monkeypatch.setenv("NETRC", netrc)
    send("GET", f"{server.api}/scopes", ANONYMOUS)
    get(f"{server.conda}/alice/noarch/repodata.json", ANONYMOUS)
    assert ["Authorization" in request.headers for request in server.requests] == [False, False]


def test_answer_does_not_contain_the_credential(server: Server) -> None:
    password = Signer(Address.parse(server.api), BasicScheme("alice"), Secret(CANARY))
    for each in (signer(server.api), password):
        answer = send("GET", f"{server.api}/authentication", each)
        assert CANARY not in str(answer.request.headers)
        assert "****" in str(answer.request.headers)


def test_content_is_sent_as_json_and_json_is_accepted(server: Server) -> None:
    send("POST", f"{server.api}/authentications", ANONYMOUS, {"note": "\u00fc"})
    (request,) = server.requests
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept"] == "application/json"
    assert request.body == b'{"note": "\\u00fc"}'


def test_offline_sends_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OFFLINE", "true")
    reset_context()
    try:
        with pytest.raises(ConnectionFailedError) as caught:
            send("GET", f"{server.api}/user", signer(server.api))
    finally:
        monkeypatch.delenv("CONDA_OFFLINE")
        reset_context()
    assert "offline" in caught.value.what
    assert server.requests == []


def test_reading_a_channel_is_retried_as_well(server: Server, pauses: list[float]) -> None:
    server.fail("repodata", how=Fault.status(503), times=2)
    assert get(f"{server.conda}/alice/noarch/repodata.json", ANONYMOUS).status_code == 200
    assert statuses(server) == [503, 503, 200]


@contextlib.contextmanager
def socket_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that treats every connection the same way, and yield its API's address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    client.recv(65536)
                    answer(client)
                    client.close()

        threading.Thread(target=run, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _rubbish(client: socket.socket) -> None:
    client.sendall(b"\x16\x03\x01 not http at all\r\n\r\n")


@pytest.mark.parametrize("how", [_reset, _rubbish])
def test_server_that_does_not_speak_http_is_a_clear_error(
    pauses: list[float], how: Callable[[socket.socket], None]
) -> None:
    with socket_server(how) as address, pytest.raises(ConnectionFailedError) as caught:
        send("GET", f"{address}/user", signer(address))
    assert caught.value.cause
    assert CANARY not in str(caught.value)
