"""Requests of our own: conda's proxies and certificates, our patience, errors in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from conda_private.http.bodies import BodyReader
from conda_private.http.retries import patiently
from conda_private.http.signing import Guard, sign
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import ConnectionFailedError
from conda_private.model.login import Login
from conda_private.model.schemes import BasicScheme
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.auth import AuthBase

API_TIMEOUT = 10.0  # seconds
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
Ask: TypeAlias = Callable[[str, "Signer"], "Response"]


class Send(Protocol):
    """Sends one request to an API."""

    def __call__(
        self, method: str, url: str, signer: Signer, content: Mapping[str, object] | None = None
    ) -> Response:
        """Send it; ``content`` goes as JSON."""


class Signer(requests.auth.AuthBase):
    """Signs with one credential, or, without one, leaves the request as it is (no netrc)."""

    def __init__(self, login: Login | None, secret: Secret | None) -> None:
        # conda keeps one session for each name and thread.
        self.channel_name = f"conda-private/{login and login.scheme.text}"
        self._login, self._secret = login, secret

    @property
    def is_basic(self) -> bool:
        """Whether it signs with a user name and a password."""
        return self._login is not None and isinstance(self._login.scheme, BasicScheme)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign it in place."""
        if self._login and self._secret:
            sign(request, self._login, self._secret)
            guard = Guard(self._login, self._secret, self._applies)
            request.register_hook("response", guard)
        return request

    def _applies(self, url: str) -> bool:
        target = ChannelUrl.of_request(url)
        return bool(self._login and target and self._login.scope.covers(target))


def get(url: str, signer: Signer) -> Response:
    """Read a file of a channel as conda would: its proxies, certificates, timeouts, ``--offline``.

    Raises:
        ConnectionFailedError, TlsError, ProxyRefusedError: there was no answer.
    """
    from conda.base.context import context

    timeout = (context.remote_connect_timeout_secs, context.remote_read_timeout_secs)
    hooks = {"response": BodyReader()}
    return patiently(
        lambda: session_for(url, signer).get(url, auth=signer, hooks=hooks, timeout=timeout),
        _host(url),
    )


def send(
    method: str, url: str, signer: Signer, content: Mapping[str, object] | None = None
) -> Response:
    """Send a request to an API. Only what is read is followed to where the server redirects.

    Raises:
        ConnectionFailedError, TlsError, ProxyRefusedError: there was no answer.
    """

    def once() -> Response:
        return session_for(url, signer).request(
            method,
            url,
            auth=signer,
            json=content,
            hooks={"response": BodyReader()},
            headers={"Accept": "application/json"},
            timeout=API_TIMEOUT,
            allow_redirects=method == "GET",
        )

    return patiently(once, _host(url), may_repeat=method in _REPEATABLE)


def stream(method: str, url: str, signer: Signer, headers: Mapping[str, str]) -> Response:
    """Begin to read a file as it comes, encoded as it came; the caller closes it.

    Raises:
        ConnectionFailedError, TlsError, ProxyRefusedError: there was no answer.
    """

    def once() -> Response:
        return session_for(url, signer).request(
            method, url, auth=signer, headers=dict(headers), timeout=(10, 60), stream=True
        )

    return patiently(once, _host(url))


def _host(url: str) -> str:
    return url.split("/")[2]


def session_for(url: str, signer: AuthBase) -> requests.Session:
    """A session of conda's that signs with this and repeats nothing by itself.

    Raises:
        ConnectionFailedError: conda is offline.
    """
    from conda.base.context import context
    from conda.gateways.connection.session import CondaSession

    if context.offline:
        raise ConnectionFailedError(
            f"{url.split('/')[2]} was not asked, because conda is offline.",
            cause="CONDA_OFFLINE is set, or `offline: true` is in conda's configuration.",
            next_step="conda config --show-sources",
        )
    session: requests.Session = CondaSession(auth=signer)
    session.rebuild_auth = partial(_strip_auth, session)  # type: ignore[method-assign]
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            adapter.max_retries = Retry(0, read=False)
    return session


def _strip_auth(session: requests.Session, request: PreparedRequest, response: Response) -> None:
    # requests itself would put in what ~/.netrc has for the host that a redirect leads to; an
    # object store refuses a signed link with a second credential.
    if session.should_strip_auth(str(response.request.url), str(request.url)):
        request.headers.pop("Authorization", None)
