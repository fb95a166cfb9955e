"""A connection to a server goes through the user's own proxy, if there is one."""

from __future__ import annotations

import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from conda_private.http.tunnels import connect, is_signed_by_run, proxy_url
from conda_private.model.exceptions import ConnectionFailedError, ProxyRefusedError
from tests.home import home_in

Start = Callable[..., int]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path) -> Iterator[None]:
    with home_in(tmp_path):
        yield


@pytest.fixture
def asked() -> list[bytes]:
    """What the proxy received."""
    return []


@pytest.fixture
def proxy(asked: list[bytes]) -> Iterator[Start]:
    """A function that starts a proxy with one answer, and returns its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def start(answer: bytes, tls: ssl.SSLContext | None = None) -> int:
        def serve() -> None:
            with listening.accept()[0] as plain:
                client = tls.wrap_socket(plain, server_side=True) if tls else plain
                with client:
                    asked.append(client.recv(65_536))
                    client.sendall(answer)
                    client.recv(1)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return int(listening.getsockname()[1])

    yield start
    for thread in threads:
        thread.join()
    listening.close()


def test_tunnel_through_a_proxy_with_a_password(
    proxy: Start, asked: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = proxy(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello")
    monkeypatch.setenv("https_proxy", f"http://us%40r:pass@127.0.0.1:{port}")
    with connect("conda.example.org", 443) as tunnel:
        assert tunnel.recv(100) == b"hello"
    (text,) = asked
    assert text.startswith(b"CONNECT conda.example.org:443 HTTP/1.1\r\nHost: conda.example.org:443")
    assert b64encode(b"us@r:pass") in text


def test_proxy_can_have_tls(
    proxy: Start, asked: list[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    port = proxy(b"HTTP/1.0 200 OK\r\n\r\n", context)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("https_proxy", f"https://127.0.0.1:{port}")
    connect("conda.example.org", 443).close()
    assert b"Proxy-Authorization" not in asked[0]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (b"HTTP/1.1 407 No\r\n\r\n", ProxyRefusedError, "requires its own username"),
        (b"HTTP/1.1 403 No\r\n\r\n", ConnectionFailedError, "status 403"),
        (b"nonsense\r\n\r\n", ConnectionFailedError, "status 0"),
        (b"HTTP/1.1 200", ConnectionFailedError, "closed the connection"),
    ],
)
def test_refusal_of_the_proxy_is_an_error(
    proxy: Start, monkeypatch: pytest.MonkeyPatch, answer: bytes, error: type, words: str
) -> None:
    if words.startswith("closed"):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            monkeypatch.setenv(
                "https_proxy", "http://127.0.0.1:{1}".format(*listening.getsockname())
            )
            thread = threading.Thread(target=lambda: listening.accept()[0].close())
            thread.start()
            with pytest.raises(error):
                connect("conda.example.org", 443)
            thread.join()
        return
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy(answer)}")
    with pytest.raises(error) as caught:
        connect("conda.example.org", 443)
    assert words in str(caught.value)


def test_proxy_of_an_unknown_kind_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:9")
    with pytest.raises(ConnectionFailedError, match="socks5 are not supported"):
        connect("conda.example.org", 443)


def test_host_in_no_proxy_is_connected_to_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert proxy_url("https://conda.example.org/x") == "http://127.0.0.1:9"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        connect(*listening.getsockname()).close()


def test_only_the_proxy_of_the_run_is_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://127.0.0.1:8000/x"
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert not is_signed_by_run(url)
    monkeypatch.setenv("PRIVATE_RUN_PROXY", "http://127.0.0.1:1")
    assert is_signed_by_run(url)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:2")
    assert not is_signed_by_run(url)
