"""Receives the browser's answer on the loopback (RFC 8252, section 7.3)."""

from __future__ import annotations

import hmac
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/callback"
_PATIENCE = 5  # seconds for one connection, so that an idle one holds nothing up
_POLL = 0.05  # seconds until it notices that it is to end
_DONE = "You are signed in. You can close this page and go back to the terminal."
_FAILED = "The sign-in failed. The terminal says why. You can close this page."
_USED = "This sign-in is already finished. You can close this page."
_FOREIGN = "This page does not belong to a sign-in that conda-private is waiting for."


class Loopback:
    """Waits on 127.0.0.1, on a port that the system chooses, for one answer.

    Whoever calls without the state is not answered, and the wait goes on: another user of this
    machine can reach the port, too.

    Args:
        state: what only the browser of this sign-in knows.
    """

    def __init__(self, state: str) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self._answer: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.redirect = f"http://127.0.0.1:{self._server.server_port}{PATH}"
        # It listens before the browser opens, because some browsers only return when they end.
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(_POLL,), daemon=True)

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float) -> dict[str, str] | None:
        """Return the parameters of the answer; None if there is none after so many seconds."""
        return self._answer if self._arrived.wait(seconds) else None

    def take(self, target: str) -> tuple[int, str]:
        """Take a request; return the status and the words for the page."""
        parts = urlsplit(target)
        fields = parse_qs(parts.query, keep_blank_values=True)
        given = fields.get("state", [""])[0]
        if parts.path != PATH or not hmac.compare_digest(given.encode(), self._state.encode()):
            return 404, _FOREIGN
        with self._lock:
            if self._arrived.is_set():
                return 409, _USED
            if any(len(values) > 1 for values in fields.values()):
                return 400, _FOREIGN  # RFC 6749, section 3.1: no parameter comes twice
            self._answer = {name: values[0] for name, values in fields.items()}
            self._arrived.set()
        return 200, _DONE if "code" in self._answer else _FAILED


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE

        def do_GET(self) -> None:
            status, words = loopback.take(self.path)
            page = f"<!doctype html><title>conda-private</title><p>{escape(words)}</p>".encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: the line has the code."""

    return Handler
