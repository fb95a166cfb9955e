"""Requests of our own: conda's proxies and certificates, our patience, errors in plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from conda_private.bodies import BodyReader
from conda_private.channels import ChannelUrl
from conda_private.credentials import Login, sign
from conda_private.exceptions import ConnectionFailedError
from conda_private.refusals import connection_error
from conda_private.schemes import BasicScheme
from conda_private.secret import Secret

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

Ask: TypeAlias = Callable[[str, "Signer"], "Response"]


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
        request.register_hook("response", BodyReader())
        if self._login and self._secret:
            sign(request, self._login, self._secret, self._applies)
        return request

    def _applies(self, url: str) -> bool:
        target = ChannelUrl.of_request(url)
        return bool(self._login and target and self._login.scope.covers(target))


def get(url: str, signer: Signer) -> Response:
    """Ask once, as conda would: its proxies, certificates and ``--offline``.

    Raises:
        ConnectionFailedError, TlsError, ProxyRefusedError: there was no answer.
    """
    from conda.base.context import context
    from conda.gateways.connection.session import CondaSession

    host = url.split("/")[2]
    if context.offline:
        raise ConnectionFailedError(
            f"{host} was not asked, because conda is offline.",
            cause="CONDA_OFFLINE is set, or `offline: true` is in conda's configuration.",
            next_step="conda config --show-sources",
        )
    session = CondaSession(auth=signer)
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            adapter.max_retries = Retry(0, read=False)
    timeout = (context.remote_connect_timeout_secs, context.remote_read_timeout_secs)
    try:
        return session.get(url, auth=signer, timeout=timeout)
    except requests.RequestException as error:
        problem = connection_error(host, error)
    # Not chained: the library's error holds the request, and with it the credential.
    raise problem
