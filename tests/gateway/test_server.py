"""The gateway serves its own user's programs, within limits, and forwards the rest unread."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conda_private.gateway.authority import Authority
from conda_private.gateway.peers import Peers
from conda_private.gateway.server import listening
from conda_private.model.login import Login
from tests.gateway.conftest import Client, Open
from tests.server import Answer, Fault, Server

Make = Callable[..., Login]
STRANGER = 1000
as_root = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="needs a second user"
)
# Connects as another user, and prints what comes back.
KNOCK = f"""
import encodings.idna, os, socket, sys
os.setgroups([]); os.setgid({STRANGER}); os.setuid({STRANGER})
held = []
for _ in range(int(sys.argv[2])):
    held.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10))
for each in held[-20:] if sys.argv[3] else ():
    try:
        each.sendall(sys.argv[3].encode())
        print(repr(each.recv(100)))
    except OSError as error:
        print("closed")
if len(sys.argv) > 4:
    print("ready", flush=True); sys.stdin.read()
"""


@pytest.fixture
def client(open_gateway: Open, login: Make) -> Iterator[Client]:
    """A client of a gateway with one login."""
    with open_gateway(login(), head_seconds=0.4) as client:
        yield client


def header(client: Client) -> str:
    """Return the header with the key."""
    parts = urlsplit(client.gateway.url)
    pair = b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    return f"Proxy-Authorization: Basic {pair}\r\n"


def raw(client: Client, text: str | bytes) -> bytes:
    """Send bytes, and return the whole answer."""
    with socket.create_connection(client.gateway.address, 10) as sock:
        sock.sendall(text if isinstance(text, bytes) else text.encode())
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while data := sock.recv(65_536):
            answer += data
        return answer


def target_of(url: str) -> str:
    """Return host and port."""
    return urlsplit(url).netloc


@pytest.mark.parametrize("key", ["", "Proxy-Authorization: Basic cnVuOng=\r\n"])
@pytest.mark.parametrize("line", ["CONNECT {host} HTTP/1.1", "GET http://{host}/ HTTP/1.1"])
def test_without_the_key_nothing_is_done(
    client: Client, server: Server, line: str, key: str
) -> None:
    answer = raw(client, f"{line.format(host=target_of(server.conda))}\r\n{key}\r\n")
    assert answer.startswith(b"HTTP/1.1 407 ")
    assert b"Proxy-Authenticate: Basic " in answer
    assert server.requests == []


@pytest.mark.parametrize(
    "head",
    [
        *("GET / HTTP/1.1\r\n", "GET https://a.example/ HTTP/1.1\r\n", "CONNECT a HTTP/1.1\r\n"),
        *("CONNECT a:b HTTP/1.1\r\n", "CONNECT :443 HTTP/1.1\r\n"),
    ],
)
def test_request_that_is_not_for_a_proxy_is_refused(client: Client, head: str) -> None:
    assert raw(client, f"{head}{header(client)}\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "text",
    [
        *("nonsense\r\n\r\n", "GET / HTTP/2\r\n\r\n", "\x16\x03\x01\r\n\r\n"),
        *("GET http://a/ HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", "GET  /  HTTP/1.1\r\n\r\n"),
        *("GET http://a/ HTTP/1.1\r\nA: b\nC: d\r\n\r\n", "get http://a/ HTTP/1.1\r\n\r\n"),
        "GET http://a/ HTTP/1.1\r\nA" + "a" * 70_000,
        "GET http://a/ HTTP/1.1\r\n" + "A: b\r\n" * 200 + "\r\n",
    ],
)
def test_invalid_head_is_refused(client: Client, text: str) -> None:
    assert raw(client, text).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "fields",
    [
        *("Content-Length: 1\r\nContent-Length: 1", "Content-Length: -1", "Content-Length: +1"),
        *("Content-Length: 1\r\nTransfer-Encoding: chunked", "Transfer-Encoding: gzip"),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    ],
)
def test_body_of_ambiguous_size_is_refused(client: Client, server: Server, fields: str) -> None:
    url = server.conda.replace("https", "http")
    text = f"POST {url}/ HTTP/1.1\r\n{header(client)}{fields}\r\n\r\nx"
    assert raw(client, text).startswith(b"HTTP/1.1 400 ")
    assert server.requests == []


def test_slow_head_ends_and_a_client_that_says_nothing_is_let_go(client: Client) -> None:
    begin = time.monotonic()
    with socket.create_connection(client.gateway.address, 10) as silent:
        assert silent.recv(10) == b""
    with socket.create_connection(client.gateway.address, 10) as slow:
        slow.setblocking(False)
        while time.monotonic() < begin + 5:
            slow.send(b"x")
            time.sleep(0.05)
            with suppress(BlockingIOError):
                assert slow.recv(100)[9:12] in (b"400", b"")
                break
    assert time.monotonic() - begin < 5


def test_other_server_is_tunneled_and_its_certificate_is_its_own(
    open_gateway: Open, login: Make, server: Server
) -> None:
    address = login().address._replace(host="conda.example.org")
    with open_gateway(login()._replace(address=address)) as client:
        client.bundle.write_text(server.ca_file.read_text())  # not that of the run
        text = client.get(f"{server.conda}/other/noarch/repodata.json").text
    assert "packages" in text


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("GET https://other.example.org/ HTTP/1.1", b"HTTP/1.1 400 "),
        ("GET / HTTP/2", b"HTTP/1.1 400 "),
        ("GET /my-org/noarch/repodata.json HTTP/1.0", b"HTTP/1.1 200 "),
    ],
)
def test_request_in_a_tunnel_names_a_path_of_its_server(
    client: Client, server: Server, line: str, answer: bytes
) -> None:
    host = target_of(server.conda)
    with socket.create_connection(client.gateway.address, 10) as plain:
        plain.sendall(f"CONNECT {host} HTTP/1.1\r\n{header(client)}\r\n".encode())
        assert plain.recv(100).endswith(b"\r\n\r\n")
        context = ssl.create_default_context(cafile=str(client.bundle))
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as opened:
            opened.sendall(f"{line}\r\n\r\n".encode())
            assert opened.recv(1000).startswith(answer)


def test_tunnel_ends_in_each_direction_when_that_side_ends(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = "{}:{}".format(*listening.getsockname())

        def reverse() -> None:
            with listening.accept()[0] as far:
                text = b""
                while data := far.recv(100):
                    text += data
                far.sendall(text[::-1])

        thread = threading.Thread(target=reverse)
        thread.start()
        answer = raw(client, f"CONNECT {host} HTTP/1.1\r\n{header(client)}\r\nabc")
        thread.join()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\ncba")


def test_server_that_does_not_answer_is_a_bad_gateway(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = "{}:{}".format(*listening.getsockname())
    answer = raw(client, f"CONNECT {host} HTTP/1.1\r\n{header(client)}\r\n")
    assert answer.startswith(b"HTTP/1.1 502 ")


def test_public_index_is_not_connected_to(open_gateway: Open, login: Make, told: list[str]) -> None:
    with open_gateway(login(index=True)) as client:
        answer = raw(client, f"CONNECT pypi.org:443 HTTP/1.1\r\n{header(client)}\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert "--with-pypi" in told[0]


def test_several_requests_share_a_connection(client: Client, server: Server) -> None:
    plain = server.conda.replace("https", "http")
    server.fail("", "conda", how=Fault(answer=Answer(200, b"x")))
    one = f"GET {plain}/a HTTP/1.1\r\nHost: x\r\n{header(client)}\r\n"
    # The server speaks TLS only, so each of them fails, in its order.
    answer = raw(client, one + one + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
    assert answer.count(b"HTTP/1.1 502 ") == 3


def test_address_is_on_loopback_and_the_key_is_long_and_new(
    open_gateway: Open, login: Make
) -> None:
    with open_gateway(login()) as one, open_gateway(login()) as other:
        parts = urlsplit(one.gateway.url)
        assert parts.hostname == "127.0.0.1"
        assert len(parts.password or "") > 40
        assert parts.password != urlsplit(other.gateway.url).password
        address = one.gateway.address
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(address, 5)


def knock(port: int, times: int, text: str = "", *more: str) -> subprocess.Popen[str]:
    """Connect as another user."""
    return subprocess.Popen(
        [sys.executable, "-c", KNOCK, str(port), str(times), text, *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={},
    )


@as_root
def test_other_user_is_not_served_even_with_the_key(
    open_gateway: Open, login: Make, server: Server
) -> None:
    peers = Peers()
    with open_gateway(login(), peers=peers) as client:
        url = server.conda.replace("https", "http")
        text = f"GET {url}/my-org HTTP/1.1\r\n{header(client)}\r\n"
        out, _ = knock(client.gateway.address[1], 1, text).communicate(timeout=30)
        assert out.strip() in ("b''", "closed")
        assert client.get(f"{server.conda}/my-org/noarch/repodata.json").status_code == 200
    assert len(server.requests) == 1
    peers.close()


@as_root
def test_flood_of_another_user_changes_nothing(
    open_gateway: Open, login: Make, server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    peers = Peers()
    with open_gateway(login(), peers=peers) as client:
        before = len(os.listdir("/proc/self/fd"))
        process = knock(client.gateway.address[1], 800, "x", "wait")
        assert process.stdout
        while process.stdout.readline() != "ready\n":
            pass
        assert client.get(f"{server.conda}/my-org/noarch/repodata.json").status_code == 200
        assert len(os.listdir("/proc/self/fd")) < before + 20
        process.communicate(timeout=30)
    assert capfd.readouterr().err == ""
    peers.close()


@as_root
def test_connection_that_another_user_has_closed_is_not_taken_for_our_own() -> None:
    peers = Peers()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = knock(listening.getsockname()[1], 1, "")
        process.stdin.close()
        process.wait(timeout=30)
        accepted, _ = listening.accept()
        with accepted:
            assert not peers.are_own(accepted)  # the kernel says user 0, which we are
    peers.close()


def test_own_connection_is_known_also_from_a_socket_for_both_families() -> None:
    peers = Peers()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::ffff:127.0.0.1")):
            with socket.socket(family) as client:
                client.connect((host, port))
                with listening.accept()[0] as accepted:
                    assert peers.are_own(accepted)
                    client.close()
                    accepted.recv(1)
                    assert not peers.are_own(accepted)
    peers.close()


def test_stranger_on_the_port_is_not_believed(
    open_gateway: Open, login: Make, server: Server, tmp_path: Path
) -> None:
    with open_gateway(login()) as client:
        address, bundle = client.gateway.address, client.bundle
    folder = tmp_path / "thief"
    folder.mkdir()
    own = Authority(["127.0.0.1"], folder)
    with socket.create_server(address) as thief:

        def serve() -> None:
            with thief.accept()[0] as victim:
                victim.recv(65_536)
                victim.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                with pytest.raises(OSError):  # noqa: PT011  the client ends the handshake
                    own.context("127.0.0.1").wrap_socket(victim, server_side=True).recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        context = ssl.create_default_context(cafile=str(bundle))
        with socket.create_connection(address, 10) as sock:
            sock.sendall(b"CONNECT x HTTP/1.1\r\n\r\n")
            sock.recv(100)
            with pytest.raises(ssl.SSLCertVerificationError):
                context.wrap_socket(sock, server_hostname="127.0.0.1")
        thread.join()


def test_connection_waits_while_all_places_are_taken(
    open_gateway: Open, login: Make, server: Server
) -> None:
    with open_gateway(login(), places=1, head_seconds=30) as client:
        first = socket.create_connection(client.gateway.address, 10)
        with socket.create_connection(client.gateway.address, 0.3) as second:
            second.sendall(b"nonsense\r\n\r\n")
            with pytest.raises(TimeoutError):
                second.recv(1)
            first.close()
            second.settimeout(10)
            assert second.recv(100).startswith(b"HTTP/1.1 400 ")


def test_gateway_serves_many_connections_at_once(
    open_gateway: Open, login: Make, server: Server
) -> None:
    url = f"{server.conda}/my-org/noarch/repodata.json"
    statuses: list[int] = []
    with open_gateway(login()) as client:  # on a busy machine, each takes its time
        threads = [
            threading.Thread(target=lambda: statuses.append(client.get(url).status_code))
            for _ in range(40)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [200] * 40


def test_port_is_for_one_socket_alone() -> None:
    # Of another option, Linux tells whether it was set.
    with listening((socket.SO_KEEPALIVE, None)) as held:
        assert held.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        with socket.socket() as second:
            second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                second.bind(held.getsockname())
