"""Logins and accounts: what is recorded about a stored credential. No record holds a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import NotLoggedInError
from conda_private.model.schemes import Scheme

if TYPE_CHECKING:
    pass

# No channel's address can have such a segment, so no login can have the secret of an account.
_MARK = "(account)"
_OWN_KEY = frozenset({"keyring", "file", "helper-store", "memory"})


class Login(NamedTuple):
    """What is known of a stored credential; the secret is not part of it.

    Attributes:
        scope: where the credential may go.
        scheme: how it is shown.
        source: ``keyring``, ``file``, ``env:NAME`` or ``secret-file:PATH``.
        account: whose it is, or "" when the server did not tell.
        note: the token's name at the server, or "".
        token_id: the token's identifier at the server, or "".
        expires: ISO 8601 date-time in UTC, or "".
        verified: when the server last confirmed it, ISO 8601 in UTC, or "" for never.
        allow_http: whether it may travel without TLS.
        api: the address of the server's API, or "".
        pypi: the package index that it opens as well, without ``/simple``, or "".
        channel: the text that the login put into a ``channels:`` list, or "".
        condarc: the file with that list, or "".
    """

    scope: ChannelUrl
    scheme: Scheme
    source: str
    account: str = ""
    note: str = ""
    token_id: str = ""
    expires: str = ""
    verified: str = ""
    allow_http: bool = False
    api: str = ""
    pypi: str = ""
    channel: str = ""
    condarc: str = ""


@dataclass(frozen=True)
class Account:
    """What is known of an account's credential; the secret is not part of it.

    It is no ``Login``: what signs downloads never sees it.

    Attributes:
        api: the address of the server's API; the credential goes nowhere else.
        source: as for a login, or ``anaconda-client``.
        name: the user's name at the server, or "" when it did not tell.
        note: the token's name at the server, or "".
        token_id: the token's identifier at the server, or "".
        expires: ISO 8601 date-time in UTC, or "".
        verified: when the server last confirmed it, ISO 8601 in UTC, or "" for never.
        allow_http: whether it may travel without TLS.
    """

    api: ChannelUrl
    source: str
    name: str = ""
    note: str = ""
    token_id: str = ""
    expires: str = ""
    verified: str = ""
    allow_http: bool = False

    @property
    def key(self) -> ChannelUrl:
        """The name of its secret in a store; what others provide is asked for by the API's."""
        ours = self.source.partition(":")[0] in _OWN_KEY
        return self.api.child(_MARK) if ours else self.api


def find_login(scope: ChannelUrl, logins: Sequence[Login]) -> Login:
    """The login of exactly this scope.

    Raises:
        NotLoggedInError: there is none.
    """
    found = next((login for login in logins if login.scope == scope), None)
    if found:
        return found
    near = [str(login.scope) for login in logins if login.scope.host == scope.host]
    raise NotLoggedInError(
        f"There is no login for {scope}.",
        cause="Logins on this host: " + ", ".join(near) if near else "No login on this host.",
        next_step="conda private list",
    )
