"""Retries a request without the host-wide credential if the server refuses that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conda_private.handler.answers import how_to_renew
from conda_private.http.signing import is_signed, unsign
from conda_private.model.login import Login
from conda_private.model.secret import Secret
from conda_private.output import notice_at_end

if TYPE_CHECKING:
    from requests import Response

_REFUSALS = (401, 403)
# Yields True once. Advancing an iterator is atomic, so this is safe among threads.
_first_warning = iter([True])


@dataclass(frozen=True)
class AskAgainUnsigned:
    """A response hook that sends a refused request once more, without the credential.

    A login for a whole host authenticates the requests to all its channels. Without this hook, an
    invalid credential would make the public channels of the host unreadable. It must be registered
    before ``Answers``, because it needs the request as it was sent.

    Attributes:
        login: the login for the host.
        secret: its credential.
    """

    login: Login
    secret: Secret

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Return the answer without the credential, unless the server refuses that request, too."""
        request = response.request
        if response.status_code not in _REFUSALS or not is_signed(
            request, self.login.scheme, self.secret
        ):
            return response
        # In place, because requests creates the request after a redirect from this object.
        unsign(request, self.login.scheme, self.secret)
        # An adapter calls no hooks, so there is only one retry.
        again: Response = response.connection.send(request, **kwargs)
        if again.status_code in _REFUSALS:
            again.close()
            return response
        response.close()
        self._warn_once()
        return again

    def _warn_once(self) -> None:
        if next(_first_warning, False):
            address = self.login.address
            notice_at_end(
                f"\nWarning: {address.netloc} refused the stored credential for {address}, so only"
                f" public packages are available.\nNext:  {how_to_renew(self.login)}"
            )
