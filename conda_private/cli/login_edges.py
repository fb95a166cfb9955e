"""What a login works with on this machine."""

from __future__ import annotations

from conda_private import composition
from conda_private.actions.login import Edges
from conda_private.composition import api as composition_api
from conda_private.index import JsonIndex
from conda_private.ports import SecretStore


def edges_for(store: SecretStore, index: JsonIndex) -> Edges:
    """The real edges, with this store and this index."""
    return Edges(
        probe=composition.probe(),
        server=composition_api.token_server(),
        store=store,
        open_store=composition.open_store,
        index=index,
        open_list=lambda path: composition.channel_list(path, index),
    )
