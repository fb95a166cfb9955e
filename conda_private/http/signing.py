"""Adds a credential to a request, and removes it where a redirect must not take it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from conda_private.http.masking import mask_head, masked
from conda_private.model.schemes import Scheme
from conda_private.model.secret import MASK, Secret

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_HAS_HOST = re.compile("https?://[a-z0-9]", re.I | re.ASCII)


def sign(request: PreparedRequest, scheme: Scheme, secret: Secret) -> None:
    """Add a credential to a request, in place. The answers need a ``Guard``."""
    for name, value in scheme.headers(secret).items():
        request.headers[name] = value
    request.url = scheme.url(str(request.url), secret)


def is_signed(request: PreparedRequest, scheme: Scheme, secret: Secret) -> bool:
    """Whether a request has a credential as ``sign`` adds it."""
    url = str(request.url)
    headers = scheme.headers(secret).items()
    return scheme.clean(url, secret) != url or any(
        request.headers.get(name) == value for name, value in headers
    )


def unsign(request: PreparedRequest, scheme: Scheme, secret: Secret) -> None:
    """Remove a credential from a request, in place."""
    for name in scheme.headers(secret):
        request.headers.pop(name, None)
    request.url = scheme.clean(str(request.url), secret)


class Guard:
    """A response hook that keeps the credential inside its address, and out of logs and errors.

    Args:
        scheme: how the credential is sent.
        secret: the credential.
        applies: whether the target of a redirect may get the credential.
    """

    def __init__(self, scheme: Scheme, secret: Secret, applies: Callable[[str], bool]) -> None:
        self._scheme, self._secret, self._applies = scheme, secret, applies
        self._is_removed = False

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        mask_head(response, self._secret)
        if response.is_redirect and response.headers["location"]:
            self._check_redirect(response)
        else:
            self._hide(response)
        return response

    def _check_redirect(self, response: Response) -> None:
        # requests creates the next request from a copy of this one. The header gets exactly the
        # URL that was checked, so that requests cannot parse the server's text differently.
        target = _absolute(response.headers["location"], response.url)
        clean = self._scheme.clean(target, self._secret)
        signed = response.request
        if self._applies(clean):
            response.headers["location"] = target
            self._hide(response)  # only in this answer: requests copies `signed`
            return
        response.headers["location"] = clean
        # Removed for good: no later request has it, even if the chain of redirects returns.
        unsign(signed, self._scheme, self._secret)
        self._is_removed = True
        response.url = self._scheme.clean(response.url, self._secret)

    def _hide(self, response: Response) -> None:
        # conda prints the request of a response, at -vv and in errors with --json. It is copied
        # only if it shows the credential, because copying cookies is slow.
        request, scheme = response.request, self._scheme
        names = () if self._is_removed else scheme.headers(self._secret)
        carried = [name for name in names if name in request.headers]
        # A redirect can repeat the credential in any URL.
        url = masked(scheme.clean(str(request.url), self._secret), self._secret)
        response.url = masked(scheme.clean(response.url, self._secret), self._secret)
        if carried or url != request.url:
            response.request = shown = request.copy()
            shown.headers.update(dict.fromkeys(carried, MASK))
            shown.url = url


def _absolute(location: str, base: str) -> str:
    # An absolute URL needs no urljoin, which takes longer than the rest of the hook.
    return location if _HAS_HOST.match(location) else urljoin(base, location)
