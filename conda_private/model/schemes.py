"""Authentication schemes: the forms in which servers accept a credential. None holds one."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

from conda_private.model.address import is_segment
from conda_private.model.exceptions import SecretFormatError, UsageError
from conda_private.model.secret import MASK, HeaderValue, Secret

_HEADER_NAME = "[A-Za-z0-9-]+"
# Headers that control the connection or the request itself; none of them carries a credential.
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

# What an error adds if a token was not sent in the URL, and that could have worked.
PATH_NOT_TRIED = (
    "The form /t/<TOKEN>/ in the URL was not tried, because conda recognizes and masks only tokens"
    " of letters, digits and '-' there. If this server accepts tokens only in the URL, you need one"
    " without other characters."
)
# Usernames that mark the password as a token.
_TOKEN_USERS = frozenset({"token", "oauth2accesstoken", "__token__"})


class Scheme(Protocol):
    """How a credential is sent. A new one is a class and a row in ``PARSERS``."""

    @property
    def text(self) -> str:
        """Its name on the command line and in the logins file."""

    @property
    def description(self) -> str:
        """What is sent, with the credential masked."""

    def headers(self, secret: Secret) -> dict[str, str]:
        """Return the headers that carry the credential.

        Raises:
            SecretFormatError: the scheme cannot carry it: it has characters outside ASCII.
        """

    def url(self, url: str, secret: Secret) -> str:
        """Return the URL to send, with the credential if the URL carries it."""

    def clean(self, url: str, secret: Secret) -> str:
        """Return the URL without the credential."""


class _InHeader:
    def url(self, url: str, secret: Secret) -> str:
        """Return the URL to send: unchanged, because the credential is in a header."""
        return url

    def clean(self, url: str, secret: Secret) -> str:
        """Return the URL without the credential: unchanged."""
        return url


@dataclass(frozen=True)
class AuthorizationScheme(_InHeader):
    """``Authorization: PREFIX CREDENTIAL``, for ``token`` and ``bearer`` (RFC 6750)."""

    prefix: str

    @property
    def text(self) -> str:
        """Its name on the command line and in the logins file."""
        return self.prefix.lower()

    @property
    def description(self) -> str:
        """What is sent, with the credential masked."""
        return f"Authorization: {self.prefix} {MASK}"

    def headers(self, secret: Secret) -> dict[str, str]:
        """Return the headers that carry the credential."""
        return {"Authorization": HeaderValue(f"{self.prefix} {_in_ascii(secret)}")}


@dataclass(frozen=True)
class BasicScheme(_InHeader):
    """``Authorization: Basic`` with a username, in UTF-8 (RFC 7617, section 2.1)."""

    username: str
    text: ClassVar[str] = "basic"

    @property
    def is_for_token(self) -> bool:
        """Whether the username marks the password as a token."""
        return self.username in _TOKEN_USERS

    @property
    def description(self) -> str:
        """What is sent, with the credential masked."""
        return f"Authorization: Basic {self.username}:{MASK}"

    def headers(self, secret: Secret) -> dict[str, str]:
        """Return the headers that carry the credential."""
        pair = _composed(f"{self.username}:{secret.reveal()}").encode()
        return {"Authorization": HeaderValue(f"Basic {base64.b64encode(pair).decode()}")}


@dataclass(frozen=True)
class HeaderScheme(_InHeader):
    """A header that the server defines, such as ``X-API-Key: CREDENTIAL``."""

    name: str

    @property
    def text(self) -> str:
        """Its name on the command line and in the logins file."""
        return f"header:{self.name}"

    @property
    def description(self) -> str:
        """What is sent, with the credential masked."""
        return f"{self.name}: {MASK}"

    def headers(self, secret: Secret) -> dict[str, str]:
        """Return the headers that carry the credential."""
        return {self.name: HeaderValue(_in_ascii(secret))}


@dataclass(frozen=True)
class PathScheme:
    """``/t/TOKEN`` in the path of the URL, so everyone who sees the URL sees the token.

    Attributes:
        base: the part of the path in front of it: "" or, for example, ``/api/repo``.
    """

    base: str = ""

    @property
    def text(self) -> str:
        """Its name on the command line and in the logins file."""
        return f"path:{self.base}" if self.base else "path"

    @property
    def description(self) -> str:
        """What is sent, with the credential masked."""
        return f"{self.base}/t/{MASK}/ in the URL"

    def headers(self, secret: Secret) -> dict[str, str]:
        """Return the headers that carry the credential: none."""
        return {}

    def url(self, url: str, secret: Secret) -> str:
        """Return the URL with the token after its base; unchanged if it has another base."""
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        if not f"/{path}".startswith(f"{self.base}/"):
            return url
        inner = f"/{path}".removeprefix(self.base)
        return f"{scheme}://{host}{self.base}/t/{secret.reveal()}{inner}"

    def clean(self, url: str, secret: Secret) -> str:
        """Return the URL without the token, wherever a server may have repeated it."""
        text = secret.reveal()
        return re.sub(rf"/t/{re.escape(text)}(?=[/?#]|$)", "", url).replace(text, MASK)


TOKEN, BEARER, PATH = AuthorizationScheme("token"), AuthorizationScheme("Bearer"), PathScheme()


def can_send(scheme: Scheme, secret: Secret) -> bool:
    """Whether a scheme can carry a credential.

    Only ``basic`` carries characters outside ASCII. A token in ``/t/TOKEN/`` must be one that conda
    recognizes there, and so masks in its output.
    """
    if isinstance(scheme, PathScheme):
        return bool(re.fullmatch("[A-Za-z0-9-]+", secret.reveal(), re.ASCII))
    return isinstance(scheme, BasicScheme) or secret.reveal().isascii()


def _in_ascii(secret: Secret) -> str:
    text = secret.reveal()
    if text.isascii():
        return text
    raise SecretFormatError.outside_ascii()


def _composed(text: str) -> str:
    """Return a text in Normalization Form C, in which Basic is sent."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def parse_scheme(text: str, username: str = "") -> Scheme:
    """Parse a scheme, such as ``token`` or ``header:NAME``.

    Args:
        text: the scheme.
        username: the username for ``basic``, or "".

    Raises:
        UsageError: there is no such scheme, the username is not valid, or the header controls the
            connection or the request itself.
    """
    word, colon, detail = text.partition(":")
    row = PARSERS.get(word)
    scheme = row.parse(detail, username) if row and bool(colon) == bool(detail) else None
    if scheme:
        return scheme
    raise UsageError(
        "This is not a valid scheme.",
        cause=f"The schemes are auto, {', '.join(row.usage for row in PARSERS.values())}.",
        next_step="conda private login --help",
    )


def _basic(detail: str, username: str) -> Scheme | None:
    is_name = username and username.isprintable() and ":" not in username
    return BasicScheme(username) if is_name and not detail else None


def _header(detail: str, username: str) -> Scheme | None:
    return HeaderScheme(detail) if _is_header_name(detail) else None


def _path(detail: str, username: str) -> Scheme | None:
    root, *segments = detail.split("/")
    return PathScheme(detail) if not root and all(map(is_segment, segments)) else None


def _is_header_name(name: str) -> bool:
    odd = name.lower() in _FORBIDDEN_HEADERS or name.lower().startswith(("proxy-", "sec-"))
    return bool(re.fullmatch(_HEADER_NAME, name, re.ASCII)) and not odd


class Parser(NamedTuple):
    """One kind of scheme. A new one is a class and a row in ``PARSERS``.

    Attributes:
        usage: how it is written, for the error.
        parse: returns the scheme for the text after the colon and the username, or None if they
            are not valid.
    """

    usage: str
    parse: Callable[[str, str], Scheme | None]


PARSERS: dict[str, Parser] = {
    "token": Parser("token", lambda detail, username: None if detail else TOKEN),
    "bearer": Parser("bearer", lambda detail, username: None if detail else BEARER),
    "path": Parser("path", _path),
    "basic": Parser("basic (with --username, without ':' in the name)", _basic),
    "header": Parser("header:NAME, such as header:X-API-Key", _header),
}
