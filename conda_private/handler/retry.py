"""A login of a whole host is left out where it is refused: other channels may not need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conda_private.http.signing import is_signed, unsign
from conda_private.model.login import Login
from conda_private.model.secret import Secret
from conda_private.output import notice

if TYPE_CHECKING:
    from requests import Response

_REFUSALS = (401, 403)
# Gives True once; taking from an iterator is one step, also among threads.
_first_warning = iter([True])


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
