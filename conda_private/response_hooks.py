"""What answers to signed requests mean: a refusal is never silent, and names what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conda_private.composition import resolver
from conda_private.credentials import Login
from conda_private.exceptions import (
    CondaPrivateError,
    NotAChannelError,
    ServerError,
    TokenRefusedError,
)
from conda_private.output import notice

if TYPE_CHECKING:
    from requests import Response

# Asked for after a command that worked already; a refusal there is no failure.
_OPTIONAL_FILES = ("/notices.json",)
# The only file that every channel must have: conda goes on without any other.
_REQUIRED_FILE = "/noarch/repodata.json"
# Those that conda cannot do without once they answer 200.
_INDEXES = ("/repodata.json", "/current_repodata.json", "/repodata_shards.msgpack.zst")
_MAX_REDIRECTS = 20
# Gives True once; taking from an iterator is one step, also among threads.
_first_hint = iter([True])


class EndOfRedirects:
    """Ends a circle of redirects in plain words; to conda itself that is an unexpected error."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._left = iter(range(_MAX_REDIRECTS))

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Count one answer; requests hands this same hook on to the request that follows it.

        Raises:
            ServerError: there were too many.
        """
        if response.is_redirect and next(self._left, None) is None:
            raise ServerError(
                f"{self._login.scope.netloc} sends from one address to the next without an end.",
                cause=f"After {_MAX_REDIRECTS} redirects there was still another one.",
                next_step=f"conda private check {self._login.scope}",
            )
        return response


def explain(login: Login, asked: str, response: Response, **kwargs: Any) -> Response:
    """Raise for a 401 and for a web page; say what to do beside a 403 or 404 that counts.

    Args:
        asked: the URL before any redirect.

    Raises:
        TokenRefusedError: the server does not take the credential any more.
        NotAChannelError: the index is a web page.
    """
    if response.status_code == 200:
        _refuse_web_page(login, asked.partition("?")[0], response)
    elif response.status_code in (401, 403, 404):
        _explain_refusal(login, response.status_code, str(response.url).partition("?")[0])
    return response


def _explain_refusal(login: Login, status: int, url: str) -> None:
    if resolver().find(url) != login:
        return  # a redirect has left the scope: not our credential was refused
    if status == 401 and not url.endswith(_OPTIONAL_FILES):
        raise refused(login)
    if status != 401 and url.endswith(_REQUIRED_FILE):
        _hint_once(login, status)


def _refuse_web_page(login: Login, asked: str, response: Response) -> None:
    kind = response.headers.get("content-type", "")
    if kind.lower().startswith("text/html") and asked.endswith(_INDEXES):
        raise NotAChannelError(
            f"{login.scope.netloc} answers with a web page instead of the index of {login.scope}.",
            cause="It may be the sign-in page of a network or a proxy, or a server in trouble.",
            next_step=f"open {login.scope.origin} in a browser, sign in where it asks you to, and"
            " repeat the command",
        )


def _hint_once(login: Login, status: int) -> None:
    if not _conda_says_it() and next(_first_hint, False):
        scope = login.scope
        notice(
            f"conda-private: {scope.netloc} answers {status} to the stored credential for {scope}."
            f"  See what it still opens:  conda private check {scope}"
        )


def _conda_says_it() -> bool:
    """Whether conda asks for hints, and will print them with its error."""
    from conda.base.context import context
    from conda.plugins import types

    return hasattr(types, "CondaErrorHint") and not (context.info or context.debug)


def refused(login: Login) -> CondaPrivateError:
    """The error for a stored credential that the server does not take any more."""
    expiry = f" It was to expire on {login.expires[:10]}." if login.expires else ""
    return TokenRefusedError(
        f"{login.scope.netloc} refuses the stored credential for {login.scope} (status 401).",
        cause=f"It has expired or was revoked.{expiry}",
        next_step=f"conda private login {login.scope}",
    )
