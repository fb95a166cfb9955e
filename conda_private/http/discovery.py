"""Reads what a server says about authentication, from the channel's own origin and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conda_private.http.client import Signer, send
from conda_private.model.address import Address
from conda_private.model.discovery import MAX_SIZE, Discovered, DiscoveryError, location, parse

if TYPE_CHECKING:
    from requests import Response

_BLOCK = 4096  # bytes


def discover(address: Address) -> Discovered:
    """Ask the server of a channel how it is used: one request, without a credential.

    No redirect is followed: what is at another origin was not said by this server.

    Raises:
        DiscoveryError: it does not say, or not in a form that is safe.
        ConnectionFailedError: the server did not answer, or conda is offline.
        TlsError: the server's certificate is not trusted.
    """
    url = location(address)
    response = send("GET", url, Signer(), follows=False, read_body=_bounded)
    if response.is_redirect:
        raise DiscoveryError.unusable(url, "It redirects the request to another address.")
    if response.status_code != 200:
        raise DiscoveryError(
            f"{address.netloc} does not say how its channels are used.",
            cause=f"It answers {url} with status {response.status_code}.",
            next_step=f"log in without --discover:  conda private login {address}",
        )
    return parse(response.content.decode("utf-8", "replace"), address)


def _bounded(response: Response, **kwargs: Any) -> Response:
    body = b""
    for block in response.iter_content(_BLOCK):
        body += block
        if len(body) > MAX_SIZE:
            response.close()
            cause = f"It is longer than {MAX_SIZE} bytes."
            raise DiscoveryError.unusable(response.url, cause)
    response._content = body
    return response
