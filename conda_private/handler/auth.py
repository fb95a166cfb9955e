"""The auth handler ``conda-private``: authenticates the requests that a login covers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING

from conda.gateways.connection.session import CondaHttpAuth
from conda.plugins.types import ChannelAuthBase

from conda_private.composition.machine import resolver
from conda_private.handler.answers import Answers, how_to_renew
from conda_private.http.signing import sign
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.expiry import describe, ends_within, verb
from conda_private.model.login import Login
from conda_private.output import notice_at_end

if TYPE_CHECKING:
    from requests import PreparedRequest

    from conda_private.model.secret import Secret

WARN_WITHIN = timedelta(days=7)
# Yields True once. Advancing an iterator is atomic, so this is safe among threads.
_first_warning = iter([True])


class PrivateAuth(ChannelAuthBase):
    """The handler. conda constructs it once for each URL, so the constructor reads nothing."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Authenticate a request that a login covers, and any other as conda would without us.

        Args:
            request: the request as it will be sent.

        Raises:
            CondaPrivateError: a login covers the URL, but its credential could not be read.
            InsecureUrlError: a proxy could read the credential.
        """
        url = str(request.url)
        login = resolver().find(url)
        if login is None:
            signed: PreparedRequest = CondaHttpAuth()(request)
            return signed
        _refuse_unusable_settings(login.address.origin)
        if _is_authenticated_by_run(url, login):
            return request
        secret = secret_for(login, url)
        _warn_once_before_expiry(login)
        sign(request, login.scheme, secret)
        _register_hooks(request, login, secret, url)
        return request


def _register_hooks(request: PreparedRequest, login: Login, secret: Secret, url: str) -> None:
    request.register_hook("response", CondaHttpAuth.handle_407)
    answers = Answers(login, secret, url)
    if login.source.signs_in:
        from conda_private.handler.renew import AskAgainRenewed

        request.register_hook("response", AskAgainRenewed(login, secret, answers))
    if not login.address.path:
        from conda_private.handler.retry import AskAgainUnsigned

        request.register_hook("response", AskAgainUnsigned(login, secret))
    request.register_hook("response", answers)


def secret_for(login: Login, url: str) -> Secret:
    """Return the credential for a request of conda.

    Args:
        login: the login that covers the request.
        url: what conda requests.

    Raises:
        CondaPrivateError: it could not be read. conda reads many channels, so the error also names
            the one that was requested, if it is not the login's.
    """
    try:
        return resolver().secret(login)
    except CondaPrivateError as error:
        from conda_private.handler.hints import address_of_url

        channel = address_of_url(url)
        if channel in (None, login.address):
            raise
        raise error.adding(f"The requested channel is {channel}.") from error


def _is_authenticated_by_run(url: str, login: Login) -> bool:
    """Whether the gateway of ``conda private run`` authenticates a request without TLS.

    Raises:
        InsecureUrlError: another proxy could read the credential.
    """
    if not url.startswith("http:") or login.allow_http:
        return False
    from conda_private.http.proxies import proxy_for, readable_by_proxy

    setting = proxy_for(url)
    if setting is None:
        return False
    from conda_private.http.tunnels import is_signed_by_run

    if not is_signed_by_run(url):
        raise readable_by_proxy(login.address, setting)
    return True


@cache  # for each server
def _refuse_unusable_settings(origin: str) -> None:
    # conda would end in the report of an unexpected error, which can quote a proxy's password.
    from conda_private.http.proxies import refuse_malformed_proxy
    from conda_private.http.tls_errors import refuse_missing_files

    refuse_malformed_proxy(origin)
    refuse_missing_files()


def _warn_once_before_expiry(login: Login) -> None:
    if login.expires and _is_ending(login.expires) and next(_first_warning, False):
        now = datetime.now(timezone.utc)
        when = f"{verb(login.expires, now)} {describe(login.expires, now)}"
        notice_at_end(
            f"\nWarning: The credential for {login.address} {when}.\nNext:  {how_to_renew(login)}"
        )


@cache  # the result does not change from package to package
def _is_ending(expires: str) -> bool:
    return ends_within(expires, WARN_WITHIN, datetime.now(timezone.utc))
