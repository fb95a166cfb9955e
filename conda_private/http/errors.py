"""Turns a failed connection or an HTTP status into an error: one class for each kind."""

from __future__ import annotations

import math
import re

import requests

from conda_private.http.challenges import offers_basic, only_unsupported
from conda_private.http.proxies import proxy_for
from conda_private.http.tls_errors import tls_error
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AccessDeniedError,
    ChannelNotFoundError,
    CondaPrivateError,
    ConnectionFailedError,
    NotAChannelError,
    ProxyRefusedError,
    ServerError,
    TokenRefusedError,
)

_TUNNEL = re.compile("Tunnel connection failed: ([0-9]{3}(?: [A-Za-z ]+)?)")
# Our own addresses are valid.
_INVALID = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (requests.exceptions.Timeout, "It did not respond in time."),
    (requests.TooManyRedirects, "It redirected the request too many times."),
    (_INVALID, "It redirected the request to an address that is not valid."),
)


def connection_error(host: str, error: Exception) -> CondaPrivateError:
    """The error for a request without an answer. It contains no part of the URL's path."""
    reason = _reason(error)
    if isinstance(error, requests.exceptions.SSLError):
        return tls_error(host, str(error), reason)
    if isinstance(error, requests.exceptions.ProxyError):
        if "Tunnel connection failed: 407" in str(error):
            return proxy_error(host)
        reason = _proxy_failed(host, error, reason)
    reason = next((words for kind, words in _KINDS if isinstance(error, kind)), reason)
    return ConnectionFailedError(
        f"{host} could not be reached.",
        cause=reason or "The connection failed.",
        next_step="check the address and the network, then repeat the command",
    )


def proxy_error(host: str) -> ProxyRefusedError:
    """The error for a proxy that requires a credential of its own."""
    return ProxyRefusedError(
        f"The proxy refused the connection to {host} (status 407).",
        cause="The proxy requires its own username and password.",
        next_step="see which proxy conda uses:  conda config --show proxy_servers",
    )


def _proxy_failed(host: str, error: requests.RequestException, reason: str) -> str:
    setting = proxy_for(str(error.request.url) if error.request else f"https://{host}")
    which = f"The proxy that {setting.name} names" if setting else "The configured proxy"
    status = _TUNNEL.search(str(error))
    if status:
        return f"{which} answered {status[1]} to the request for a connection to {host}."
    return f"{which} failed: {reason or 'no answer.'}"


def _reason(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            return f"{error.strerror}."
        inner = getattr(error, "reason", None)
        inner = inner or next((arg for arg in error.args if isinstance(arg, Exception)), None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return ""


def status_error(
    address: Address, status: int, challenge: str = "", *, wait: float | None = None
) -> CondaPrivateError:
    """The error for a status with which a server refuses to show a channel.

    Args:
        address: the channel.
        status: the HTTP status.
        challenge: the value of ``WWW-Authenticate`` (RFC 9110, section 11.6.1), or "".
        wait: for how many seconds the server asks not to be asked again; None if it does not say.
    """
    make = {401: _refused, 403: _denied, 404: _not_found}.get(status)
    if make:
        return make(address, challenge)
    if status == 407:
        return proxy_error(address.host)
    if status == 429:
        return rate_limited(address, wait)
    return ServerError(
        f"{address.netloc} failed with status {status}.",
        cause="The server, or a proxy in front of it, has a problem."
        if status >= 500
        else "The server does not accept this request.",
        next_step=f"repeat the command {later(wait)}, or use --no-verify to skip verification",
    )


def rate_limited(address: Address, wait: float | None) -> ServerError:
    """The error for a server that has had too many requests (RFC 6585, section 4)."""
    until = f" It asks to wait {duration(wait)}." if wait else ""
    return ServerError(
        f"{address.netloc} limits the number of requests, and this one was too many (status 429).",
        cause="The limit is for your account or for your network address, which you may share with"
        f" others.{until}",
        next_step=f"repeat the command {later(wait)}",
    )


def later(wait: float | None) -> str:
    """Return when to repeat a command: "in 30 seconds", or "later" if that is not known."""
    return f"in {duration(wait)}" if wait else "later"


def duration(seconds: float) -> str:
    """Format a number of seconds, rounded up to the unit that people would use."""
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= 2 * size or size == 1:
            count = math.ceil(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("the last unit fits")


def unsupported_error(address: Address, required: str) -> TokenRefusedError:
    """The error for a server that accepts only credentials which the plugin cannot send."""
    return TokenRefusedError(
        f"{address.netloc} requires {required} for {address}, which conda-private cannot send.",
        cause="It sends a token or a password in a header: token, Bearer, Basic, or a header of the"
        " server's own.",
        next_step="ask the people who run the server for a token, or for an address that accepts"
        f" Basic or Bearer, then run:  conda private login {address}",
    )


def _refused(address: Address, challenge: str) -> CondaPrivateError:
    if required := only_unsupported(challenge):
        return unsupported_error(address, required)
    hint = " The server expects a username: use --username." if offers_basic(challenge) else ""
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
