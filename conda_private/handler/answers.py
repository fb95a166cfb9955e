"""Reads the answers to authenticated requests. Every refusal is reported with the next command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conda_private.composition import machine
from conda_private.composition.machine import resolver
from conda_private.handler.watch import watch
from conda_private.http.masking import mask_body
from conda_private.http.signing import Guard
from conda_private.model.address import MAX_URL
from conda_private.model.exceptions import (
    CondaPrivateError,
    NotAChannelError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.login import Login, renewal
from conda_private.model.secret import Secret
from conda_private.output import notice_at_end

if TYPE_CHECKING:
    from requests import Response

# conda asks for it after a command has succeeded, so a refusal is not a failure.
NOTICES = "notices.json"
# The only file that every subdir must have. conda continues without any other index.
_REQUIRED = "repodata.json"
_INDEXES = ("repodata", "current_repodata")
_MAX_REDIRECTS = 20
# Yields True once. Advancing an iterator is atomic, so this is safe among threads.
_first_hint = iter([True])


class Answers:
    """The response hook of one authenticated request and of the redirects that follow it.

    One hook does all the work, because requests calls it twice for every package behind a redirect.

    Args:
        login: the login whose credential authenticates the request.
        secret: the credential.
        asked: the URL before any redirect.
    """

    def __init__(self, login: Login, secret: Secret, asked: str) -> None:
        self._login, self._asked = login, asked
        self._redirects = 0
        self.use(secret)

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Protect the credential, and report a refusal or an unusable answer.

        Raises:
            ServerError: there were too many redirects, or one to a URL that is too long. conda
                itself has no error for this.
            TokenRefusedError: the server refused the credential (401).
            NotAChannelError: the server sent a web page instead of an index.
        """
        if response.is_redirect:
            self._refuse_endless_redirect(response.headers["location"])
        self._guard(response)
        if _is_optional_index(self._asked):
            _leave_out_if_unusable(response)
        status = response.status_code
        if status >= 400 or _name(self._asked) == NOTICES:
            mask_body(response, self._secret)
        if status == 200:
            _refuse_web_page(self._login, self._asked, response)
            watch(response, self._login, self._secret, self._asked)
        elif status in (401, 403, 404):
            _explain_refusal(self._login, response)
        return response

    def use(self, secret: Secret) -> None:
        """Protect the credential that the request has now."""
        self._secret, login = secret, self._login
        # A method would be a reference cycle, which only the garbage collector can free.
        self._guard = Guard(login.scheme, secret, lambda url: resolver().find(url) == login)

    def _refuse_endless_redirect(self, target: str) -> None:
        # requests copies this hook to the request that follows the redirect.
        self._redirects += 1
        if len(target) > MAX_URL:
            what = "to a URL that is too long"
            cause = f"The URL has {len(target)} characters; {MAX_URL} are the maximum."
        elif self._redirects > _MAX_REDIRECTS:
            what = "too many times"
            cause = f"The request was redirected more than {_MAX_REDIRECTS} times."
        else:
            return
        raise ServerError(
            f"{self._login.address.netloc} redirected the request {what}.",
            cause=cause,
            next_step=f"conda private check {self._login.address}",
        )


def _explain_refusal(login: Login, response: Response) -> None:
    status, url = response.status_code, str(response.url).partition("?")[0]
    if resolver().find(url) != login:
        return  # a redirect has left the address: the refused request had no credential of ours
    if status == 401 and _name(url) != NOTICES:
        raise refused(login, response.headers.get("www-authenticate", ""))
    if status != 401 and url.endswith(f"/noarch/{_REQUIRED}"):
        _hint_once(login, status, url)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _is_optional_index(url: str) -> bool:
    """Whether it is another form of the index, such as ``repodata.json.zst``."""
    name = _name(url)
    return name.startswith(_INDEXES) and name != _REQUIRED


def _leave_out_if_unusable(response: Response) -> None:
    # A server that does not know the file may refuse it, or send a page instead. From a file that
    # is not found, every conda falls back to repodata.json, and only that decides.
    if response.status_code in (401, 403) or _is_web_page(response):
        response.status_code = 404


def _is_web_page(response: Response) -> bool:
    kind = response.headers.get("content-type", "")
    return response.status_code == 200 and kind.lower().startswith("text/html")


def _refuse_web_page(login: Login, asked: str, response: Response) -> None:
    if _name(asked) == _REQUIRED and _is_web_page(response):
        raise NotAChannelError(
            f"{login.address.netloc} sent a web page instead of the index of {login.address}.",
            cause="It may be the sign-in page of a network or a proxy, or an error page.",
            next_step=f"open {login.address.origin} in a browser, sign in if you are asked to, and"
            " repeat the command",
        )


def _hint_once(login: Login, status: int, url: str) -> None:
    if not _conda_shows_hints() and next(_first_hint, False):
        from conda_private.handler.hints import about_stored_credential

        found = about_stored_credential(login, str(status), url)
        notice_at_end(f"\nWarning: {found.what}\nNext:  {found.command}")


def _conda_shows_hints() -> bool:
    """Whether conda asks plugins for hints (since 26.7) and prints them with its error."""
    from conda.base.context import context
    from conda.plugins import types

    return hasattr(types, "CondaErrorHint") and not (context.info or context.debug)


def refused(login: Login, challenge: str = "") -> CondaPrivateError:
    """The error for a stored credential that the server refuses.

    Args:
        login: the login.
        challenge: the value of ``WWW-Authenticate``, or "".
    """
    if challenge:
        from conda_private.http.challenges import only_unsupported
        from conda_private.http.errors import unsupported_error

        if required := only_unsupported(challenge):
            return unsupported_error(login.address, required)
    expiry = f" Its expiration date is {login.expires[:10]}." if login.expires else ""
    return TokenRefusedError(
        f"{login.address.netloc} refused the stored credential for {login.address} (status 401).",
        cause=f"It has expired or was revoked.{expiry}",
        next_step=how_to_renew(login),
    )


def how_to_renew(login: Login) -> str:
    """Return how the user of this machine gets another credential for a login."""
    return renewal(login, machine.records().accounts())
