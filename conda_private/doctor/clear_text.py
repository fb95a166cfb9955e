"""Finds credentials in URLs: ``/t/TOKEN/`` in the path, and a username or password at the host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from conda_private.model.secret import MASK, Secret

_URL = re.compile(
    r"(https?://)([^\s\"'`<>\\|\x00-\x1f\x7f]*[^\s\"'`<>\\|,;)\]}\x00-\x1f\x7f])", re.IGNORECASE
)
_USER = re.compile(r"([^/?#@]*(?:@[^/?#@]+)*)@")
_TOKEN = re.compile(r"/t/([^/?#]+)(?=/)")
# A topic of a forum: https://HOST/t/NAME/123
_TOPIC = re.compile(r"/t/[a-z0-9-]+/[0-9]+(?:/[0-9]+)?/?\Z")
# Placeholders and variables of shells, of conda and of templates.
_PLACEHOLDER = re.compile(r"[<>${}%*]|\A(?:your[-_]?)?(?:token|password|secret)\Z", re.IGNORECASE)
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_LEAST = 12  # characters of a username that can be a token


class Clear(NamedTuple):
    """A URL with a credential in a text.

    Attributes:
        start: the index of its first character.
        end: the index after its last character.
        line: the number of its line, from 1.
        url: the URL without the credential.
        masked: the URL with the credential masked.
        secret: the credential.
        username: the username of a password, or "".
    """

    start: int
    end: int
    line: int
    url: str
    masked: str
    secret: Secret
    username: str = ""


def search(text: str) -> Iterator[Clear]:
    """Yield the URLs with a credential in a text."""
    line, counted = 1, 0
    for match in _URL.finditer(text):
        found = _credential(match[2])
        if found is None:
            continue
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        rest, masked, secret, username = found
        urls = f"{match[1]}{rest}", f"{match[1]}{masked}"
        yield Clear(match.start(), match.end(), line, *urls, secret, username)


def without(text: str) -> str:
    """Return the text with each credential removed from its URL."""
    return _replaced(text, lambda each: each.url)


def with_masks(text: str) -> str:
    """Return the text with each credential masked."""
    return _replaced(text, lambda each: each.masked)


def _replaced(text: str, new: Callable[[Clear], str]) -> str:
    parts, end = [], 0
    for each in search(text):
        parts += [text[end : each.start], new(each)]
        end = each.end
    return "".join([*parts, text[end:]])


def _credential(rest: str) -> tuple[str, str, Secret, str] | None:
    """Return what is behind ``https://`` without the credential, masked, the credential, a name."""
    token = _TOKEN.search(rest)
    if token and not _is_placeholder(token[1]) and not _TOPIC.search(rest):
        # A username in front of it goes, too: conda sends only one of them.
        path = rest[: token.start()] + rest[token.end() :]
        masked = f"{rest[: token.start()]}/t/{MASK}{rest[token.end() :]}"
        return _USER.sub("", path, count=1), _without_user(masked), Secret(token[1]), ""
    user = _USER.match(rest)
    if user is None:
        return None
    name, colon, password = user[1].partition(":")
    value = password if colon and password else name
    if _is_placeholder(value) or (value == name and len(name) < _LEAST):
        return None
    username = unquote(name) if value == password else ""
    return rest[user.end() :], _without_user(rest), Secret(unquote(value)), username


def _without_user(rest: str) -> str:
    return _USER.sub(f"{MASK}@", rest, count=1)


def _is_placeholder(value: str) -> bool:
    return not value or bool(_PLACEHOLDER.search(_ENCODED.sub("", value)))
