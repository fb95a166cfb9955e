"""Retries a refused request with an access token that the issuer has renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conda_private.composition.machine import resolver
from conda_private.handler.answers import Answers
from conda_private.http.signing import is_signed, sign, unsign
from conda_private.model.login import Login
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import Response


class AskAgainRenewed:
    """A response hook that renews a refused sign-in, and sends the request once more.

    A server can refuse an access token before it expires: its clock is ahead, or a key has changed.
    It is registered before ``Answers``, which then reads the second answer.

    Args:
        login: the login.
        secret: the access token that authenticates the request.
        answers: what reads the answers.
    """

    def __init__(self, login: Login, secret: Secret, answers: Answers) -> None:
        self._login, self._secret, self._answers = login, secret, answers

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Return the answer to the request with the renewed token, if there is one.

        Raises:
            CondaPrivateError: the issuer does not renew it, or did not answer.
        """
        request, scheme = response.request, self._login.scheme
        if response.status_code != 401 or not is_signed(request, scheme, self._secret):
            return response
        renewed = resolver().renewed(self._login, self._secret)
        if renewed is None or renewed == self._secret:
            return response
        # In place, because requests creates the request after a redirect from this object.
        unsign(request, scheme, self._secret)
        sign(request, scheme, renewed)
        self._secret = renewed
        self._answers.use(renewed)
        # An adapter calls no hooks, so there is only one retry.
        again: Response = response.connection.send(request, **kwargs)
        response.close()
        return again
