"""The hosts that the pages name, on this machine: a proxy that answers for them with TLS.

A command from a page runs as the page has it, with its host names; ``HTTPS_PROXY`` and a
certificate authority in the environment lead it here. Any other host is refused, so nothing is sent
to the network.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

_HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding"}


class Gateway(ThreadingHTTPServer):
    """A proxy that terminates TLS for the hosts it knows.

    Args:
        hosts: for each host, the plain URL that answers for it.
        folder: the folder for the file of the certificate authority.

    Attributes:
        refused: the unknown hosts that a client wanted to connect to.
        wants_password: whether it refuses all clients, like a proxy that requires a password.
    """

    daemon_threads = True

    def __init__(self, hosts: Mapping[str, str], folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hosts = hosts
        self.refused: list[str] = []
        self.wants_password = False
        authority = trustme.CA()
        self.ca_file = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.ca_file)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*hosts).configure_cert(self.tls)

    @property
    def url(self) -> str:
        """The address of the proxy."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close the connection or reject the certificate."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Gateway
    host = ""

    def do_CONNECT(self) -> None:
        """Open a tunnel, and be the other end of it."""
        self.host = self.path.partition(":")[0]
        if self.server.wants_password:
            self.send_error(407)
            return
        if self.host not in self.server.hosts:
            self.server.refused.append(self.host)
            self.send_error(502)
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self.wfile.flush()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", self.wbufsize)
        self.close_connection = False

    def do_GET(self) -> None:
        """Forward a request, and return the response."""
        url = urlsplit(self.path)
        upstream = urlsplit(self.server.hosts[self.host or str(url.hostname)])
        path = url._replace(scheme="", netloc="").geturl()
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = http.client.HTTPConnection(str(upstream.hostname), upstream.port)
        with contextlib.closing(asked):
            headers = _end_to_end(self.headers)
            asked.request(self.command, upstream.path + path, sent or None, headers)
            answer = asked.getresponse()
            body = answer.read()
        self.send_response(answer.status)
        for name, value in _end_to_end(answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


def _end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}


@contextlib.contextmanager
def open_gateway(hosts: Mapping[str, str], folder: Path) -> Iterator[Gateway]:
    """Answer for these hosts until the block exits."""
    gateway = Gateway(hosts, folder)
    thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield gateway
    finally:
        gateway.shutdown()
        thread.join()
        gateway.server_close()
