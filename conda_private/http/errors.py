"""Turns a failed connection or an HTTP status into an error: one class for each kind."""

from __future__ import annotations

import requests

from conda_private.model.address import Address
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
    """The error for a request without an answer. It contains no part of the URL's path."""
    reason = _reason(error)
    if isinstance(error, requests.exceptions.SSLError):
        return _tls_error(host, reason, speaks_tls="WRONG_VERSION_NUMBER" not in str(error))
    if isinstance(error, requests.exceptions.ProxyError):
        if "Tunnel connection failed: 407" in str(error):
            return proxy_error(host)
        reason = f"The configured proxy failed: {reason or 'no answer.'}"
    if isinstance(error, requests.exceptions.Timeout):
        reason = "It did not respond in time."
    if isinstance(error, requests.TooManyRedirects):
        reason = "It redirected the request too many times."
    return ConnectionFailedError(
        f"{host} could not be reached.",
        cause=reason or "The connection failed.",
        next_step="check the address and the network, then repeat the command",
    )


def _tls_error(host: str, reason: str, *, speaks_tls: bool) -> TlsError:
    if not speaks_tls:
        return TlsError(
            f"{host} does not support TLS on this port.",
            cause="The address begins with https, but the server answers in plain HTTP.",
            next_step="check the scheme and the port of the address. If you trust the network, you"
            f" can use HTTP:\nconda private login http://{host}/my-org --allow-http",
        )
    return TlsError(
        f"The certificate of {host} is not trusted.",
        cause=reason or "It is not signed by a certificate authority that this machine trusts.",
        next_step="ask for the certificate of the server's authority, then run:\n"
        "conda config --set ssl_verify FILE.pem\n"
        "(REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE take precedence over that setting.)",
    )


def proxy_error(host: str) -> ProxyRefusedError:
    """The error for a proxy that requires a credential of its own."""
    return ProxyRefusedError(
        f"The proxy refused the connection to {host} (status 407).",
        cause="The proxy requires its own username and password.",
        next_step="see which proxy conda uses:  conda config --show proxy_servers",
    )


def _reason(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            return f"{error.strerror}."
        inner = getattr(error, "reason", None)
        inner = inner or next((arg for arg in error.args if isinstance(arg, Exception)), None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return ""


def status_error(address: Address, status: int, challenge: str = "") -> CondaPrivateError:
    """The error for a status with which a server refuses to show a channel.

    Args:
        address: the channel.
        status: the HTTP status.
        challenge: the value of ``WWW-Authenticate`` (RFC 9110, section 11.6.1), or "".
    """
    make = {401: _refused, 403: _denied, 404: _not_found}.get(status)
    if make:
        return make(address, challenge)
    if status == 407:
        return proxy_error(address.host)
    return ServerError(
        f"{address.netloc} failed with status {status}.",
        cause="The server, or a proxy in front of it, has a problem."
        if status >= 500
        else "The server does not accept this request.",
        next_step="repeat the command later, or use --no-verify to skip verification",
    )


def _refused(address: Address, challenge: str) -> CondaPrivateError:
    hint = " The server expects a username: use --username." if "basic" in challenge.lower() else ""
    return TokenRefusedError(
        f"{address.netloc} refused this credential for {address} (status 401).",
        cause=f"It is mistyped, expired or revoked, or it belongs to another server.{hint}",
        next_step=f"copy the token again, then run:  conda private login {address}",
    )


def _denied(address: Address, challenge: str) -> CondaPrivateError:
    return AccessDeniedError(
        f"This credential gives no access to {address} (status 403 from {address.netloc}).",
        cause="It may be valid, but its account does not have permission to read this channel.",
        next_step=f"ask the channel's owner for access, then run:  conda private login {address}",
    )


def _not_found(address: Address, challenge: str) -> CondaPrivateError:
    if not address.path:
        return ChannelNotFoundError(
            f"{address.netloc} has no channel at its root (status 404).",
            cause="A login can be for a whole server, but it can only be verified with a channel.",
            next_step=f"conda private login {address}/my-org\n"
            f"or, for all channels of the server:  conda private login {address} --no-verify",
        )
    return ChannelNotFoundError(
        f"{address.netloc} has no channel at {address} (status 404).",
        cause="The name or the label is mistyped, or the server hides the channel from this token.",
        next_step=f"check the address in a browser, then run:  conda private login {address}",
    )


def not_a_channel(address: Address, answer: str) -> NotAChannelError:
    """The error for an address that answers with something else than repodata.

    Args:
        address: the address.
        answer: what it answers with: "text/html, not repodata".
    """
    return NotAChannelError(
        f"{address} is not a conda channel: the answer is {answer}.",
        cause="It may be a web page, the sign-in page of a proxy, or another kind of repository.",
        next_step="use the part of the address before /noarch:"
        f"  conda private login {address.origin}/my-org",
    )
