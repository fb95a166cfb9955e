"""A world of alice, bob and acme, and the server that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import Anaconda, Server, build_package, build_wheel, serve

PASSWORD = "correct horse"
PRIVATE = "hello-private-1.0-0.conda"


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages that tests publish and never change."""
    folder = tmp_path_factory.mktemp("packages")
    build_package(folder, "hello-private", "1.0", noarch=True, script="#!/bin/sh\necho hello\n")
    build_package(folder, "hello-public", "1.0", noarch=None, depends=["hello-private"])
    build_wheel(folder, "hello-wheel", "1.0")
    return folder


@pytest.fixture
def world(packages: Path) -> Anaconda:
    """Alice with a public and a private package, and an organization she owns."""
    world = Anaconda()
    world.add_user("alice", password=PASSWORD)
    world.add_user("bob", password=PASSWORD)
    world.add_organization("acme", owners=["alice"])
    world.add_package("alice", packages / PRIVATE, labels=["main", "dev"], private=True)
    world.add_package("alice", packages / "hello-public-1.0-0.conda")
    return world


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on its ports; a failure of the mock itself fails the test."""
    with serve(world) as server:
        yield server
    assert server.errors == []
