"""The user's own proxy: which one a URL needs, and a connection through it."""

from __future__ import annotations

import base64
import os
import re
import socket
import ssl
from urllib.parse import unquote, urlsplit

from conda_private.http.errors import proxy_error
from conda_private.model.exceptions import ConnectionFailedError

RUN_PROXY = "PRIVATE_RUN_PROXY"  # the variable with the proxy that conda runs behind
_SECONDS = 10.0
_MAX_ANSWER = 1 << 16  # bytes
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")


def proxy_url(url: str) -> str | None:
    """Return the proxy for a URL: conda's ``proxy_servers``, else that of the environment."""
    from conda.base.context import context
    from requests.utils import get_environ_proxies, select_proxy

    proxy: str | None = select_proxy(url, {**get_environ_proxies(url), **context.proxy_servers})
    return proxy


def is_signed_by_run(url: str) -> bool:
    """Whether a request goes to the gateway of ``conda private run``, which authenticates it."""
    return RUN_PROXY in os.environ and proxy_url(url) == os.environ[RUN_PROXY]


def connect(host: str, port: int) -> socket.socket:
    """Open a connection to a host, through the user's own proxy if there is one for it.

    Raises:
        ConnectionFailedError: the host or the proxy did not answer.
        ProxyRefusedError: the proxy requires a credential.
    """
    proxy = proxy_url(f"https://{host}:{port}")
    try:
        if not proxy:
            return socket.create_connection((host, port), _SECONDS)
        return _through(proxy, host, port)
    except OSError as error:
        raise ConnectionFailedError(
            f"{host} could not be reached.",
            cause=f"{error.strerror or 'The connection failed'}."
            + (" The configured proxy failed." if proxy else ""),
            next_step="check the address and the network, then repeat the command",
        ) from error


def _through(proxy: str, host: str, port: int) -> socket.socket:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme not in ("http", "https"):
        raise OSError(0, f"Proxies of the kind {parts.scheme} are not supported")
    default = 443 if parts.scheme == "https" else 80
    connection = socket.create_connection((parts.hostname or "", parts.port or default), _SECONDS)
    try:
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = context.wrap_socket(connection, server_hostname=parts.hostname)
        lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        _check(_answer(connection), host)
    except BaseException:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> bytes:
    # One byte at a time, because what follows is for the client.
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte or len(answer) > _MAX_ANSWER:
            raise OSError(0, "The proxy closed the connection")
        answer += byte
    return answer


def _check(answer: bytes, host: str) -> None:
    match = _STATUS.match(answer)
    status = int(match[1]) if match else 0
    if status == 407:
        raise proxy_error(host)
    if not 200 <= status < 300:
        raise OSError(0, f"The proxy answered with status {status}")
