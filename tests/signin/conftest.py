"""An issuer, and who signs in there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conda_private.model.sign_in import Client
from tests.server import Anaconda
from tests.server.issuer import CLIENT, Issuer, issuing


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer whose tokens are alice's."""
    world = Anaconda()
    world.add_user("alice")
    with issuing(world, "alice") as issuer:
        yield issuer


@pytest.fixture
def client(issuer: Issuer) -> Client:
    """Who signs in."""
    return Client(issuer.url, CLIENT)
