"""One origin: a listening socket, and the handler that speaks HTTP/1.1 on its connections."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from .credentials import shown
from .faults import Fault
from .wire import Answer, Call, Request

if TYPE_CHECKING:
    from .serving import Server

NO_BODY = (204, 304)


class Handler(BaseHTTPRequestHandler):
    """Turns bytes into a ``Call`` and an ``Answer`` into bytes; decides nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Origin

    def serve(self) -> None:
        """Answer one request."""
        call = self._call()
        answer, fault = self._respond(call)
        self.server.owner.record(_request(call, answer.status if fault.has_answer else 0))
        self.close_connection = self.close_connection or bool(fault.hang_up)
        if fault.hang_up == "reset":
            self.server.reset(self.connection)
        elif fault.has_answer:
            self._send(answer, fault)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve

    def _call(self) -> Call:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return Call(
            method=self.command,
            origin=self.server.name,
            target=self.path,
            headers=self.headers,
            body=body,
            site=self.server.owner,
            client=self.client_address[0],
        )

    def _respond(self, call: Call) -> tuple[Answer, Fault]:
        try:
            return self.server.owner.respond(call)
        except Exception as error:
            # A fault of the mock itself must not look like one that a test asked for.
            self.server.owner.errors.append(error)
            traceback.print_exc(file=sys.stderr)
            return Answer(500, b"The mock server failed"), Fault()

    def _send(self, answer: Answer, fault: Fault) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in NO_BODY:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        for piece in fault.pieces(b"" if self.command == "HEAD" else answer.body):
            self.wfile.write(piece)
            if fault.drip:
                self.wfile.flush()
                self.server.owner.closing.wait(fault.drip)

    def log_message(self, *_: Any) -> None:
        """Say nothing; the server keeps its own record."""


def _request(call: Call, status: int) -> Request:
    forms = [credential.form for credential in shown(call)]
    return Request(
        method=call.method,
        origin=call.origin,
        host=call.headers.get("Host", ""),
        path=call.target,
        headers=call.headers,
        status=status,
        credential="+".join(forms) or "none",
        body=call.body,
    )


class Origin(ThreadingHTTPServer):
    """A port of its own."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, name: str, owner: Server, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = name
        self.owner = owner
        self.tls = tls
        self._open: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server_address[1]}"

    def server_bind(self) -> None:
        """Bind without asking the resolver for a name, which the parent does."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[Any, Any]:
        """Accept; the handshake is left to the thread of the connection."""
        connection, address = self.socket.accept()
        if self.tls:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Close one connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def reset(self, request: socket.socket) -> None:
        """Close one connection so that the client gets a reset instead of an end."""
        request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._open.discard(request)
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Forget clients that hang up or distrust the certificate; keep all else."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            self.owner.errors.append(error)

    def close(self) -> None:
        """Stop listening and hang up on every client."""
        self.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
