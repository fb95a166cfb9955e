"""Sends requests to one API with one credential: JSON in and out, refusals as our errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from conda_private.http.client import Send, Signer
from conda_private.http.masking import masked
from conda_private.model.address import Address
from conda_private.model.exceptions import ServerError, UsageError
from conda_private.model.schemes import TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.server.errors import refusal
from conda_private.server.words import error_message, header_warnings

if TYPE_CHECKING:
    from requests import Response


class Api:
    """One API of a server, used with one credential.

    Args:
        address: the API's address.
        secret: the credential; None sends requests without one.
        send: sends one request.
        warn: shows a warning that the server puts into its headers.
        scheme: how the credential is sent.
        base: the address that the paths of the requests are below; the API's address by default.
    """

    def __init__(
        self,
        address: Address,
        secret: Secret | None,
        *,
        send: Send,
        warn: Callable[[str], None],
        scheme: Scheme = TOKEN,
        base: Address | None = None,
    ) -> None:
        self.address, self._base = address, base or address
        self._signer = Signer(self._base, scheme, secret) if secret else Signer()
        self._send, self._warn, self._secret = send, warn, secret

    def get(self, *path: str, query: Mapping[str, str] | None = None) -> Any:
        """Send a ``GET`` request.

        Args:
            path: the segments of the path, not yet percent-encoded.
            query: the query, not yet percent-encoded.

        Returns:
            The decoded JSON, or None for an answer without a body.

        Raises:
            CondaPrivateError: the API could not be reached, or refused the request.
        """
        return self._ask("GET", path, query=query)

    def post(self, *path: str, content: Mapping[str, object]) -> Any:
        """Send a ``POST`` request. It is not repeated if it may have succeeded."""
        return self._ask("POST", path, content)

    def put(self, *path: str, content: Mapping[str, object] | None = None) -> Any:
        """Send a ``PUT`` request."""
        return self._ask("PUT", path, content)

    def delete(self, *path: str) -> Any:
        """Send a ``DELETE`` request."""
        return self._ask("DELETE", path)

    def _ask(
        self,
        method: str,
        path: tuple[str, ...],
        content: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        url = "/".join((str(self._base), *map(_segment, path)))
        url += f"?{urlencode(query)}" if query else ""
        response = self._send(method, url, self._signer, content)
        for warning in header_warnings(response.headers):
            self._warn(warning)
        if 200 <= response.status_code < 300:
            return self._content(response)
        said = error_message(response)
        if self._secret:
            said = masked(said, self._secret)
        raise refusal(self.address, response, said=said)

    def _content(self, response: Response) -> Any:
        if not response.content:
            return None
        try:
            return response.json()
        except (ValueError, RecursionError):
            kind = response.headers.get("content-type", "of unknown type").partition(";")[0]
        raise ServerError(
            f"{self.address} is not an API: the answer is {kind}, not JSON.",
            cause="It may be a web page, the sign-in page of a proxy, or another kind of server.",
            next_step="specify the API of the server:  --api-url https://HOST/api",
        )


def _segment(name: str) -> str:
    # ".." or an empty segment would make the request call another function of the API.
    if name in ("", ".", ".."):
        raise UsageError(
            f"{name!r} is not a valid name.",
            cause="The names of users, organizations, groups, packages and tokens are never empty,"
            " '.' or '..'.",
            next_step="list your organizations and groups:  conda private whoami",
        )
    return quote(name, safe="")
