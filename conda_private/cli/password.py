"""Create tokens with a username and a password, which is sent once and never stored."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable
from functools import cache

from conda_private.cli import prompt
from conda_private.composition import servers
from conda_private.model.address import Address
from conda_private.model.exceptions import TokenRefusedError
from conda_private.model.facts import NewToken
from conda_private.model.known_servers import ANACONDA_API
from conda_private.model.schemes import BEARER, BasicScheme
from conda_private.model.secret import Secret
from conda_private.output import notice
from conda_private.server.tokens import AnacondaTokens

_ODD = re.compile(r"[^A-Za-z0-9._]+")


def token_name(*words: str) -> str:
    """Return a name for a token of this machine; no shell or URL needs to quote its characters."""
    return _ODD.sub("-", "-".join(("conda-private", platform.node().partition(".")[0], *words)))


class _PasswordTokens(AnacondaTokens):
    """The token API, called with a password; if it is refused, the error names alternatives."""

    def __init__(self, api: Address, user: str, password: Secret) -> None:
        super().__init__(servers.open_api(api, password, BasicScheme(user)))
        self._user, self._at = user, api

    def create(self, wanted: NewToken) -> Secret:
        """Create a token."""
        try:
            return super().create(wanted)
        except TokenRefusedError as error:
            raise TokenRefusedError(
                error.what,
                cause=f"The username {self._user} or the password is mistyped, or this server"
                " no longer accepts passwords.",
                next_step=f"repeat the command; or {_without_password(self._at)}",
            ) from error


class _TokenOrPassword(AnacondaTokens):
    """The token API, called with an account's token, or with a password if the token is refused.

    Servers create tokens for a password, or for a bearer token of their sign-in service.
    """

    def __init__(self, api: Address, token: Secret, sign_in: Callable[[], AnacondaTokens]):
        super().__init__(servers.open_api(api, token, BEARER))
        self._sign_in = cache(sign_in)

    def create(self, wanted: NewToken) -> Secret:
        """Create a token."""
        try:
            return super().create(wanted)
        except TokenRefusedError:
            return self._sign_in().create(wanted)


def sign_in(api: Address, user: str, *, from_stdin: bool, command: str) -> AnacondaTokens:
    """Ask for a user's password, and return the token API that is called with it.

    Args:
        api: the API's address.
        user: the user's name.
        from_stdin: whether the password is piped.
        command: the command to repeat if there is no terminal.

    Raises:
        TokenRefusedError: the server does not accept passwords; the message names alternatives.
        NoTerminalError: there is no terminal to ask at.
    """
    if not servers.tokens(api, None).takes_passwords():
        raise TokenRefusedError(
            f"{api.netloc} does not accept passwords.",
            cause="It requires users to sign in with a browser.",
            next_step=_without_password(api),
        )
    password = prompt.read_secret(
        api, word="Password", from_stdin=from_stdin, command=command, user=user
    )
    return _PasswordTokens(api, user, password)


def token_creator(
    api: Address, token: Secret, user: str, *, from_stdin: bool, command: str
) -> AnacondaTokens:
    """Return the token API for an account, whose password the server may require."""

    def with_password() -> AnacondaTokens:
        notice(
            f"{api.netloc} requires your password to create a token. It is sent once and not"
            " stored."
        )
        return sign_in(api, user, from_stdin=from_stdin, command=command)

    return _TokenOrPassword(api, token, with_password)


def _without_password(api: Address) -> str:
    page = "at https://anaconda.org, Settings > Access" if api == ANACONDA_API else "there"
    return (
        f"create a token {page}, in a browser, and use it:\n"
        "conda private login my-org\n"
        "or import the login that `anaconda login` created in a browser:\n"
        "conda private import --from anaconda-client"
    )
