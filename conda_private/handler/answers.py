"""What answers to signed requests mean: a refusal is never silent, and names what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conda_private.composition.machine import resolver
from conda_private.http.signing import Guard
from conda_private.model.exceptions import (
    CondaPrivateError,
    NotAChannelError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.login import Login
from conda_private.model.secret import Secret
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


class Answers:
    """A response hook: all that is done with the answers to one signed request.

    It is one and not several, as it is called twice for each package behind a redirect.

    Args:
        asked: the URL before any redirect.
    """

    def __init__(self, login: Login, secret: Secret, asked: str) -> None:
        self._login, self._asked = login, asked
        # Not a method of this object: each would hold the other, and be left to the collector.
        self._guard = Guard(login, secret, lambda url: resolver().find(url) == login)
        self._redirects = 0

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Guard the credential; raise for a 401 and for a web page, and say what else is wrong.

        Raises:
            ServerError: there were too many redirects; to conda that is an unexpected error.
            TokenRefusedError: the server does not take the credential any more.
            NotAChannelError: the index is a web page.
        """
        self._guard(response)
        status = response.status_code
        if status == 200:
            _refuse_web_page(self._login, self._asked.partition("?")[0], response)
        elif status in (401, 403, 404):
            _explain_refusal(self._login, status, str(response.url).partition("?")[0])
        elif response.is_redirect:
            self._count_redirect()
        return response

    def _count_redirect(self) -> None:
        # requests hands this same hook on to the request that follows.
        self._redirects += 1
        if self._redirects > _MAX_REDIRECTS:
            raise ServerError(
                f"{self._login.scope.netloc} sends from one address to the next without an end.",
                cause=f"After {_MAX_REDIRECTS} redirects there was still another one.",
                next_step=f"conda private check {self._login.scope}",
            )


def _explain_refusal(login: Login, status: int, url: str) -> None:
    if resolver().find(url) != login:
        return  # a redirect has left the scope: not our credential was refused
    if status == 401 and not url.endswith(_OPTIONAL_FILES):
        raise refused(login)
    if status != 401 and url.endswith(_REQUIRED_FILE):
        _hint_once(login, status)


def _refuse_web_page(login: Login, asked: str, response: Response) -> None:
    if not asked.endswith(_INDEXES):
        return
    if response.headers.get("content-type", "").lower().startswith("text/html"):
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
