"""Reads credentials from a request and says whom they stand for.

Nothing here knows what the request asks for; ``rights`` decides that.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING

from .model import Token

if TYPE_CHECKING:
    from .wire import Call
    from .world import Anaconda


@dataclass(frozen=True)
class Credential:
    """A secret and the form in which it was shown: path, token, bearer, basic or x-api-key."""

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
    return [*_in_path(call.segments), *_in_headers(call.headers)]


def _in_path(segments: list[str]) -> Iterator[Credential]:
    if len(segments) > 2 and segments[0] == "t":
        yield Credential("path", segments[1])


def _in_headers(headers: Message) -> Iterator[Credential]:
    for value in headers.get_all("Authorization", []):
        scheme, _, rest = value.strip().partition(" ")
        scheme, rest = scheme.lower(), rest.strip()
        if scheme == "basic":
            user, password = decode_basic(rest)
            yield Credential("basic", user, password)
        else:
            yield Credential(scheme, rest)
    for value in headers.get_all("X-API-Key", []):
        yield Credential("x-api-key", value.strip())


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
    token = world.tokens.get(credential.secret) if credential.form in world.forms else None
    return of_token(token) if token and not world.expired(token) else None


def _by_password(world: Anaconda, credential: Credential) -> Principal | None:
    wanted = "password" in world.forms and credential.form == "basic"
    if wanted and world.check_password(credential.secret, credential.password):
        return Principal(credential.secret)
    return None


def of_token(token: Token) -> Principal:
    """The principal a token stands for."""
    return Principal(token.acts_for, token.scopes, token)
