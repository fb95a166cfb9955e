"""Secrets in this process alone, for tests of what uses a store."""

from __future__ import annotations

from conda_private.model.address import ChannelUrl
from conda_private.model.secret import Secret


class MemoryStore:
    """A store that ends with the process."""

    source = "memory"
    description = "this process"

    def __init__(self) -> None:
        self._secrets: dict[ChannelUrl, Secret] = {}

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The secret of exactly this scope; None when there is none."""
        return self._secrets.get(scope)

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Keep a secret for this scope in place of any other."""
        self._secrets[scope] = secret

    def delete(self, scope: ChannelUrl) -> None:
        """Forget the scope's secret."""
        self._secrets.pop(scope, None)

    def stamp(self) -> object:
        """A process keeps what it has read."""
        return None
