"""Logins and accounts: what is recorded about a credential. A record never contains it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from conda_private.model.address import Address
from conda_private.model.exceptions import NotLoggedInError
from conda_private.model.schemes import BasicScheme, Scheme
from conda_private.model.source import Source

# No valid address has such a segment, so a login and an account never share a key in a store.
_MARK = "(account)"


class Login(NamedTuple):
    """What is recorded about the credential for a channel, a label or a whole server.

    Attributes:
        address: where the credential may be sent.
        scheme: how it is sent.
        source: the store that has it.
        account: the user or organization that it belongs to, or "" if the server did not report it.
        token_name: the token's name at the server, or "".
        token_id: the token's identifier at the server, or "".
        expires: ISO 8601 date-time in UTC, or "".
        verified: when the server last confirmed it, ISO 8601 in UTC, or "" for never.
        allow_http: whether it may be sent without TLS.
        api: the server's API, if known.
        pypi: the package index that it also gives access to, without ``/simple``.
        listed_as: the channel as the login added it to a ``channels:`` list, or "".
        listed_in: the file with that list, or "".
    """

    address: Address
    scheme: Scheme
    source: Source
    account: str = ""
    token_name: str = ""
    token_id: str = ""
    expires: str = ""
    verified: str = ""
    allow_http: bool = False
    api: Address | None = None
    pypi: Address | None = None
    listed_as: str = ""
    listed_in: str = ""


@dataclass(frozen=True)
class Account:
    """What is recorded about the credential for a server's API.

    It is not a ``Login``: no download is ever authenticated with it.

    Attributes:
        api: the server's API, the only address that the credential is sent to.
        source: the store that has it.
        user: the user's name at the server, or "" if the server did not report it.
        token_name: the token's name at the server, or "".
        token_id: the token's identifier at the server, or "".
        expires: ISO 8601 date-time in UTC, or "".
        verified: when the server last confirmed it, ISO 8601 in UTC, or "" for never.
        allow_http: whether it may be sent without TLS.
    """

    api: Address
    source: Source
    user: str = ""
    token_name: str = ""
    token_id: str = ""
    expires: str = ""
    verified: str = ""
    allow_http: bool = False

    @property
    def key(self) -> Address:
        """The credential's key in its store; a store of another tool uses the API's address."""
        return self.api.child(_MARK) if self.source.is_stored_by_us else self.api


class Leftover(NamedTuple):
    """A credential that is still in its store although no login uses it.

    Attributes:
        address: the address of the login, or of the account's API.
        source: the store that has it.
        api: the server's API, if known, so that the token can still be revoked.
        is_account: whether it was the credential of an account.
    """

    address: Address
    source: Source
    api: Address | None = None
    is_account: bool = False

    @classmethod
    def of(cls, entry: Login | Account) -> Leftover:
        """Return the leftover of a login or an account."""
        if isinstance(entry, Account):
            return cls(entry.api, entry.source, entry.api, is_account=True)
        return cls(entry.address, entry.source, entry.api)

    @property
    def key(self) -> Address:
        """The credential's key in its store."""
        return self.address.child(_MARK) if self.is_account else self.address


def renewal(login: Login, accounts: Sequence[Account]) -> str:
    """Return the next step for an expired or refused credential, for the user of this machine.

    Args:
        login: the login.
        accounts: the user's accounts; with one at the login's API, the user can create a token.
    """
    command = f"conda private login {login.address}"
    if login.source.is_reference:
        return (
            f"ask the person who sent the credential for a new one, and put it into {login.source}"
        )
    if isinstance(login.scheme, BasicScheme) and not login.scheme.is_for_token:
        return f"{command} --username {shlex.quote(login.scheme.username)}"
    if any(each.api == login.api and each.user == login.account for each in accounts):
        return f"conda private token create --for {login.address}"
    return f"ask the person who sent the token for a new one, then run\n{command}"


def in_other_case(url: Address, logins: Iterable[Login]) -> Login | None:
    """Return the login that does not cover a URL because of upper and lower case only, or None."""
    return next((login for login in logins if differs_in_case(login.address, url)), None)


def differs_in_case(address: Address, url: Address) -> bool:
    """Whether an address does not cover a URL because of upper and lower case only."""
    return not address.covers(url) and _lower(address).covers(_lower(url))


def _lower(address: Address) -> Address:
    return address._replace(path=tuple(map(str.lower, address.path)))


def find_login(address: Address, logins: Sequence[Login], next_step: str = "") -> Login:
    """Find the login for exactly this address.

    Args:
        address: the address.
        logins: the logins.
        next_step: the command to run if there is none; "" for a login to this address.

    Raises:
        NotLoggedInError: there is no such login.
    """
    found = next((login for login in logins if login.address == address), None)
    if found:
        return found
    other = in_other_case(address, logins)
    if other and len(other.address.path) == len(address.path):
        raise NotLoggedInError(
            f"There is no login for {address}.",
            cause=f"The login for {other.address} differs in upper and lower case only. To conda,"
            " these are two channels.",
            next_step=f"repeat the command with  {other.address}",
        )
    near = [str(login.address) for login in logins if login.address.host == address.host]
    raise NotLoggedInError(
        f"There is no login for {address}.",
        cause="Logins on this host: " + ", ".join(near) if near else "No login on this host.",
        next_step=next_step or f"conda private login {address}",
    )
