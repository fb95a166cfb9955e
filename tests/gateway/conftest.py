"""A private index on a real socket, and the gateway to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from conda_private.gateway.server import serving
from conda_private.gateway.upstream import PrivateIndex, Upstream
from conda_private.http.client import stream
from conda_private.model.address import Address
from conda_private.model.schemes import PATH
from conda_private.model.secret import Secret
from tests.server import Anaconda, Server, build_wheel, serve

Open = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheels, by name and version."""
    folder = tmp_path_factory.mktemp("wheels")
    names = [("hello-wheel", "1.0"), ("hello-wheel", "9.0"), ("only-public", "1.0")]
    return {f"{name}-{version}": build_wheel(folder, name, version) for name, version in names}


@pytest.fixture
def world(wheels: dict[str, Path]) -> Anaconda:
    """``my-org`` with a private wheel on main and dev."""
    world = Anaconda()
    world.add_user("alice")
    world.add_organization("my-org", owners=["alice"])
    world.add_package("my-org", wheels["hello-wheel-1.0"], labels=["main", "dev"], private=True)
    return world


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on its ports."""
    with serve(world) as server:
        yield server
        assert not server.errors


@pytest.fixture
def public(wheels: dict[str, Path]) -> Iterator[Server]:
    """A public server, with a higher version of the private package."""
    world = Anaconda()
    world.add_organization("pypi")
    world.add_package("pypi", wheels["hello-wheel-9.0"])
    world.add_package("pypi", wheels["only-public-1.0"])
    with serve(world) as server:
        yield server


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that gives access to wheels."""
    return world.add_token("alice", scopes=["pypi:download"])


@pytest.fixture
def index(server: Server, token: str) -> PrivateIndex:
    """The index of ``my-org``."""
    root = Address.parse(f"{server.pypi}/my-org")
    return PrivateIndex(root, PATH, Secret.parse(token), "https://conda.anaconda.org/my-org")


@pytest.fixture
def told() -> list[str]:
    """The messages to the user."""
    return []


@pytest.fixture
def open_gateway(index: PrivateIndex, told: list[str]) -> Open:
    """A function that opens a gateway, to the index or to others."""

    @contextmanager
    def opened(*indexes: PrivateIndex, public: str = "") -> Iterator[str]:
        upstream = Upstream(indexes or (index,), public, stream=stream, tell=told.append)
        with serving(upstream) as address:
            yield address

    return opened
