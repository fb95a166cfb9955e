"""The gateway: an HTTP server on loopback that gives a command access to private package indexes.

The command knows only the gateway's URL, which has a random key in its path. The gateway adds the
credential to the requests that it sends to the index.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from urllib3.exceptions import HTTPError

from conda_private.gateway.upstream import Answer, Upstream
from conda_private.model.exceptions import CondaPrivateError

HOST = "127.0.0.1"
_CHUNK = 65_536  # bytes
_PATH = re.compile(
    r"/([A-Za-z0-9_-]+)/(?:simple/(?:([A-Za-z0-9][A-Za-z0-9._-]*)/?)?|([0-9]{1,4})/(.+))"
)
# Headers that are passed on: for reading a file in parts, and for caching.
_ASKED = ("Range", "If-Range", "If-None-Match", "If-Modified-Since")
_TOLD = (
    *("Content-Type", "Content-Length", "Content-Range", "Content-Encoding"),
    *("Accept-Ranges", "ETag", "Last-Modified"),
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # uv opens dozens of connections at once

    def __init__(self, upstream: Upstream) -> None:
        super().__init__((HOST, 0), _Handler)
        self.upstream = upstream
        self.key = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """The gateway's URL, without ``/simple/``."""
        return f"http://{HOST}:{self.server_port}/{self.key}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a command that closes its connection early."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer a request; one for ``HEAD`` without a body."""
        path, mark, query = self.path.partition("?")
        match = _PATH.fullmatch(path)
        host = self.headers.get("Host", "")
        # A web page that reaches this server by DNS rebinding sends the name of another host.
        known = match and hmac.compare_digest(match[1], self.server.key)
        if not (match and known and host == f"{HOST}:{self.server.server_port}"):
            return self._answer(Answer(404))
        try:
            if match[3]:
                return self._file(int(match[3]), match[4] + mark + query)
            return self._page(match[2] or "")
        except CondaPrivateError as error:
            return self._answer(Answer(502, error.what.encode()))
        except (ValueError, RecursionError, HTTPError):
            return self._answer(Answer(502, b"The private index sent an invalid page."))

    do_HEAD = do_GET

    def _page(self, name: str) -> None:
        def link(number: int, path: str) -> str:
            return f"{self.server.address}/{number}/{path}"

        accept = self.headers.get("Accept", "*/*")
        self._answer(self.server.upstream.page(name, accept, link))

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in (answer.headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _file(self, number: int, path: str) -> None:
        asked = {name: self.headers[name] for name in _ASKED if name in self.headers}
        # As it is stored, because the hashes are those of the stored file.
        asked["Accept-Encoding"] = "identity"
        response = self.server.upstream.file(number, path, self.command, asked)
        if response is None:
            return self._answer(Answer(404))
        with response:
            self.send_response(403 if response.status_code == 401 else response.status_code)
            for name in _TOLD:
                if name in response.headers:
                    self.send_header(name, response.headers[name])
            # Without a length, the end of the connection marks the end of the file.
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                while chunk := response.raw.read(_CHUNK):
                    self.wfile.write(chunk)
        self.close_connection = True
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing, because the path contains the key."""


@contextmanager
def serving(upstream: Upstream) -> Iterator[str]:
    """Serve the indexes while the context lasts, and yield the URL without ``/simple/``."""
    server = _Server(upstream)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
