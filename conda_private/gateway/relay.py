"""Writes a server's answer to the command, without the credential that it may repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from conda_private.gateway.credentials import Credential
from conda_private.gateway.forwarding import blocks
from conda_private.gateway.wire import CHUNK, Head, Stream, written

if TYPE_CHECKING:
    from requests import Response

_TEXT = ("json", "xml", "javascript", "html", "x-www-form-urlencoded")
_NOT_PASSED_ON = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authenticate", "trailer"),
        *("transfer-encoding", "upgrade", "content-length"),
    }
)
_PARTIAL = 206


class Answer:
    """An answer on its way to the command.

    Args:
        response: the answer of the server, with its body not yet read.
        credential: what the request was authenticated with.
    """

    def __init__(self, response: Response, credential: Credential | None) -> None:
        self._response, self._is_signed = response, credential is not None
        self._forms = credential.forms if credential else {}
        self.status = response.status_code
        # The command would ask the user for a password.
        if self._is_signed and self.status == 401:
            self.status = 403
        self._replaces = self._is_signed and _is_text(response)
        is_compressed = response.headers.get("Content-Encoding", "identity").lower() != "identity"
        if self.status == _PARTIAL:
            # A part has a place in the whole, so nothing can be removed from it.
            self._forms = {form: b"*" * len(form) for form in self._forms}
            self._replaces = self._replaces and not is_compressed
        self._decodes = self._replaces and is_compressed
        changes = self._replaces and (self._decodes or b"" in self._forms.values())
        self._size = None if changes else response.headers.get("Content-Length")
        self._is_small = (self._size or "").isdecimal() and int(self._size or 0) <= CHUNK

    def write(self, stream: Stream, head: Head) -> bool:
        """Write it; return whether the connection can be used for another request.

        Args:
            stream: the client.
            head: its request.
        """
        has_body = head.method != "HEAD" and self.status not in (204, 304)
        in_chunks = has_body and self._size is None and not head.is_old
        keeps_open = head.keeps_open and (not has_body or in_chunks or self._size is not None)
        headers = list(self._headers())
        if in_chunks:
            headers.append(("Transfer-Encoding", "chunked"))
        if not keeps_open:
            headers.append(("Connection", "close"))
        start = written(self.status, self._response.reason or "", headers)
        body = self._body(in_chunks=in_chunks) if has_body else iter(())
        if self._is_small:
            # Together, because each part would be a record of TLS, to be sent and read by itself.
            start, body = b"".join([start, *body]), iter(())
        stream.sock.sendall(start)
        for block in body:
            stream.sock.sendall(block)
        return keeps_open

    def _body(self, *, in_chunks: bool) -> Iterator[bytes]:
        body = blocks(self._response, decoded=self._decodes)
        if self._replaces:
            body = replaced(body, self._forms)
        return in_chunk_form(body) if in_chunks else body

    def _headers(self) -> Iterator[tuple[str, str]]:
        left_out = set(_NOT_PASSED_ON)
        left_out |= {"www-authenticate"} if self._is_signed else set()
        left_out |= {"content-encoding"} if self._decodes else set()
        for name, value in self._response.raw.headers.iteritems():
            if name.lower() not in left_out:
                data = " ".join(value.split("\r\n")).encode("latin-1", "replace")
                yield name, _without(data, self._forms).decode("latin-1")
        if self._size is not None:
            yield "Content-Length", self._size


def replaced(body: Iterable[bytes], forms: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """Replace texts in a body, wherever it is cut into pieces.

    Args:
        body: the pieces.
        forms: what replaces each text; the longest text first.
    """
    held = max(map(len, forms)) - 1
    pending = b""
    for block in body:
        data = _without(pending + block, forms)
        # The end may be the beginning of one of the texts.
        cut = max(0, len(data) - held)
        pending = data[cut:]
        if cut:
            yield data[:cut]
    if pending:
        yield pending


def in_chunk_form(body: Iterable[bytes]) -> Iterator[bytes]:
    """Write a body in chunks (RFC 9112, section 7.1)."""
    for block in body:
        if block:
            yield b"%x\r\n%b\r\n" % (len(block), block)
    yield b"0\r\n\r\n"


def _without(data: bytes, forms: Mapping[bytes, bytes]) -> bytes:
    for form, other in forms.items():
        data = data.replace(form, other)
    return data


def _is_text(response: Response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_text = not kind or kind.startswith("text/") or kind.endswith(_TEXT)
    return is_text or response.status_code >= 400
