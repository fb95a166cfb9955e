"""A big channel on the loopback, open and closed, that costs its clients what a real one does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import trustme

from tests.bench.users import SECRET
from tests.server import build_package

PACKAGES = 200
RECORDS = 20_000
Answer: TypeAlias = tuple[int, bytes, str]  # status, body, and where it is instead
_TAKEN = {f"token {SECRET}", f"Bearer {SECRET}"}


class Site:
    """Two origins: one with channels, one with the files that it redirects to.

    Channels whose owner's name begins with ``private`` are closed to everybody without the token;
    all have the same packages. Where the name ends in ``small``, the rest of the records is left
    out.

    Attributes:
        url: of the channels.
        ca_file: the certificate that clients must trust.
        requests: how many came for channels.
    """

    def __init__(self, folder: Path, packages: int = PACKAGES, records: int = RECORDS) -> None:
        self._files = dict(_build(folder, packages))
        real = {name: _record(name, data, packages) for name, data in self._files.items()}
        others = (f"other-{number}-1.0-0.conda" for number in range(records - packages))
        every = {**real, **{name: _record(name, b"", 0) for name in others}}
        self._repodata = {"small": _repodata(real), "": _repodata(every)}
        self.requests = 0
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(tls)
        self._channels = _origin(self._of_channel, tls)
        self._storage = _origin(self._of_storage, tls)
        self.url = f"https://127.0.0.1:{self._channels.server_port}"
        self._storage_url = f"https://127.0.0.1:{self._storage.server_port}"

    def _of_channel(self, path: str, authorization: str) -> Answer:
        self.requests += 1
        owner, *_, subdir, name = path.strip("/").split("/")
        if owner.startswith("private") and authorization not in _TAKEN:
            return 401, b"", ""
        if name in self._files:
            return 302, b"", f"{self._storage_url}/{name}"
        if name != "repodata.json":
            return 404, b"", ""
        if subdir != "noarch":
            return 200, _repodata({}, subdir), ""
        return 200, self._repodata["small" if owner.endswith("small") else ""], ""

    def _of_storage(self, path: str, authorization: str) -> Answer:
        if authorization:
            raise AssertionError("the credential went to the storage")
        return 200, self._files[path.strip("/")], ""

    def close(self) -> None:
        """Stop serving."""
        for origin in (self._channels, self._storage):
            origin.shutdown()
            origin.server_close()


@contextlib.contextmanager
def site(folder: Path, packages: int = PACKAGES, records: int = RECORDS) -> Iterator[Site]:
    """Serve until the block ends."""
    made = Site(folder, packages, records)
    try:
        yield made
    finally:
        made.close()


def _build(folder: Path, packages: int) -> Iterator[tuple[str, bytes]]:
    for number in range(packages):
        path = build_package(folder, f"part-{number}", "1.0", depends=_depends(number, packages))
        yield path.name, path.read_bytes()


def _depends(number: int, packages: int) -> list[str]:
    """The first package needs all others."""
    return [] if number else [f"part-{other}" for other in range(1, packages)]


def _record(name: str, data: bytes, packages: int) -> dict[str, Any]:
    stem = name.rpartition("-1.0-0.conda")[0]
    kind, _, number = stem.partition("-")
    return {
        "name": stem,
        "version": "1.0",
        "build": "0",
        "build_number": 0,
        "depends": _depends(int(number), packages) if kind == "part" else ["python >=3.9"],
        "constrains": [],
        "license": "BSD-3-Clause",
        "noarch": "generic",
        "subdir": "noarch",
        "timestamp": 1_577_836_800_000,
        "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }


def _repodata(records: dict[str, dict[str, Any]], subdir: str = "noarch") -> bytes:
    content = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": records}
    return json.dumps({**content, "repodata_version": 1}).encode()


class _Origin(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[str, str], Answer], tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self._tls = answer, tls

    def get_request(self) -> tuple[Any, Any]:
        """Accept; the handshake is left to the thread of the connection."""
        connection, address = self.socket.accept()
        wrapped = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: _Origin

    def do_GET(self) -> None:
        """Answer one request."""
        status, body, location = self.server.answer(
            self.path, self.headers.get("Authorization", "")
        )
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _origin(answer: Callable[[str, str], Answer], tls: ssl.SSLContext) -> _Origin:
    origin = _Origin(answer, tls)
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    return origin
