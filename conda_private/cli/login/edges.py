"""What a login works with on this machine."""

from __future__ import annotations

from conda_private.actions.login import Edges
from conda_private.composition import machine, servers
from conda_private.files.logins import JsonIndex
from conda_private.model.ports import SecretStore


def edges_for(store: SecretStore, index: JsonIndex) -> Edges:
    """The real edges, with this store and this index."""
    return Edges(
        probe=machine.probe(),
        server=servers.token_server(),
        store=store,
        open_store=machine.open_store,
        index=index,
        open_list=lambda path: machine.channel_list(path, index),
    )
