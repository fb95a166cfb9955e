"""The gateway: a forward proxy on loopback that authenticates requests (RFC 9110, section 3.7).

It opens TLS only for the servers of the logins, and for public package indexes if the user allows
them. It forwards every other connection as it is.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from conda_private.gateway.authority import Authority
from conda_private.gateway.credentials import Origin
from conda_private.gateway.peers import Peers
from conda_private.gateway.wire import (
    CHUNK,
    HEAD_SECONDS,
    IDLE_SECONDS,
    BadRequestError,
    Head,
    Stream,
    written,
)
from conda_private.http.tunnels import connect
from conda_private.model.exceptions import CondaPrivateError

HOST = "127.0.0.1"
_USER = "run"
_MOST = 1000  # connections at once
_SPARE = 100  # open files that the rest of the process may need
_PAUSE = 0.05  # seconds, when the system has no open files left


class Requests(Protocol):
    """What the gateway does with the requests that it can read."""

    def refuses(self, origin: Origin) -> str:
        """Return why no connection to a server is allowed, or ""."""

    def opens(self, origin: Origin) -> bool:
        """Whether TLS with a server is opened, to authenticate its requests."""

    def answer(self, stream: Stream, head: Head, url: str) -> bool:
        """Answer one request; return whether the connection can be used for another one."""


class Gateway:
    """Listens on loopback, and serves each connection in a thread.

    Args:
        authority: issues the certificates of the servers whose TLS is opened.
        requests: what is done with requests.
        peers: tells own connections from those of other users; None where the system cannot.
        head_seconds: how long the head of a request may take.
        places: how many connections are served at once; 0 for as many as the system allows.
    """

    def __init__(
        self,
        authority: Authority,
        requests: Requests,
        peers: Peers | None,
        head_seconds: float = HEAD_SECONDS,
        places: int = 0,
    ) -> None:
        self._authority, self._requests, self._peers = authority, requests, peers
        self._head_seconds = head_seconds
        self._listening = listening()
        self._key = secrets.token_urlsafe(32)
        pair = base64.b64encode(f"{_USER}:{self._key}".encode()).decode()
        self._wanted = f"basic {pair}".encode()
        self._slots = threading.BoundedSemaphore(places or _places())
        self._is_closed = False
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    @property
    def address(self) -> Origin:
        """Where it listens."""
        host, port = self._listening.getsockname()
        return host, port

    @property
    def url(self) -> str:
        """The URL of the proxy, with the key."""
        return f"http://{_USER}:{self._key}@{HOST}:{self.address[1]}"

    def start(self) -> None:
        """Begin to serve."""
        self._accepting.start()

    def close(self) -> None:
        """Stop listening. Connections end with this process."""
        self._is_closed = True
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread
        self._listening.close()
        self._accepting.join()

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                time.sleep(_PAUSE)
                continue
            if self._peers and not self._peers.are_own(connection):
                connection.close()
                continue
            self._slots.acquire()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        stream = Stream(connection, self._head_seconds)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve_proxy(stream)
        except BadRequestError as error:
            with suppress(OSError):
                _say(stream, 400, str(error))
        except OSError:
            pass  # the client is gone, or its TLS does not accept ours
        finally:
            stream.sock.close()
            self._slots.release()

    def _serve_proxy(self, stream: Stream) -> None:
        # Not the long one: who connects and says nothing is not served for long.
        while head := stream.head(self._head_seconds):
            if not self._knows(head):
                return _say(stream, 407, "The key is missing.", _CHALLENGE)
            if head.method == "CONNECT":
                return self._connect(stream, head)
            if not head.target.lower().startswith("http://"):
                raise BadRequestError("This is a proxy.")
            if not self._requests.answer(stream, head, head.target):
                return None
        return None

    def _knows(self, head: Head) -> bool:
        given = head.headers.get("Proxy-Authorization", "")
        word, _, pair = given.partition(" ")
        return hmac.compare_digest(f"{word.lower()} {pair.strip()}".encode(), self._wanted)

    def _connect(self, stream: Stream, head: Head) -> None:
        host, _, port = head.target.rpartition(":")
        if not host or not port.isdecimal():
            raise BadRequestError("The target of CONNECT has no port.")
        origin = (host.lower().strip("[]"), int(port))
        if reason := self._requests.refuses(origin):
            return _say(stream, 403, reason)
        if self._requests.opens(origin):
            stream.sock.sendall(written(200, "Connection established", []))
            return self._serve_opened(stream, *origin)
        try:
            server = connect(*origin)
        except CondaPrivateError as error:
            return _say(stream, 502, str(error))
        with server:
            stream.sock.sendall(written(200, "Connection established", []))
            tunnel(stream, server)
        return None

    def _serve_opened(self, stream: Stream, host: str, port: int) -> None:
        stream.sock.settimeout(self._head_seconds)
        context = self._authority.context(host)
        opened = Stream(context.wrap_socket(stream.sock, server_side=True), self._head_seconds)
        stream.sock = opened.sock  # the one to close
        base = f"https://{host}" if port == 443 else f"https://{host}:{port}"
        while head := opened.head(IDLE_SECONDS):
            if not head.target.startswith("/"):
                raise BadRequestError("The target is no path.")
            if not self._requests.answer(opened, head, base + head.target):
                return


_CHALLENGE = [("Proxy-Authenticate", 'Basic realm="conda private run"')]


def _say(
    stream: Stream, status: int, text: str, headers: list[tuple[str, str]] | None = None
) -> None:
    body = f"{text}\n".encode()
    about = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    about += [("Connection", "close"), *(headers or [])]
    stream.sock.sendall(written(status, text.splitlines()[0], about) + body)


def listening(
    options: tuple[int | None, ...] = (getattr(socket, "SO_EXCLUSIVEADDRUSE", None),),
) -> socket.socket:
    """Listen on a port that the system chooses, and that no other socket can share.

    Args:
        options: the options of the socket that the system has. On Windows, a socket of another
            program could share the port otherwise, and get some of the connections.
    """
    sock = socket.socket()
    for option in filter(None, options):
        sock.setsockopt(socket.SOL_SOCKET, option, 1)
    sock.bind((HOST, 0))
    sock.listen(512)
    return sock


def tunnel(client: Stream, server: socket.socket) -> None:
    """Copy bytes in both directions until both have ended."""
    server.settimeout(None)
    client.sock.settimeout(None)
    if client.buffer:
        server.sendall(client.buffer)
    back = threading.Thread(target=_copy, args=(server, client.sock), daemon=True)
    back.start()
    _copy(client.sock, server)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    buffer = memoryview(bytearray(CHUNK))
    with suppress(OSError):
        while size := source.recv_into(buffer):
            target.sendall(buffer[:size])
    for each, side in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with suppress(OSError):
            each.shutdown(side)


def _places() -> int:
    if sys.platform == "win32":
        return _MOST
    import resource

    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Each connection needs another one to a server.
    return _MOST if most == resource.RLIM_INFINITY else max(8, min(_MOST, (most - _SPARE) // 2))


@contextmanager
def serving(gateway: Gateway) -> Iterator[str]:
    """Serve while the context lasts, and yield the URL of the proxy."""
    gateway.start()
    try:
        yield gateway.url
    finally:
        gateway.close()
