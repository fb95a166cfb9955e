"""Authenticates requests: puts a credential on, and takes it off where it must not go."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from conda_private.model.login import Login
from conda_private.model.secret import MASK, Secret

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_HAS_HOST = re.compile("https?://[a-z0-9]", re.I | re.ASCII)


def sign(request: PreparedRequest, login: Login, secret: Secret) -> None:
    """Put a login's secret on a request, in place. Its answers need a ``Guard``."""
    for name, value in login.scheme.headers(secret).items():
        request.headers[name] = value
    request.url = login.scheme.url(str(request.url), secret)


def is_signed(request: PreparedRequest, login: Login, secret: Secret) -> bool:
    """Whether a request carries a login's secret, as ``sign`` puts it there."""
    url = str(request.url)
    headers = login.scheme.headers(secret).items()
    return login.scheme.clean(url, secret) != url or any(
        request.headers.get(name) == value for name, value in headers
    )


def unsign(request: PreparedRequest, login: Login, secret: Secret) -> None:
    """Take a login's secret off a request again, in place."""
    for name in login.scheme.headers(secret):
        request.headers.pop(name, None)
    request.url = login.scheme.clean(str(request.url), secret)


class Guard:
    """A response hook: takes the credential off where it must not go, and out of what is kept.

    Args:
        applies: whether a URL that a redirect leads to may get this same credential.
    """

    def __init__(self, login: Login, secret: Secret, applies: Callable[[str], bool]) -> None:
        self._login, self._secret, self._applies = login, secret, applies
        self._is_off = False

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        if response.is_redirect and response.headers["location"]:
            self._stay_in_scope(response)
        elif not self._is_off:
            self._hide(response)
        return response

    def _stay_in_scope(self, response: Response) -> None:
        # requests makes the next request out of a copy of this one. It is handed the very address
        # that was judged, so that it cannot read the server's words in another way.
        target = _absolute(response.headers["location"], response.url)
        clean = self._login.scheme.clean(target, self._secret)
        signed = response.request
        if self._applies(clean):
            response.headers["location"] = target
            self._hide(response)  # what is kept of this answer; the next request is of `signed`
            return
        response.headers["location"] = clean
        # For good: nothing puts it on again, and no later answer has a request that shows it.
        unsign(signed, self._login, self._secret)
        self._is_off = True
        response.url = self._login.scheme.clean(response.url, self._secret)

    def _hide(self, response: Response) -> None:
        # conda prints the request that belongs to a response, at -vv and in errors with --json.
        # A copy is only made of one that shows something: copying cookies takes its time.
        request, scheme = response.request, self._login.scheme
        carried = [name for name in scheme.headers(self._secret) if name in request.headers]
        url = scheme.clean(str(request.url), self._secret)
        response.url = scheme.clean(response.url, self._secret)
        if carried or url != request.url:
            response.request = shown = request.copy()
            shown.headers.update(dict.fromkeys(carried, MASK))
            shown.url = url


def _absolute(location: str, base: str) -> str:
    # What has a scheme and a host stands for itself, and joining takes longer than all the rest.
    return location if _HAS_HOST.match(location) else urljoin(base, location)
