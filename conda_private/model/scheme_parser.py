"""Schemes as the command line and the index spell them."""

from __future__ import annotations

import re

from conda_private.model.exceptions import UsageError
from conda_private.model.schemes import (
    BEARER,
    PATH,
    TOKEN,
    BasicScheme,
    HeaderScheme,
    PathScheme,
    Scheme,
)

_BASE, _HEADER_NAME = "(?:/[A-Za-z0-9_-]+)+", "[A-Za-z0-9-]+"
# Headers that steer the connection or the request itself; none of them carries a credential.
_FORBIDDEN_HEADERS = frozenset(
    (
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "date",
        "expect",
        "host",
        "keep-alive",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
    )
)


def parse_scheme(text: str, username: str = "") -> Scheme:
    """Read ``token``, ``bearer``, ``basic`` (needs a user name), ``header:NAME`` or ``path``.

    ``path:/BASE`` puts the token behind a base that is not the root.

    Raises:
        UsageError: it is none of these, the user name cannot be one, or the header is one that
            the connection itself needs.
    """
    word, _, detail = text.partition(":")
    fixed: dict[str, Scheme] = {"token": TOKEN, "bearer": BEARER, "path": PATH}
    scheme = fixed.get(text)
    if text == "basic" and username and username.isprintable() and ":" not in username:
        scheme = BasicScheme(username)
    elif word == "header" and _is_header_name(detail):
        scheme = HeaderScheme(detail)
    elif word == "path" and re.fullmatch(_BASE, detail, re.ASCII):
        scheme = PathScheme(detail)
    if scheme:
        return scheme
    raise UsageError(
        "There is no such scheme, or it lacks something.",
        cause="A scheme is auto, token, bearer, path, basic (with --username, no ':' in it) or"
        " header:NAME, for instance header:X-API-Key.",
        next_step="conda private login --help",
    )


def _is_header_name(name: str) -> bool:
    odd = name.lower() in _FORBIDDEN_HEADERS or name.lower().startswith(("proxy-", "sec-"))
    return bool(re.fullmatch(_HEADER_NAME, name, re.ASCII)) and not odd
