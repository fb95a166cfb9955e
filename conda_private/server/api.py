"""One API, asked with one credential: its answers as data, its refusals as our errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conda_private.http.client import Send, Signer
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import ServerError, UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.server.errors import refusal
from conda_private.server.words import headers_say, text_of

if TYPE_CHECKING:
    from requests import Response


class Api:
    """Sends the requests and reads the answers.

    Args:
        address: the API's address.
        secret: what signs; None asks as anybody.
        send: sends one request.
        warn: told, once for each text, what the server says in its headers.
        scheme: how the secret is shown.
    """

    def __init__(
        self,
        address: ChannelUrl,
        secret: Secret | None,
        *,
        send: Send,
        warn: Callable[[str], None],
        scheme: Scheme = TOKEN,
    ) -> None:
        self.address = address
        login = Login(address, scheme, source="") if secret else None
        self._signer = Signer(login, secret)
        self._send, self._warn = send, warn

    def get(self, *path: str) -> Any:
        """Read something.

        Args:
            path: the segments, as they are: quoted here.

        Raises:
            CondaPrivateError: the API was not reached, or refuses; its own words are in it.
        """
        return self._ask("GET", path)

    def post(self, *path: str, content: Mapping[str, object]) -> Any:
        """Make something. A try that may have worked is not repeated."""
        return self._ask("POST", path, content)

    def put(self, *path: str) -> Any:
        """Add something to something."""
        return self._ask("PUT", path)

    def delete(self, *path: str) -> Any:
        """Remove something."""
        return self._ask("DELETE", path)

    def _ask(
        self, method: str, path: tuple[str, ...], content: Mapping[str, object] | None = None
    ) -> Any:
        url = "/".join((str(self.address), *map(_segment, path)))
        response = self._send(method, url, self._signer, content)
        for said in headers_say(response.headers):
            self._warn(said)
        if 200 <= response.status_code < 300:
            return self._content(response)
        raise refusal(self.address, response, said=text_of(response))

    def _content(self, response: Response) -> Any:
        if not response.content:
            return None
        try:
            return response.json()
        except (ValueError, RecursionError):
            kind = response.headers.get("content-type", "of no type").partition(";")[0]
        raise ServerError(
            f"{self.address} does not answer as an API: with {kind}, not JSON.",
            cause="It may be a web page, a sign-in page of a proxy, or another kind of server.",
            next_step="name the API of the server:  --api-url https://HOST/api",
        )


def _segment(name: str) -> str:
    # On the way ".." would climb to another call, and so would a name that is empty.
    if name in ("", ".", ".."):
        raise UsageError(
            f"{name!r} is no name that an API can be asked about.",
            next_step="see the names that there are:  conda private whoami",
        )
    return quote(name, safe="")
