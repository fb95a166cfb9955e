"""Sends the requests of the command to the servers, and their answers back."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.util import SKIP_HEADER

from conda_private.gateway.credentials import Credential
from conda_private.gateway.wire import CHUNK, Body
from conda_private.http.client import Signer, session_for
from conda_private.http.errors import connection_error
from conda_private.http.proxies import refuse_malformed_proxy
from conda_private.http.tls_errors import refuse_missing_files

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_TIMEOUT = (10, 300)  # seconds; a server may work long on an answer, for example git's
_CONNECTIONS = 64  # that are kept open to a host
_REPEATABLE = frozenset({"GET", "HEAD"})
_FINAL = (requests.exceptions.SSLError, requests.exceptions.ProxyError)
Headers = Iterable[tuple[str, str]]


class Forwarder:
    """Sends requests with conda's proxies and certificates, and follows no redirect."""

    def __init__(self) -> None:
        self._session: requests.Session | None = None
        self._settings: dict[str, Mapping[str, Any]] = {}
        self._opening = threading.Lock()

    def send(
        self,
        method: str,
        url: str,
        headers: Headers,
        body: Body | Iterator[bytes] | None = None,
        credential: Credential | None = None,
    ) -> Response:
        """Send a request; the caller closes the response, whose body is not yet read.

        Raises:
            ConnectionFailedError: the server did not answer, or conda is offline.
            TlsError: the certificate of the server is not trusted.
            ProxyRefusedError: the user's own proxy requires a credential.
        """
        request = _prepared(method, url, headers, body, credential)
        # The server may have closed a connection that was kept open.
        attempts = 2 if method in _REPEATABLE and body is None else 1
        settings = self._settings_for(url)
        for left in reversed(range(attempts)):
            try:
                return self._once(request, settings)
            except requests.RequestException as error:
                problem = connection_error(url.split("/")[2], error)
                if not left or isinstance(error, _FINAL):
                    break
        raise problem  # not chained: the library's error holds the credential

    def _once(self, request: PreparedRequest, settings: Mapping[str, Any]) -> Response:
        assert self._session is not None
        # Not by the session, which keeps cookies for all programs and prepares redirects.
        adapter = self._session.get_adapter(str(request.url))
        return adapter.send(request, stream=True, timeout=_TIMEOUT, **settings)

    def _settings_for(self, url: str) -> Mapping[str, Any]:
        origin = "/".join(url.split("/")[:3])
        if known := self._settings.get(origin):
            return known
        with self._opening:
            if self._session is None:
                self._session = _new_session(url)
            if origin not in self._settings:
                refuse_missing_files()
                refuse_malformed_proxy(origin)
                merged = self._session.merge_environment_settings(origin, {}, None, None, None)
                self._settings[origin] = {
                    name: merged[name] for name in ("proxies", "verify", "cert")
                }
            return self._settings[origin]


def _new_session(url: str) -> requests.Session:
    session = session_for(url, Signer())
    for adapter in session.adapters.values():
        if isinstance(adapter, requests.adapters.HTTPAdapter):
            adapter.init_poolmanager(_CONNECTIONS, _CONNECTIONS)
    return session


def _prepared(
    method: str,
    url: str,
    headers: Headers,
    body: Body | Iterator[bytes] | None,
    credential: Credential | None,
) -> PreparedRequest:
    """Return the request as it will be sent; the library would write its URL differently."""
    request = requests.PreparedRequest()
    request.method, request.url, request.hooks = method, url, {"response": []}
    request.headers = CaseInsensitiveDict()
    for name, value in headers:
        before = request.headers.get(name)
        request.headers[name] = f"{before}, {value}" if before else value
    request.headers.pop("Host", None)
    request.body = body  # type: ignore[assignment]
    if credential:
        # The command's own credential, for example from ~/.netrc, is for something else.
        request.headers.pop("Authorization", None)
        request.headers.update(credential.scheme.headers(credential.secret))
        request.url = credential.scheme.url(url, credential.secret)
    # Else the library names itself, and the encodings that it knows.
    request.headers.setdefault("User-Agent", SKIP_HEADER)
    request.headers.setdefault("Accept-Encoding", "identity")
    return request


def blocks(response: Response, *, decoded: bool) -> Iterator[bytes]:
    """Read the body of a response, in pieces as they come.

    Args:
        response: the response.
        decoded: whether it is decompressed.
    """
    raw = response.raw
    if decoded or getattr(raw, "chunked", False):
        yield from raw.stream(CHUNK, decode_content=decoded)
        return
    while block := raw.read(CHUNK, decode_content=False):
        yield block
