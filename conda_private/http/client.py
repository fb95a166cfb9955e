"""Our own requests: conda's proxies and certificates, our retries and limits, our errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from conda_private.http.bodies import BodyReader
from conda_private.http.errors import not_a_channel
from conda_private.http.proxies import refuse_malformed_proxy
from conda_private.http.retries import with_retries
from conda_private.http.signing import Guard, sign
from conda_private.http.tls_errors import refuse_missing_files
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError, ConnectionFailedError
from conda_private.model.schemes import BasicScheme, Scheme
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.auth import AuthBase

API_TIMEOUT = 10.0  # seconds
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})  # RFC 9110, section 9.2.2
Ask: TypeAlias = Callable[[str, "Signer"], "Response"]
Answer = TypeVar("Answer")


class Read(Protocol):
    """Opens a file of a channel, and hands the answer on before its body is read."""

    def __call__(self, url: str, signer: Signer, take: Callable[[Response], Answer]) -> Answer:
        """Return what ``take`` returns; it is called again if the request is repeated."""


class Send(Protocol):
    """Sends one request to an API."""

    def __call__(
        self, method: str, url: str, signer: Signer, content: Mapping[str, object] | None = None
    ) -> Response:
        """Send the request, with ``content`` as JSON."""


class Signer(requests.auth.AuthBase):
    """Authenticates requests below an address. Without a credential it leaves them unchanged.

    Args:
        address: the address that the credential may be sent to.
        scheme: how the credential is sent; None for no credential (and none from ~/.netrc).
        secret: the credential.
    """

    def __init__(
        self,
        address: Address | None = None,
        scheme: Scheme | None = None,
        secret: Secret | None = None,
    ) -> None:
        # conda caches one session per name and thread.
        self.channel_name = f"conda-private/{scheme and scheme.text}"
        self._address, self._scheme, self._secret = address, scheme, secret

    @property
    def is_basic(self) -> bool:
        """Whether it sends a username and a password (RFC 7617)."""
        return isinstance(self._scheme, BasicScheme)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Authenticate the request in place."""
        if self._scheme and self._secret:
            sign(request, self._scheme, self._secret)
            guard = Guard(self._scheme, self._secret, self._applies)
            request.register_hook("response", guard)
        return request

    def _applies(self, url: str) -> bool:
        target = Address.of_request(url)
        return bool(self._address and target and self._address.covers(target))


def get(url: str, signer: Signer) -> Response:
    """Read a file of a channel with conda's proxies, certificates, timeouts and ``--offline``.

    Raises:
        ConnectionFailedError: the server did not answer, or conda is offline.
        TlsError: the server's certificate is not trusted.
        ProxyRefusedError: the proxy requires a credential.
        ServerError: the file is too large.
    """
    from conda.base.context import context

    timeout = (context.remote_connect_timeout_secs, context.remote_read_timeout_secs)
    hooks = {"response": BodyReader()}
    return with_retries(
        lambda: _ask("GET", url, signer, hooks=hooks, timeout=timeout),
        _host(url),
    )


def read(url: str, signer: Signer, take: Callable[[Response], Answer]) -> Answer:
    """Open a file of a channel, as ``get`` reads one; of its body, only what ``take`` reads.

    ``take`` is called again if the request is repeated.

    Raises:
        CondaPrivateError: an error of ``get``.
        NotAChannelError: the server redirects to another host, which did not answer.
    """
    from conda.base.context import context

    timeout = (context.remote_connect_timeout_secs, context.remote_read_timeout_secs)
    taken: list[Answer] = []

    def once() -> Response:
        try:
            with _ask("GET", url, signer, timeout=timeout, stream=True) as response:
                taken[:] = [take(response)]
                return response
        except requests.RequestException as error:
            problem = _redirect_error(url, error)
            if problem is None:
                raise
        raise problem  # not chained: the library's error holds the request and its credential

    with_retries(once, _host(url))
    return taken[0]


def _redirect_error(url: str, error: requests.RequestException) -> CondaPrivateError | None:
    """Return the error for a redirect to another host that failed; None for any other failure."""
    target = _host((error.request and error.request.url) or url)
    address = Address.of_request(url)
    if target == _host(url) or address is None:
        return None
    return not_a_channel(address, f"a redirect to {target}, which does not respond")


def send(
    method: str,
    url: str,
    signer: Signer,
    content: Mapping[str, object] | None = None,
    *,
    follows: bool = True,
    read_body: Callable[..., Response] | None = None,
) -> Response:
    """Send a request to an API. Redirects are followed for ``GET`` only, and only if ``follows``.

    Raises:
        ConnectionFailedError: the server did not answer, or conda is offline.
        TlsError: the server's certificate is not trusted.
        ProxyRefusedError: the proxy requires a credential.
        ServerError: the answer is too large.
    """

    def once() -> Response:
        return _ask(
            *(method, url, signer),
            json=content,
            hooks={"response": read_body or BodyReader()},
            headers={"Accept": "application/json"},
            timeout=API_TIMEOUT,
            allow_redirects=follows and method == "GET",
        )

    return with_retries(once, _host(url), idempotent=method in _IDEMPOTENT)


def post_form(url: str, fields: Mapping[str, str]) -> Response:
    """Send a form. No redirect is followed, and only what was certainly not processed is repeated.

    Raises:
        ConnectionFailedError: the server did not answer, or conda is offline.
        TlsError: the server's certificate is not trusted.
        ProxyRefusedError: the proxy requires a credential.
        ServerError: the answer is too large.
    """

    def once() -> Response:
        return _ask(
            "POST",
            url,
            Signer(),
            data=dict(fields),
            hooks={"response": BodyReader()},
            headers={"Accept": "application/json"},
            timeout=API_TIMEOUT,
            allow_redirects=False,
        )

    return with_retries(once, _host(url), idempotent=False)


def stream(method: str, url: str, signer: Signer, headers: Mapping[str, str]) -> Response:
    """Open a file for reading in chunks, not decoded. The caller closes the response.

    Raises:
        ConnectionFailedError: the server did not answer, or conda is offline.
        TlsError: the server's certificate is not trusted.
        ProxyRefusedError: the proxy requires a credential.
    """

    def once() -> Response:
        return _ask(method, url, signer, headers=dict(headers), timeout=(10, 60), stream=True)

    return with_retries(once, _host(url))


def _host(url: str) -> str:
    return url.split("/")[2]


def _ask(method: str, url: str, signer: AuthBase, **options: Any) -> Response:
    refuse_missing_files()
    refuse_malformed_proxy(url)
    session = session_for(url, signer)
    # As conda does: given here, its settings take precedence over the environment.
    return session.request(method, url, auth=signer, proxies={**session.proxies}, **options)


def session_for(url: str, signer: AuthBase) -> requests.Session:
    """Return a session of conda that authenticates requests with a signer and never retries.

    Raises:
        ConnectionFailedError: conda is offline.
    """
    from conda.base.context import context
    from conda.gateways.connection.session import CondaSession

    if context.offline:
        raise ConnectionFailedError(
            f"{_host(url)} was not contacted because conda is offline.",
            cause="CONDA_OFFLINE is set, or conda's configuration has `offline: true`.",
            next_step="conda config --show-sources",
        )
    session: requests.Session = CondaSession(auth=signer)
    session.rebuild_auth = partial(_strip_auth, session)  # type: ignore[method-assign]
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            adapter.max_retries = Retry(0, read=False)
    return session


def _strip_auth(session: requests.Session, request: PreparedRequest, response: Response) -> None:
    # requests would also add the credential that ~/.netrc has for the target of the redirect, and
    # an object store refuses a presigned URL that comes with a second credential.
    if session.should_strip_auth(str(response.request.url), str(request.url)):
        request.headers.pop("Authorization", None)
