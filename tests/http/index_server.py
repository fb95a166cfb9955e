"""A channel made by hand on a real socket: any body for any file, with and without a credential."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = "token ca-nary-p0"


@dataclass
class Answer:
    """One answer: its status, its body and its headers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Channel:
    """What the server answers, and what it was asked.

    Attributes:
        answer: returns the answer to the name of a file and the credential, which is "" without
            one and for a credential that is not valid.
        asked: the file and the ``Authorization`` of each request.
    """

    url: str
    answer: Callable[[str, str], Answer]
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        """The files that were asked for, in alphabetical order."""
        return sorted(file for file, _ in self.asked)


def shown(
    public: dict[str, bytes], private: dict[str, bytes] | None = None
) -> Callable[[str, str], Answer]:
    """Answer with files by their names, and 404 for all others; None shows all that is public."""

    def answer(file: str, credential: str) -> Answer:
        files = private if credential and private is not None else public
        body = files.get(file.rpartition("/")[2])
        return Answer(404) if body is None else Answer(200, body)

    return answer


@contextmanager
def serve(answer: Callable[[str, str], Answer]) -> Iterator[Channel]:
    """Serve a channel until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            file = self.path.removeprefix("/my-org/")
            credential = self.headers.get("Authorization", "")
            channel.asked.append((file, credential))
            given = channel.answer(file, credential if credential == GOOD else "")
            self.send_response(given.status)
            headers = {"Content-Length": str(len(given.body)), **given.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.close_connection |= "Content-Length" in given.headers
            try:
                self.wfile.write(given.body)
            except OSError:
                self.close_connection = True  # the client has seen enough

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a client that has seen enough resets the connection."""

    server = Server(("127.0.0.1", 0), Handler)
    channel = Channel(f"http://127.0.0.1:{server.server_port}/my-org", answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield channel
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
