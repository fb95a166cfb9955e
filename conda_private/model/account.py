"""The record of an account: who may ask a server's API for what only owners may."""

from __future__ import annotations

from dataclasses import dataclass

from conda_private.model.address import ChannelUrl

# No channel's address can have such a segment, so no login can have the secret of an account.
_MARK = "(account)"
_OWN_KEY = frozenset({"keyring", "file", "helper-store", "memory"})


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
