"""What answers to signed requests mean: a refusal is never silent, and names what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conda_private.composition import resolver
from conda_private.credentials import Login, is_signed, unsign
from conda_private.exceptions import CondaPrivateError, TokenRefusedError
from conda_private.output import notice
from conda_private.secret import Secret

if TYPE_CHECKING:
    from requests import Response

_REFUSALS = (401, 403)
# Asked for after a command that worked already; a refusal there is no failure.
_OPTIONAL_FILES = ("/notices.json",)
# The only file that every channel must have: conda goes on without any other.
_REQUIRED_FILE = "/noarch/repodata.json"
# Each gives True once; taking from an iterator is one step, also among threads.
_first_warning = iter([True])
_first_hint = iter([True])


@dataclass(frozen=True)
class AskAgainUnsigned:
    """For a login of a whole host: a request that it is refused is made once more without it.

    Such a login signs the requests to all channels of the host. Without this a dead credential
    would close those that need none. It runs before the hooks that `sign` registers, because it
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


def explain_refusal(login: Login, response: Response, **kwargs: Any) -> Response:
    """Raise for a 401; say beside a 403 or 404 what to do, where conda's error will not.

    Raises:
        TokenRefusedError: the server does not take the credential any more.
    """
    url = str(response.url).partition("?")[0]
    if resolver().find(url) != login:
        return response  # a redirect has left the scope: not our credential was refused
    if response.status_code == 401 and not url.endswith(_OPTIONAL_FILES):
        raise refused(login)
    if response.status_code in (403, 404) and url.endswith(_REQUIRED_FILE):
        _hint_once(login, response.status_code)
    return response


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
