"""Reads credentials from a request and says whom they stand for.

Nothing here knows what the request asks for; ``rights`` decides that.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .model import Token

# Words of the header Authorization, and headers of their own.
WORDS = ("token", "bearer")
HEADERS = ("x-api-key", "x-auth", "x-jfrog-art-api")
# Where any of the servers takes a token in the path.
PATH_TOKEN = re.compile("(?:/(?:(?:api/)?repo|quetz))?/t/([^/]+)/")

if TYPE_CHECKING:
    from .wire import Call
    from .world import Anaconda


@dataclass(frozen=True)
class Credential:
    """A secret and the form in which it was shown: path, token, bearer, basic or a header."""

    form: str
    secret: str
    password: str = ""


@dataclass(frozen=True)
class Principal:
    """Whoever asks; ``token`` is None for a sign-in by password, which has every scope."""

    login: str
    scopes: tuple[str, ...] = ()
    token: Token | None = None


def shown(call: Call) -> list[Credential]:
    """Every credential of a request, that of the path first."""
    return [*_in_path(call.raw_path), *_in_headers(call.headers)]


def _in_path(path: str) -> Iterator[Credential]:
    match = PATH_TOKEN.match(path)
    if match:
        yield Credential("path", unquote(match[1]))


def _in_headers(headers: Message) -> Iterator[Credential]:
    for value in headers.get_all("Authorization", []):
        scheme, _, rest = value.strip().partition(" ")
        scheme, rest = scheme.lower(), rest.strip()
        if scheme == "basic":
            user, password = decode_basic(rest)
            yield Credential("basic", user, password)
        else:
            yield Credential(scheme if scheme in WORDS else f"authorization {scheme}", rest)
    for name in HEADERS:
        for value in headers.get_all(name, []):
            yield Credential(name, value.strip())


def decode_basic(text: str) -> tuple[str, str]:
    """User and password of a Basic credential; empty ones when it cannot be read."""
    try:
        user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def principal(world: Anaconda, credentials: list[Credential]) -> Principal | None:
    """Whom the first good credential stands for, of the forms the world accepts."""
    for credential in credentials:
        found = _by_token(world, credential) or _by_password(world, credential)
        if found:
            return found
    return None


def _by_token(world: Anaconda, credential: Credential) -> Principal | None:
    for text in _token_texts(world, credential):
        token = world.tokens.get(text)
        if token and not world.expired(token):
            return of_token(token)
    return None


def _token_texts(world: Anaconda, credential: Credential) -> Iterator[str]:
    user, password = credential.secret, credential.password
    if credential.form in world.forms:
        yield credential.secret
    if credential.form == "basic" and world.forms & {f"basic:{user}", "basic:*"}:
        yield password
    owner = world.tokens[password].user if password in world.tokens else None
    if "password-token" in world.forms and owner == user:
        yield password


def _by_password(world: Anaconda, credential: Credential) -> Principal | None:
    wanted = "password" in world.forms and credential.form == "basic"
    if wanted and world.check_password(credential.secret, credential.password):
        return Principal(credential.secret)
    return None


def of_token(token: Token) -> Principal:
    """The principal a token stands for."""
    return Principal(token.acts_for, token.scopes, token)
