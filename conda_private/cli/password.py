"""Who may make tokens: a user name with a password, which is sent once and never kept."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable
from functools import cache

from conda_private.cli import prompt
from conda_private.composition import servers
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import TokenRefusedError
from conda_private.model.known_servers import ANACONDA_API
from conda_private.model.records import TokenWish
from conda_private.model.schemes import BEARER, BasicScheme
from conda_private.model.secret import Secret
from conda_private.output import notice
from conda_private.server.tokens import AnacondaTokens

_ODD = re.compile(r"[^A-Za-z0-9._]+")


def token_name(*words: str) -> str:
    """A name for a token of this machine, of characters that need no quoting anywhere."""
    return _ODD.sub("-", "-".join(("conda-private", platform.node().partition(".")[0], *words)))


class _PasswordTokens(AnacondaTokens):
    """The token calls, signed with a password; a refusal says what else there is."""

    def __init__(self, api: ChannelUrl, user: str, password: Secret) -> None:
        super().__init__(servers.open_api(api, password, BasicScheme(user)))
        self._user, self._at = user, api

    def create(self, wish: TokenWish) -> Secret:
        """Make a token."""
        try:
            return super().create(wish)
        except TokenRefusedError as error:
            raise TokenRefusedError(
                error.what,
                cause=f"The user name {self._user} or the password is mistyped; or this server"
                " takes no passwords any more.",
                next_step=f"repeat the command; or {_without_password(self._at)}",
            ) from error


class _TokenOrPassword(AnacondaTokens):
    """The token calls, signed with an account's token; where that may not make tokens, a password.

    Servers make tokens for a password, or for a token of their sign-in service as a bearer.
    """

    def __init__(self, api: ChannelUrl, token: Secret, sign_in: Callable[[], AnacondaTokens]):
        super().__init__(servers.open_api(api, token, BEARER))
        self._sign_in = cache(sign_in)

    def create(self, wish: TokenWish) -> Secret:
        """Make a token."""
        try:
            return super().create(wish)
        except TokenRefusedError:
            return self._sign_in().create(wish)


def sign_in(api: ChannelUrl, user: str, *, from_stdin: bool, command: str) -> AnacondaTokens:
    """The token calls of an API for a user; the password is asked for only where one counts.

    Args:
        api: the API's address.
        user: the user's name.
        from_stdin: whether the password is piped.
        command: what to repeat when it cannot be asked for.

    Raises:
        TokenRefusedError: the server takes no passwords; the message says what to do instead.
        NoTerminalError: there is nobody to ask.
    """
    if not servers.tokens(api, None).takes_passwords():
        raise TokenRefusedError(
            f"{api.netloc} takes no passwords.",
            cause="It wants users to sign in in a browser.",
            next_step=_without_password(api),
        )
    password = prompt.read_secret(
        api, word="Password", from_stdin=from_stdin, command=command, user=user
    )
    return _PasswordTokens(api, user, password)


def maker(
    api: ChannelUrl, token: Secret, user: str, *, from_stdin: bool, command: str
) -> AnacondaTokens:
    """The token calls of an API for an account that may have to prove itself by its password."""

    def with_password() -> AnacondaTokens:
        notice(f"{api.netloc} makes tokens for your password alone. It is sent once and not kept.")
        return sign_in(api, user, from_stdin=from_stdin, command=command)

    return _TokenOrPassword(api, token, with_password)


def _without_password(api: ChannelUrl) -> str:
    place = "at https://anaconda.org, Settings > Access" if str(api) == ANACONDA_API else "there"
    return (
        f"make a token {place} in a browser and give that:\n"
        "conda private login CHANNEL\n"
        "or take over what `anaconda login` did in a browser:\n"
        "conda private import --from anaconda-client"
    )
