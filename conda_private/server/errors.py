"""What an API's refusal means: the server's words, the cause, and the next command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conda_private.http.errors import proxy_error
from conda_private.http.retries import asked_for
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    AccessDeniedError,
    AlreadyExistsError,
    CondaPrivateError,
    NotFoundError,
    RequestRefusedError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.known_servers import ANACONDA_API
from conda_private.server.words import headers_say

if TYPE_CHECKING:
    from requests import Response

_LOGIN = "conda private login --account"
_NEW_NAME = "choose another name, or see what is there:  conda private token list"


@dataclass(frozen=True)
class _Meaning:
    """What words stand for; ``cause`` may name what the expression found."""

    words: re.Pattern[str]
    error: type[CondaPrivateError]
    cause: str
    next_step: str


def _means(words: str, error: type[CondaPrivateError], cause: str, next_step: str) -> _Meaning:
    return _Meaning(re.compile(words, re.IGNORECASE), error, cause, next_step)


# The words of anaconda.org; others' are shown without being understood.
_BY_WORDS = (
    _means(
        r"sufficient scope(?:.*expected: *([\w:.-]+))?",
        AccessDeniedError,
        "The token lacks the scope {0}.",
        f"log in with a token that has it:  {_LOGIN}",
    ),
    _means(r"expired", TokenRefusedError, "The token has come to its end.", _LOGIN),
    _means(
        r"requires token authentication",
        TokenRefusedError,
        "The server does not know the token: it is mistyped, revoked, or another server's.",
        _LOGIN,
    ),
    _means(
        r"not authorized to perform",
        AccessDeniedError,
        "The account has not the right to do this: only an owner has.",
        "see whose account it is:  conda private whoami",
    ),
    _means(
        r"private package",
        RequestRefusedError,
        "The account's plan does not include private packages.",
        "ask the owner of the account, or upload without --private",
    ),
    _means(
        r"\b(?:label|channel)\b.*\blocked\b",
        AccessDeniedError,
        "The label is locked: nothing is added to it or taken away.",
        "an owner unlocks it:  anaconda label --unlock LABEL -o OWNER",
    ),
    # "does not exist" is no "exists already".
    _means(r"\balready exist|\bexists\b", AlreadyExistsError, "Names are given once.", _NEW_NAME),
)
_BY_STATUS = {
    400: _means("", RequestRefusedError, "The server does not take such a request.", ""),
    401: _means("", TokenRefusedError, "The server does not accept the credential.", _LOGIN),
    403: _means("", AccessDeniedError, "The account has not the right to do this.", ""),
    404: _means(
        "",
        NotFoundError,
        "The name is mistyped; or the account may not see it.",
        "see what this account may:  conda private whoami",
    ),
    409: _means("", AlreadyExistsError, "Names are given once.", _NEW_NAME),
}


def refusal(api: ChannelUrl, response: Response, *, said: str) -> CondaPrivateError:
    """The error for an answer of an API that is no success.

    Args:
        api: the API's address.
        response: the answer.
        said: the server's own words, or "".
    """
    status = response.status_code
    if status == 407:
        return proxy_error(api.host)
    meaning = _meaning(status, said)
    if meaning is None:
        return _trouble(api, response, said)
    found = meaning.words.search(said)
    scope = found[1] if found and meaning.words.groups and found[1] else "that this needs"
    quoted = _quoted(said)
    return meaning.error(
        f"{api.netloc} refuses{quoted} (status {status}).",
        cause=" ".join([meaning.cause.format(scope), *headers_say(response.headers)]),
        next_step=_next(meaning, api),
    )


def _next(meaning: _Meaning, api: ChannelUrl) -> str:
    step = meaning.next_step or "see what this account may:  conda private whoami"
    return step if str(api) == ANACONDA_API else step.replace(_LOGIN, f"{_LOGIN} {api}")


def _quoted(said: str) -> str:
    """The server's words as a part of a sentence; they may have quotation marks of their own."""
    return said and (f": {said}" if '"' in said else f': "{said}"')


def _meaning(status: int, said: str) -> _Meaning | None:
    if status not in _BY_STATUS:
        return None
    known = () if status == 404 else _BY_WORDS
    return next((each for each in known if each.words.search(said)), _BY_STATUS[status])


def _trouble(api: ChannelUrl, response: Response, said: str) -> ServerError:
    wait = asked_for(response)
    quoted = _quoted(said)
    cause = "The server, or something before it, has a problem of its own."
    if response.status_code == 429:
        cause = "It has had too many requests."
    elif 300 <= response.status_code < 400:
        cause = "It sends us elsewhere; a request that changes something is not sent on."
    patience = f" in {wait:.0f} seconds" if wait else " later"
    return ServerError(
        f"{api.netloc} failed with status {response.status_code}{quoted}.",
        cause=" ".join([cause, *headers_say(response.headers)]),
        next_step=f"repeat the command{patience}",
    )
