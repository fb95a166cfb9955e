"""Reads the requests of clients, and writes answers (RFC 9112). Every wait has a limit."""

from __future__ import annotations

import http.client
import io
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

MAX_HEAD = 1 << 16  # bytes
CHUNK = 1 << 16  # bytes
HEAD_SECONDS = 10.0
IDLE_SECONDS = 120.0
_LINE = re.compile(rb"([A-Z]{1,16}) ([!-~]{1,32768}) HTTP/1\.([01])")
_END = b"\r\n\r\n"
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?")
# RFC 9110, section 7.6.1.
_HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authorization"),
        *("proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "expect"),
    }
)


class BadRequestError(Exception):
    """What a client sent is no request that this server understands."""


@dataclass(frozen=True)
class Head:
    """The first line and the headers of a request.

    Attributes:
        method: in capital letters.
        target: as it was sent.
        is_old: whether the client speaks HTTP/1.0.
        headers: as they were sent.
    """

    method: str
    target: str
    is_old: bool
    headers: Message

    @property
    def keeps_open(self) -> bool:
        """Whether the client sends another request after this one."""
        words = ",".join(
            self.headers.get_all("Connection", []) + self.headers.get_all("Proxy-Connection", [])
        ).lower()
        return "close" not in words and not self.is_old

    @property
    def length(self) -> int | None:
        """The size of the body in bytes; None for one in chunks.

        Raises:
            BadRequestError: it has no valid size, or two.
        """
        coding = self.headers.get_all("Transfer-Encoding", [])
        sizes = self.headers.get_all("Content-Length", [])
        if coding and [each.lower() for each in coding] == ["chunked"] and not sizes:
            return None
        if coding or len(sizes) > 1 or not all(re.fullmatch("[0-9]{1,15}", each) for each in sizes):
            raise BadRequestError("The size of the body is not valid.")
        return int(sizes[0]) if sizes else 0

    def end_to_end(self) -> list[tuple[str, str]]:
        """Return the headers that are for the server, not for this connection."""
        named = {
            word.strip().lower()
            for value in self.headers.get_all("Connection", [])
            for word in value.split(",")
        }
        left_out = _HOP_BY_HOP | named
        return [
            (name, value) for name, value in self.headers.items() if name.lower() not in left_out
        ]


class Stream:
    """One connection of a client.

    Args:
        sock: the connection.
        head_seconds: how long a head may take.
    """

    def __init__(self, sock: socket.socket, head_seconds: float = HEAD_SECONDS) -> None:
        self.sock, self._head_seconds = sock, head_seconds
        self.buffer = b""

    def head(self, idle_seconds: float) -> Head | None:
        """Read the next head; None if the client sends no other request.

        Args:
            idle_seconds: how long its first byte may take.

        Raises:
            BadRequestError: it is not valid, or too long.
            TimeoutError: it took too long.
        """
        text = self.text_until_blank_line(idle_seconds)
        return _parsed(text) if text else None

    def text_until_blank_line(self, idle_seconds: float) -> bytes:
        """Read up to a blank line; nothing at the end of the connection.

        Raises:
            BadRequestError: it is too long.
            TimeoutError: it took too long.
        """
        if not (self.buffer or self._more(idle_seconds)):
            return b""
        end = time.monotonic() + self._head_seconds
        while (place := self.buffer.find(_END)) < 0:
            left = end - time.monotonic()
            if len(self.buffer) > MAX_HEAD or left <= 0:
                raise BadRequestError("The head is too long, or it took too long.")
            if not self._more(left):
                return b""
        text, self.buffer = self.buffer[:place], self.buffer[place + len(_END) :]
        self._wait_at_most(IDLE_SECONDS)
        return text

    def read(self, size: int) -> bytes:
        """Read up to that many bytes of a body; nothing at the end of the connection."""
        if not self.buffer:
            return self.sock.recv(min(size, CHUNK))
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def _line(self) -> bytes:
        while (place := self.buffer.find(b"\r\n")) < 0:
            if len(self.buffer) > MAX_HEAD or not self._more(IDLE_SECONDS):
                raise BadRequestError("A line does not end.")
        line, self.buffer = self.buffer[:place], self.buffer[place + 2 :]
        return line

    def chunks(self) -> Iterator[bytes]:
        """Read a body in chunks (RFC 9112, section 7.1).

        Raises:
            BadRequestError: it is not valid.
        """
        while left := self._size_of_chunk():
            while left:
                data = self.read(left)
                if not data:
                    raise BadRequestError("A chunk does not end.")
                left -= len(data)
                yield data
            self._line()
        while self._line():
            pass  # trailers

    def _size_of_chunk(self) -> int:
        size = _SIZE.fullmatch(self._line())
        if size is None:
            raise BadRequestError("A chunk has no valid size.")
        return int(size[1], 16)

    def _more(self, seconds: float) -> bool:
        self._wait_at_most(max(seconds, 0.001))
        data = self.sock.recv(CHUNK)
        self.buffer += data
        return bool(data)

    def _wait_at_most(self, seconds: float) -> None:
        if self.sock.gettimeout() != seconds:  # asking costs nothing, setting it does
            self.sock.settimeout(seconds)


class Body:
    """A body of known size, as the library for requests reads it.

    Args:
        stream: the connection.
        size: the size in bytes.
    """

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream, self.left = stream, size

    def __len__(self) -> int:
        return self.left

    def read(self, size: int = -1) -> bytes:
        """Read up to that many bytes.

        Raises:
            BadRequestError: the connection ended before the body did.
        """
        wanted = self.left if size < 0 else min(size, self.left)
        data = self._stream.read(wanted) if wanted else b""
        if wanted and not data:
            raise BadRequestError("The body does not end.")
        self.left -= len(data)
        return data


def _parsed(text: bytes) -> Head:
    line, _, rest = text.partition(b"\r\n")
    match = _LINE.fullmatch(line)
    if match is None or re.search(rb"(?:^|\n)[ \t]|[^\r]\n|\r[^\n]|\0", rest):
        raise BadRequestError("This is no request of HTTP/1.1.")
    try:
        headers = http.client.parse_headers(io.BytesIO(rest + _END))
    except http.client.HTTPException as error:
        raise BadRequestError("There are too many headers.") from error
    if headers.defects:
        raise BadRequestError("The headers are not valid.")
    return Head(match[1].decode(), match[2].decode(), match[3] == b"0", headers)


def written(status: int, reason: str, headers: list[tuple[str, str]]) -> bytes:
    """Return the head of an answer."""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
