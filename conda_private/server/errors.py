"""Turns an API's refusal into an error: the server's message, the cause, and the next command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conda_private.http.errors import later, proxy_error
from conda_private.http.retries import retry_after
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AccessDeniedError,
    AlreadyExistsError,
    CondaPrivateError,
    NotFoundError,
    RequestRefusedError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.known_servers import server_word
from conda_private.server.words import header_warnings

if TYPE_CHECKING:
    from requests import Response

_LOGIN = "conda private login --account"
_ACCESS = "see what this account has access to:  conda private whoami"
_NEW_NAME = "choose another name, or list your tokens:  conda private token list"


@dataclass(frozen=True)
class _Meaning:
    """What a message or a status means.

    Attributes:
        words: matches the server's message.
        error: the error to raise.
        cause: may contain ``{0}``, for the scope that the message names.
        next_step: the command to run next.
    """

    words: re.Pattern[str]
    error: type[CondaPrivateError]
    cause: str
    next_step: str


def _means(words: str, error: type[CondaPrivateError], cause: str, next_step: str) -> _Meaning:
    return _Meaning(re.compile(words, re.IGNORECASE), error, cause, next_step)


# Messages of anaconda.org. Messages of other servers are shown as they are.
_BY_WORDS = (
    _means(
        r"sufficient scope(?:.*expected: *([\w:.-]+))?",
        AccessDeniedError,
        "The token lacks {0}.",
        f"log in with a token that has it:  {_LOGIN}",
    ),
    _means(r"expired", TokenRefusedError, "The token has expired.", _LOGIN),
    _means(
        r"requires token authentication",
        TokenRefusedError,
        "The server does not recognize the token: it is mistyped or revoked, or it belongs to"
        " another server.",
        _LOGIN,
    ),
    _means(
        r"not authorized to perform",
        AccessDeniedError,
        "Only an owner has permission to do this.",
        "see which account you use:  conda private whoami",
    ),
    _means(
        r"reached the limit|can only have \d",
        RequestRefusedError,
        "The plan of the namespace does not include more.",
        "ask the owner of the namespace to change its plan, or remove what is not needed",
    ),
    _means(
        r"private package|\bplan\b|\bupgrade\b|\bsubscription\b|\bbilling\b",
        RequestRefusedError,
        "The account's plan does not include private packages, or no more of them.",
        "ask the owner of the account to change its plan",
    ),
    _means(
        r"\b(?:label|channel)\b.*\blocked\b",
        AccessDeniedError,
        "The label is locked: no packages can be added to it or removed from it.",
        "an owner can unlock it:  anaconda label --unlock LABEL -o OWNER",
    ),
    _means(r"\btoken\b.*\bexists\b", AlreadyExistsError, "Token names must be unique.", _NEW_NAME),
    # Not "does not exist", which means the opposite.
    _means(r"\balready exist|\bexists\b", AlreadyExistsError, "Names must be unique.", _NEW_NAME),
)
_BY_STATUS = {
    400: _means("", RequestRefusedError, "The server does not accept this request.", _ACCESS),
    401: _means("", TokenRefusedError, "The server does not accept the credential.", _LOGIN),
    402: _means(
        "",
        RequestRefusedError,
        "The account's plan does not include this.",
        "ask the owner of the account to change its plan",
    ),
    403: _means("", AccessDeniedError, "The account does not have permission to do this.", _ACCESS),
    404: _means(
        "", NotFoundError, "The name is mistyped, or the account has no access to it.", _ACCESS
    ),
    409: _means("", AlreadyExistsError, "Names must be unique.", _NEW_NAME),
}


def refusal(api: Address, response: Response, *, said: str) -> CondaPrivateError:
    """The error for an answer that is not a success.

    Args:
        api: the API's address.
        response: the answer.
        said: the server's own message, or "".
    """
    status = response.status_code
    if status == 407:
        return proxy_error(api.host)
    meaning = _meaning(status, said)
    if meaning is None:
        return _trouble(api, response, said)
    found = meaning.words.search(said)
    named = found and meaning.words.groups and found[1]
    scope = f"the scope {named}" if named else "a required scope"
    login = f"{_LOGIN} {server_word(api)}".rstrip()
    return meaning.error(
        f"{api.netloc} refused the request{_quoted(said)} (status {status}).",
        cause=" ".join([meaning.cause.format(scope), *header_warnings(response.headers)]),
        next_step=meaning.next_step.replace(_LOGIN, login),
    )


def unexpected_answer(what: str) -> ServerError:
    """The error for JSON that is not in the format of the anaconda.org API.

    Args:
        what: what the answer was expected to contain: "a token".
    """
    return ServerError(
        f"The API did not return {what}.",
        cause="The answer is JSON, but not in the format of the API of anaconda.org.",
        next_step="specify the API of the server:  --api-url https://HOST/api",
    )


def _quoted(said: str) -> str:
    """The server's message as part of a sentence; it may contain quotation marks itself."""
    return said and (f": {said}" if '"' in said else f': "{said}"')


def _meaning(status: int, said: str) -> _Meaning | None:
    if status not in _BY_STATUS:
        return None
    known = () if status == 404 else _BY_WORDS
    return next((each for each in known if each.words.search(said)), _BY_STATUS[status])


def _trouble(api: Address, response: Response, said: str) -> ServerError:
    wait = retry_after(response)
    cause = "The server, or a proxy in front of it, has a problem."
    if response.status_code == 429:
        cause = "It received too many requests."
    elif 300 <= response.status_code < 400:
        cause = "It redirects the request, and a request that changes something is not redirected."
    return ServerError(
        f"{api.netloc} failed with status {response.status_code}{_quoted(said)}.",
        cause=" ".join([cause, *header_warnings(response.headers)]),
        next_step=f"repeat the command {later(wait)}",
    )
