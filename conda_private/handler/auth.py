"""The auth handler ``conda-private``: signs what a login covers, leaves all else to conda."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING

from conda.gateways.connection.session import CondaHttpAuth
from conda.plugins.types import ChannelAuthBase

from conda_private.composition.machine import resolver
from conda_private.handler.answers import Answers
from conda_private.http.signing import sign
from conda_private.model.exceptions import InsecureUrlError
from conda_private.model.expiry import describe, ends_within
from conda_private.model.login import Login
from conda_private.output import notice

if TYPE_CHECKING:
    from requests import PreparedRequest

WARN_WITHIN = timedelta(days=7)
# Gives True once; taking from an iterator is one step, also among threads.
_first_warning = iter([True])


class PrivateAuth(ChannelAuthBase):
    """Made once for each URL, so its constructor reads nothing."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign the request as it will be sent, or treat it exactly as conda would.

        Raises:
            CondaPrivateError: a login covers the URL, but its secret cannot be had.
        """
        url = str(request.url)
        login = resolver().find(url)
        if login is None:
            signed: PreparedRequest = CondaHttpAuth()(request)
            return signed
        _refuse_proxy_without_tls(url, login)
        secret = resolver().secret(login)
        _warn_once_before_expiry(login)
        request.register_hook("response", CondaHttpAuth.handle_407)
        if not login.scope.path:
            from conda_private.handler.retry import AskAgainUnsigned

            request.register_hook("response", AskAgainUnsigned(login, secret))
        sign(request, login, secret)
        request.register_hook("response", Answers(login, secret, url))
        return request


def _refuse_proxy_without_tls(url: str, login: Login) -> None:
    if not url.startswith("http:") or login.allow_http:
        return
    from conda.base.context import context
    from requests.utils import get_environ_proxies, select_proxy

    if select_proxy(url, {**get_environ_proxies(url), **context.proxy_servers}):
        raise InsecureUrlError(
            f"The token for {login.scope} was not sent, because a proxy would read it.",
            cause="The channel is on this machine, without TLS, and HTTP_PROXY is set.",
            next_step=f"export NO_PROXY={login.scope.host}",
        )


def _warn_once_before_expiry(login: Login) -> None:
    if login.expires and _is_ending(login.expires) and next(_first_warning, False):
        now = datetime.now(timezone.utc)
        verb = "expired" if ends_within(login.expires, timedelta(0), now) else "expires"
        notice(
            f"conda-private: the credential for {login.scope} {verb}"
            f" {describe(login.expires, now)}.  Renew it:  conda private login {login.scope}"
        )


@cache  # for each package the same answer
def _is_ending(expires: str) -> bool:
    return ends_within(expires, WARN_WITHIN, datetime.now(timezone.utc))
