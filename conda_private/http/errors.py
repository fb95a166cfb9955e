"""What a missing or refusing answer means, in plain words: one error for each kind."""

from __future__ import annotations

import requests

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    AccessDeniedError,
    ChannelNotFoundError,
    CondaPrivateError,
    ConnectionFailedError,
    NotAChannelError,
    ProxyRefusedError,
    ServerError,
    TlsError,
    TokenRefusedError,
)


def connection_error(host: str, error: Exception) -> CondaPrivateError:
    """The error for a request without an answer. Its text holds no part of the URL's path."""
    reason = _reason(error)
    if isinstance(error, requests.exceptions.SSLError):
        return _tls_error(host, reason, speaks_tls="WRONG_VERSION_NUMBER" not in str(error))
    if isinstance(error, requests.exceptions.ProxyError):
        if "Tunnel connection failed: 407" in str(error):
            return proxy_error(host)
        reason = f"The proxy that conda's settings or HTTPS_PROXY name did not help: {reason}"
    if isinstance(error, requests.exceptions.Timeout):
        reason = "It did not answer in time."
    return ConnectionFailedError(
        f"{host} could not be reached.",
        cause=reason or "The connection broke.",
        next_step="check the address and the network, then repeat the command",
    )


def _tls_error(host: str, reason: str, *, speaks_tls: bool) -> TlsError:
    if not speaks_tls:
        return TlsError(
            f"{host} does not speak TLS on this port.",
            cause="The address begins with https, and the server answers in plain http.",
            next_step="check scheme and port of the address; where http is meant and the network is"
            " trusted:\nconda private login http://HOST/CHANNEL --allow-http",
        )
    return TlsError(
        f"{host} showed a certificate that is not accepted.",
        cause=reason or "It is not signed by an authority that this machine knows.",
        next_step="ask for the authority's file, then  conda config --set ssl_verify FILE.pem\n"
        "(REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, when set, win over that setting)",
    )


def proxy_error(host: str) -> ProxyRefusedError:
    """The error for a proxy that asks for a credential of its own."""
    return ProxyRefusedError(
        f"A proxy on the way to {host} refuses the connection (status 407).",
        cause="It wants a user name and a password of its own.",
        next_step="see which one conda uses:  conda config --show proxy_servers",
    )


def _reason(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            return f"{error.strerror}."
        inner = getattr(error, "reason", None)
        inner = inner or next((arg for arg in error.args if isinstance(arg, Exception)), None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return ""


def status_error(scope: ChannelUrl, status: int, challenge: str = "") -> CondaPrivateError:
    """The error for an answer that refuses a channel to a credential."""
    make = {401: _refused, 403: _denied, 404: _not_found}.get(status)
    if make:
        return make(scope, challenge)
    if status == 407:
        return proxy_error(scope.host)
    return ServerError(
        f"{scope.netloc} failed with status {status}.",
        cause="The server, or something before it, has a problem of its own."
        if status >= 500
        else "The server does not take such a request.",
        next_step="repeat the command later, or skip the check: --no-verify",
    )


def _refused(scope: ChannelUrl, challenge: str) -> CondaPrivateError:
    hint = (
        " The server asks for a user name: add --username." if "basic" in challenge.lower() else ""
    )
    return TokenRefusedError(
        f"{scope.netloc} refuses this credential for {scope} (status 401).",
        cause=f"It is mistyped, expired or revoked, or belongs to another server.{hint}",
        next_step=f"copy the token again, then  conda private login {scope}",
    )


def _denied(scope: ChannelUrl, challenge: str) -> CondaPrivateError:
    return AccessDeniedError(
        f"{scope.netloc} does not let this credential into {scope} (status 403).",
        cause="It may be right, but its account has no right to read this channel.",
        next_step="ask the channel's owner for access, then  conda private login " + str(scope),
    )


def _not_found(scope: ChannelUrl, challenge: str) -> CondaPrivateError:
    if not scope.path:
        return ChannelNotFoundError(
            f"{scope.netloc} has no channel at its root (status 404).",
            cause="A whole host can have a login, but there is no channel to verify it with.",
            next_step=f"conda private login {scope}/CHANNEL\n"
            f"or, for every channel of the host:  conda private login {scope} --no-verify",
        )
    return ChannelNotFoundError(
        f"{scope.netloc} has no channel at {scope} (status 404).",
        cause="The name or the label is mistyped; or the server hides it from this token.",
        next_step="check the channel's address in a browser, then  conda private login CHANNEL",
    )


def not_a_channel(scope: ChannelUrl, answer: str) -> NotAChannelError:
    """The error for an answer that is no repodata."""
    return NotAChannelError(
        f"{scope} is not a conda channel: the answer is {answer}.",
        cause="It may be a web page, a sign-in page of a proxy, or another kind of repository.",
        next_step="use the address that ends where noarch/ begins:"
        "  conda private login https://HOST/CHANNEL",
    )
