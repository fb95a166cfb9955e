"""Reads the beginning of an answer: whether it is an index, a refusal or a web page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conda_private.http.index_names import JSON, Form
from conda_private.http.retries import retry_after
from conda_private.http.tls_errors import certificate_required

if TYPE_CHECKING:
    from requests import Response

REFUSALS = (404, 401, 403)  # least telling first: a 403 means that the credential is recognized
_BEGINNING = 1 << 14  # bytes; four of them are read for a channel with two subdirs
_CHUNK = 1 << 12  # bytes
_ZSTD = b"\x28\xb5\x2f\xfd"  # RFC 8878, section 3.1.1
_KEYS = (b'"info"', b'"packages', b'"removed"', b'"repodata_version"', b'"signatures"')


@dataclass(frozen=True)
class Head:
    """The beginning of the answer for one index.

    Attributes:
        status: the HTTP status.
        challenge: the value of ``WWW-Authenticate``, or "".
        page: what the answer is instead of an index, or "".
        names: the names in an index that was read completely; None for a larger one.
        beginning: the first names in a larger ``repodata.json``.
        size: the size of its body in bytes as the server reports it; None if it does not.
        wait: for how many seconds the server asks not to be asked again; None if it does not.
    """

    status: int
    challenge: str = ""
    page: str = ""
    names: tuple[bytes, ...] | None = None
    size: int | None = None
    beginning: tuple[bytes, ...] = ()
    wait: float | None = None

    @property
    def is_index(self) -> bool:
        """Whether it is an index, as far as it was read."""
        return self.status == 200 and not self.page


def read_head(response: Response, asked: str, form: Form) -> Head:
    """Read up to 16 KiB of an answer.

    Args:
        response: the answer, with its body not yet read.
        asked: the URL that was asked for. An answer of another host that is no index is a page.
        form: the form that the index should have.

    Raises:
        TlsError: the server requires a client certificate.
    """
    status, headers = response.status_code, response.headers
    challenge = headers.get("www-authenticate", "")
    if status != 200:
        host = _host(response.url)
        if status in REFUSALS or host == _host(asked):
            _refuse_without_certificate(response)
            return Head(status, challenge, wait=retry_after(response))
        return Head(200, challenge, f"a redirect to {host}, which answers with status {status}")
    body, is_complete = _beginning(response.iter_content(_CHUNK))
    names = _names(body, form) if is_complete else None
    if names is None and (is_complete or not _looks_like(body, form)):
        kind = headers.get("content-type", "of unknown type").partition(";")[0]
        return Head(200, challenge, f"{kind}, not repodata")
    length = headers.get("content-length", "")
    size = int(length) if length.isascii() and length.isdigit() else None
    return Head(200, challenge, "", names, size, () if is_complete else _first_names(body, form))


def _refuse_without_certificate(response: Response) -> None:
    # nginx completes the handshake, and then says in the page that a certificate is missing.
    if (
        response.status_code == 400
        and b"SSL certificate was sent" in _beginning(response.iter_content(_CHUNK))[0]
    ):
        raise certificate_required(_host(response.url))


def _host(url: str) -> str:
    return url.split("/")[2].lower()


def _beginning(chunks: Iterator[bytes]) -> tuple[bytes, bool]:
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) >= _BEGINNING:
            return body, False
    return body, True


def _names(body: bytes, form: Form) -> tuple[bytes, ...] | None:
    """Return the names in a whole index; None if it is none."""
    try:
        if form is JSON:
            index = json.loads(body)
            names = [*index["packages"].keys(), *index.get("packages.conda", {}).keys()]
            return tuple(name.encode() for name in names)
        return tuple(name for names in form.names(iter([body]), iter) for name in names)
    except Exception:  # each decoder has error classes of its own
        return None


def _first_names(body: bytes, form: Form) -> tuple[bytes, ...]:
    if form is not JSON:
        return ()  # an incomplete one cannot be decoded
    return tuple(name for names in form.names(iter([body]), iter) for name in names)


def _looks_like(body: bytes, form: Form) -> bool:
    if form is not JSON:
        return body.startswith(_ZSTD)
    text = body.lstrip()
    # White space alone can still become an index.
    return not text or (text.startswith(b"{") and any(key in text for key in _KEYS))
