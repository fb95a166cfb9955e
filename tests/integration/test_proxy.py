"""Proxies: conda authenticates to them itself, and none can read a token without TLS."""

from __future__ import annotations

import base64
import http.client
import http.server
import threading
from collections.abc import Iterator

import pytest

from tests.integration.runner import Conda
from tests.server import Server

EXPECTED = "Basic " + base64.b64encode(b"proxy-user:proxy-word").decode()


class Proxy(http.server.BaseHTTPRequestHandler):
    """Forwards plain http for clients with its password, and records the requests."""

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))
        if self.server.asks and self.headers.get("Proxy-Authorization") != EXPECTED:
            return self._answer(407, {}, b"")
        host, _, path = self.path.partition("://")[2].partition("/")
        kept = {k: v for k, v in self.headers.items() if not k.lower().startswith("proxy-")}
        connection = http.client.HTTPConnection(host)
        connection.request("GET", f"/{path}", headers=kept)
        answer = connection.getresponse()
        passed = {k: v for k, v in answer.getheaders() if k.lower() == "location"}
        return self._answer(answer.status, passed, answer.read())

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Print nothing."""


@pytest.fixture
def proxy() -> Iterator[http.server.ThreadingHTTPServer]:
    """A proxy on loopback that requires a password."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.seen, server.asks = [], True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(proxy: http.server.ThreadingHTTPServer) -> str:
    """Return the URL of the proxy."""
    return f"http://127.0.0.1:{proxy.server_port}"


@pytest.mark.hard
def test_loopback_token_is_not_sent_through_a_proxy(
    conda: Conda, server: Server, token: str, proxy: http.server.ThreadingHTTPServer
) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    proxy.asks = False
    conda.environment["HTTP_PROXY"] = conda.environment["http_proxy"] = address(proxy)
    result = conda.create("env", "-c", "my-org/label/dev", "hello-private")
    assert result.code != 0
    assert "NO_PROXY=127.0.0.1" in result.text
    assert all("Authorization" not in seen for seen in proxy.seen)
    conda.environment["NO_PROXY"] = "127.0.0.1"
    assert conda.create("env", "-c", "my-org/label/dev", "hello-private").code == 0


def test_login_that_a_proxy_refuses_fails_with_the_reason_and_stores_nothing(
    conda: Conda, token: str, proxy: http.server.ThreadingHTTPServer
) -> None:
    conda.environment["HTTP_PROXY"] = conda.environment["http_proxy"] = address(proxy)
    words = ("my-org", "--allow-http", "--token-stdin")
    result = conda.private("login", *words, stdin=token)
    assert result.code == 1
    assert "ProxyRefusedError" in result.err
    assert not conda.data_folder.exists()


@pytest.mark.hard
def test_proxy_407_is_answered_as_conda_does_also_for_signed_requests(
    conda: Conda, token: str, proxy: http.server.ThreadingHTTPServer
) -> None:
    words = ("my-org", "--label", "dev", "--allow-http", "--token-stdin")
    conda.ok("private", "login", *words, stdin=token)
    url = address(proxy)
    conda.settings["proxy_servers"] = {"http": url.replace("//", "//proxy-user:proxy-word@")}
    result = conda.create("env", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 0, result.text
    assert any(seen.get("Proxy-Authorization") == EXPECTED for seen in proxy.seen)
    assert any(seen.get("Authorization") == f"token {token}" for seen in proxy.seen)
