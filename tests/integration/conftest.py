"""A private channel on a real socket, and a user with a real conda."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.runner import Conda, spellings_of
from tests.server import Anaconda, Server, build_package, serve

PASSWORD = "a password of alice"
PROGRAM = "#!/bin/sh\necho hello from a private package\n"


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Real packages, by name and version."""
    folder = tmp_path_factory.mktemp("packages")
    versions = [
        ("hello-private", "1.0"),
        ("hello-private", "2.0"),
        ("on-main", "1.0"),
        ("hello-public", "1.0"),
    ]
    return {
        f"{name}-{version}": build_package(
            folder, name, version, files={f"bin/{name}": PROGRAM.encode()}
        )
        for name, version in versions
    }


class _Remembering(Anaconda):
    """Remembers every token that it ever had, for the search for leaks."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: set[str] = set()

    def add_token(self, *args: Any, **options: Any) -> str:
        token = super().add_token(*args, **options)
        self.ever.add(token)
        return token

    @property
    def secrets(self) -> set[str]:
        """Every token and every password."""
        passwords = {account.password for account in self.accounts.values()}
        return {*self.ever, *self.tokens, *filter(None, passwords)}


@pytest.fixture
def world(packages: dict[str, Path]) -> Anaconda:
    """``my-org``: private packages on main and dev, a public one; ``other``: a public one."""
    world = _Remembering()
    world.add_user("alice", password=PASSWORD)
    for name in ("my-org", "other"):
        world.add_organization(name, owners=["alice"])
    world.add_package("my-org", packages["hello-private-1.0"], labels=["dev"], private=True)
    world.add_package("my-org", packages["on-main-1.0"], labels=["main"], private=True)
    world.add_package("my-org", packages["hello-public-1.0"], labels=["main"])
    world.add_package("other", packages["hello-public-1.0"], labels=["main"])
    return world


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on four ports."""
    with serve(world) as server:
        yield server
        assert not server.errors


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that gives access to the private packages in ``my-org``."""
    return world.add_token("alice", scopes=["conda:download"], name="laptop")


@pytest.fixture
def new_conda(
    request: pytest.FixtureRequest, tmp_path: Path, world: Anaconda
) -> Iterator[Callable[[str], Conda]]:
    """Creates users of conda; afterwards, no secret is outside of a credential store."""
    users: list[Conda] = []

    def make(alias: str) -> Conda:
        folder = tmp_path / f"user{len(users)}"
        executable = request.config.getoption("--conda")
        users.append(Conda(executable, request.config.getoption("--solver"), folder, alias))
        return users[-1]

    yield make
    assert isinstance(world, _Remembering)
    for user in users:
        for secret in world.secrets:
            assert user.files_with(secret, apart_from=user.places_of_secrets) == []
            assert not any(form in user.seen for form in spellings_of(secret))


@pytest.fixture
def conda(new_conda: Callable[[str], Conda], server: Server) -> Conda:
    """A user whose ``channel_alias`` is the server."""
    return new_conda(server.conda)
