"""What answers to signed requests mean: a refusal is never silent, and names what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conda_private.composition import resolver
from conda_private.credentials import Login, is_signed, unsign
from conda_private.exceptions import (
    CondaPrivateError,
    NotAChannelError,
    ServerError,
    TokenRefusedError,
)
from conda_private.output import notice
from conda_private.secret import Secret

if TYPE_CHECKING:
    from requests import Response

_REFUSALS = (401, 403)
# Asked for after a command that worked already; a refusal there is no failure.
_OPTIONAL_FILES = ("/notices.json",)
# The only file that every channel must have: conda goes on without any other.
_REQUIRED_FILE = "/noarch/repodata.json"
# Those that conda cannot do without once they answer 200.
_INDEXES = ("/repodata.json", "/current_repodata.json", "/repodata_shards.msgpack.zst")
_MAX_REDIRECTS = 20
# Each gives True once; taking from an iterator is one step, also among threads.
_first_warning = iter([True])
_first_hint = iter([True])


@dataclass(frozen=True)
class AskAgainUnsigned:
    """For a login of a whole host: a request that it is refused is made once more without it.

    Such a login signs the requests to all channels of the host. Without this a dead credential
    would close those that need none. It runs before the hooks that ``sign`` registers, because it
    needs the request that was really sent.
    """

    login: Login
    secret: Secret

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Give the unsigned answer, unless that is a refusal too."""
        request = response.request
        if response.status_code not in _REFUSALS or not is_signed(request, self.login, self.secret):
            return response
        # In place: requests makes a redirected request out of this very one.
        unsign(request, self.login, self.secret)
        # An adapter calls no hooks, so this is done once.
        again: Response = response.connection.send(request, **kwargs)
        if again.status_code in _REFUSALS:
            again.close()
            return response
        response.close()
        self._warn_once()
        return again

    def _warn_once(self) -> None:
        if next(_first_warning, False):
            scope = self.login.scope
            notice(
                f"conda-private: {scope.netloc} refuses the stored credential for {scope}; only"
                f" what is public was read.  Renew it:  conda private login {scope}"
            )


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
    url = str(response.url).partition("?")[0]
    if resolver().find(url) != login:
        return response  # a redirect has left the scope: not our credential was refused
    if response.status_code == 401 and not url.endswith(_OPTIONAL_FILES):
        raise refused(login)
    if response.status_code in (403, 404) and url.endswith(_REQUIRED_FILE):
        _hint_once(login, response.status_code)
    return response


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
    from conda.plugins import types

    # There the hook conda_error_hints says it, in the error itself.
    if not hasattr(types, "CondaErrorHint") and next(_first_hint, False):
        scope = login.scope
        notice(
            f"conda-private: {scope.netloc} answers {status} to the stored credential for {scope}."
            f"  See what it still opens:  conda private check {scope}"
        )


def refused(login: Login) -> CondaPrivateError:
    """The error for a stored credential that the server does not take any more."""
    expiry = f" It was to expire on {login.expires[:10]}." if login.expires else ""
    return TokenRefusedError(
        f"{login.scope.netloc} refuses the stored credential for {login.scope} (status 401).",
        cause=f"It has expired or was revoked.{expiry}",
        next_step=f"conda private login {login.scope}",
    )
