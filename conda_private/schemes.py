"""The forms in which servers take a secret. A scheme never holds one."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from conda_private.exceptions import UsageError
from conda_private.secret import MASK, HeaderValue, Secret

_PATH_TOKEN = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
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
    """``/t/TOKEN`` before the channel's path: the form that puts the token into URLs."""

    text: ClassVar[str] = "path"
    description: ClassVar[str] = f"/t/{MASK}/ in the URL"

    def headers(self, secret: Secret) -> dict[str, str]:
        """The headers that carry the secret: none."""
        return {}

    def url(self, url: str, secret: Secret) -> str:
        """The URL with the token put before its path."""
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        return f"{scheme}://{host}/t/{secret.reveal()}/{path}"

    def clean(self, url: str, secret: Secret) -> str:
        """The URL without the secret."""
        return url.replace(f"/t/{secret.reveal()}/", "/", 1)


Scheme: TypeAlias = AuthorizationScheme | BasicScheme | HeaderScheme | PathScheme
TOKEN, BEARER, PATH = AuthorizationScheme("token"), AuthorizationScheme("Bearer"), PathScheme()


def parse_scheme(text: str, username: str = "") -> Scheme:
    """Read ``token``, ``bearer``, ``path``, ``basic`` (needs a user name) or ``header:NAME``.

    Raises:
        UsageError: it is none of these, the user name cannot be one, or the header is one that
            the connection itself needs.
    """
    fixed: dict[str, Scheme] = {scheme.text: scheme for scheme in (TOKEN, BEARER, PATH)}
    if text in fixed:
        return fixed[text]
    if text == "basic" and username and username.isprintable() and ":" not in username:
        return BasicScheme(username)
    word, _, name = text.partition(":")
    if word == "header" and _is_header_name(name):
        return HeaderScheme(name)
    raise UsageError(
        "There is no such scheme, or it lacks something.",
        cause="A scheme is auto, token, bearer, path, basic (with --username, no ':' in it) or"
        " header:NAME, for instance header:X-API-Key.",
        next_step="conda private login --help",
    )


def _is_header_name(name: str) -> bool:
    odd = name.lower() in _FORBIDDEN_HEADERS or name.lower().startswith(("proxy-", "sec-"))
    return bool(_HEADER_NAME.fullmatch(name)) and not odd


def can_be_in_path(secret: Secret) -> bool:
    """Whether conda's own parser, which masks ``/t/TOKEN/``, would know this token for one."""
    return bool(_PATH_TOKEN.fullmatch(secret.reveal()))
