"""The credentials of one run: which one authenticates a request, and how servers may repeat it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from conda_private.actions.resolver import LoginsByAddress
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.known_servers import pypi_scheme
from conda_private.model.login import Login
from conda_private.model.schemes import PathScheme, Scheme
from conda_private.model.secret import MASK, Secret

Origin = tuple[str, int]


class Credential(NamedTuple):
    """A credential, and the login that it belongs to.

    Attributes:
        login: the login.
        scheme: how the credential is sent to this address.
        secret: the credential.
        is_for_index: whether the address is the login's package index.
    """

    login: Login
    scheme: Scheme
    secret: Secret
    is_for_index: bool = False

    @property
    def forms(self) -> Mapping[bytes, bytes]:
        """The forms in which a server may repeat it, and what replaces each, the longest first.

        A mask is as long as what it replaces, so that lengths and ranges stay right. Only a token
        in the path of a URL is removed, so that the URL works.
        """
        return _forms(self.secret, is_in_path=isinstance(self.scheme, PathScheme))


class Credentials:
    """Finds the credential for each request of the command.

    Args:
        logins: the logins that the command may use, in their order.
        read: returns the credential of a login.
    """

    def __init__(self, logins: Sequence[Login], read: Callable[[Login], Secret]) -> None:
        self.logins, self._read = tuple(logins), read
        self._channels = LoginsByAddress(logins)
        indexes = [login._replace(address=login.pypi) for login in logins if login.pypi]
        self._indexes = LoginsByAddress(indexes)
        self._by_index = {login.pypi: login for login in reversed(self.logins) if login.pypi}

    @cached_property
    def origins(self) -> frozenset[Origin]:
        """Host and port of each server with TLS that a credential is for."""
        places = [login.address for login in self.logins]
        places += [login.pypi for login in self.logins if login.pypi]
        return frozenset((each.host, each.port) for each in places if each.scheme == "https")

    @property
    def index_roots(self) -> list[Address]:
        """The package indexes of the logins, without ``/simple``, in their order."""
        return list(dict.fromkeys(login.pypi for login in self.logins if login.pypi))

    @property
    def indexes(self) -> list[str]:
        """The URLs of the package indexes, as tools use them."""
        return [f"{root}/simple" for root in self.index_roots]

    def login_for(self, url: Address) -> tuple[Login, bool] | None:
        """Return the login for a request, and whether the request is for its package index."""
        channel, index = self._channels.closest(url), self._indexes.closest(url)
        if index and (channel is None or len(index.address.path) > len(channel.address.path)):
            return self._by_index[index.address], True
        return (channel, False) if channel else None

    def find(self, url: str) -> Credential | None:
        """Return the credential for a request to this URL; None if no login covers it.

        Raises:
            CredentialMissingError: its store has no credential for the login.
            StoreError: the store could not be read.
        """
        address = Address.of_request(url)
        found = self.login_for(address) if address else None
        if found is None:
            return None
        login, is_for_index = found
        scheme = pypi_scheme(login) if is_for_index else login.scheme
        return Credential(login, scheme, self._read(login), is_for_index)


def unreadable(logins: Iterable[Login], read: Callable[[Login], Secret]) -> list[CondaPrivateError]:
    """Return the errors of the credentials that are not here, as far as that costs nothing to know.

    A keyring or a helper is asked when a request needs it.
    """
    errors: list[CondaPrivateError] = []
    for login in logins:
        if login.source.kind in ("env", "secret-file", "file"):
            try:
                read(login)
            except CondaPrivateError as error:
                errors.append(error)
    return errors


@cache  # there are few credentials, and many requests
def _forms(secret: Secret, *, is_in_path: bool) -> Mapping[bytes, bytes]:
    text = secret.reveal()
    raw = text.encode()
    plain = {raw, quote(text, safe="").encode(), escape(text).encode()}
    plain.add(json.dumps(text)[1:-1].encode())
    # The user name before it shifts the base64 to one of three alignments.
    inner = {base64.b64encode(b"x" * pad + raw)[pad and 4 : -4] for pad in range(3)}
    plain |= {form for form in inner if len(form) >= 8}
    removed = {f"/t/{text}".encode()} if is_in_path else set()
    longest_first = sorted(plain | removed, key=len, reverse=True)
    mask = MASK[:1].encode()
    return {form: b"" if form in removed else mask * len(form) for form in longest_first}
