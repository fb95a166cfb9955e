"""The forms in which servers take a secret. A scheme never holds one."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from conda_private.model.exceptions import UsageError
from conda_private.model.secret import MASK, HeaderValue, Secret

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


class _InHeader:
    def url(self, url: str, secret: Secret) -> str:
        """The URL to ask: unchanged, as the secret is in a header."""
        return url

    def clean(self, url: str, secret: Secret) -> str:
        """The URL without the secret: unchanged."""
        return url


@dataclass(frozen=True)
class AuthorizationScheme(_InHeader):
    """``Authorization: PREFIX SECRET``, for ``token`` and ``bearer``."""

    prefix: str

    @property
    def text(self) -> str:
        """The scheme as the command line and the index spell it."""
        return self.prefix.lower()

    @property
    def description(self) -> str:
        """What goes over the wire, masked."""
        return f"Authorization: {self.prefix} {MASK}"

    def headers(self, secret: Secret) -> dict[str, str]:
        """The headers that carry the secret."""
        return {"Authorization": HeaderValue(f"{self.prefix} {secret.reveal()}")}


@dataclass(frozen=True)
class BasicScheme(_InHeader):
    """``Authorization: Basic`` with a user name."""

    username: str
    text: ClassVar[str] = "basic"

    @property
    def description(self) -> str:
        """What goes over the wire, masked."""
        return f"Authorization: Basic {self.username}:{MASK}"

    def headers(self, secret: Secret) -> dict[str, str]:
        """The headers that carry the secret."""
        pair = f"{self.username}:{secret.reveal()}".encode()
        return {"Authorization": HeaderValue(f"Basic {base64.b64encode(pair).decode()}")}


@dataclass(frozen=True)
class HeaderScheme(_InHeader):
    """A header of the server's own, as ``X-API-Key: SECRET``."""

    name: str

    @property
    def text(self) -> str:
        """The scheme as the command line and the index spell it."""
        return f"header:{self.name}"

    @property
    def description(self) -> str:
        """What goes over the wire, masked."""
        return f"{self.name}: {MASK}"

    def headers(self, secret: Secret) -> dict[str, str]:
        """The headers that carry the secret."""
        return {self.name: HeaderValue(secret.reveal())}


@dataclass(frozen=True)
class PathScheme:
    """``/t/TOKEN`` in the URL's path; the form that shows the token to whoever sees URLs.

    Attributes:
        base: what stands before it in the path: "" or, for instance, ``/api/repo``.
    """

    base: str = ""

    @property
    def text(self) -> str:
        """The scheme as the command line and the index spell it."""
        return f"path:{self.base}" if self.base else "path"

    @property
    def description(self) -> str:
        """What goes over the wire, masked."""
        return f"{self.base}/t/{MASK}/ in the URL"

    def headers(self, secret: Secret) -> dict[str, str]:
        """The headers that carry the secret: none."""
        return {}

    def url(self, url: str, secret: Secret) -> str:
        """The URL with the token put behind its base; a URL elsewhere stays as it is."""
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        if not f"/{path}".startswith(f"{self.base}/"):
            return url
        inner = f"/{path}".removeprefix(self.base)
        return f"{scheme}://{host}{self.base}/t/{secret.reveal()}{inner}"

    def clean(self, url: str, secret: Secret) -> str:
        """The URL without the secret, wherever in it a server may have repeated that."""
        text = secret.reveal()
        return re.sub(rf"/t/{re.escape(text)}(?=[/?#]|$)", "", url).replace(text, MASK)


Scheme: TypeAlias = AuthorizationScheme | BasicScheme | HeaderScheme | PathScheme
TOKEN, BEARER, PATH = AuthorizationScheme("token"), AuthorizationScheme("Bearer"), PathScheme()


def can_be_in_path(secret: Secret) -> bool:
    """Whether conda's own parser, which masks ``/t/TOKEN/``, would know this token for one."""
    return bool(re.fullmatch("[A-Za-z0-9-]+", secret.reveal(), re.ASCII))


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
