"""The users of the pages, and what is checked after each page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.world import PASSWORD, Person, build_packages, make_person, make_world
from tests.integration.runner import spellings_of
from tests.server import Anaconda


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The packages that the pages install."""
    return build_packages(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def world(packages: dict[str, Path]) -> Anaconda:
    """``my-org``: private packages on main and dev, a public one on main; ``other``: public."""
    return make_world(packages)


@pytest.fixture
def new_person(
    request: pytest.FixtureRequest, tmp_path: Path, world: Anaconda
) -> Iterator[Callable[[], Person]]:
    """Create the person; afterwards, no credential is where the pages do not say so."""
    with contextlib.ExitStack() as stack:
        people: list[Person] = []
        conda = request.config.getoption("--conda"), request.config.getoption("--solver")

        def make() -> Person:
            people.append(make_person(*conda, tmp_path, world, stack))
            return people[-1]

        yield make
        for person in people:
            assert person.server.errors == []
            assert person.gateway.refused == [], "a page sends people out to the network"
            _assert_no_leak(person)


@pytest.fixture
def person(new_person: Callable[[], Person]) -> Person:
    """Alice, with an unlocked keyring."""
    return new_person()


def _assert_no_leak(person: Person) -> None:
    stores = [person.conda.secrets_file, *_own_files(person)]
    for secret in (*person.world.tokens, PASSWORD):
        assert person.conda.files_with(secret, apart_from=stores) == []
        assert not any(form in person.conda.seen for form in spellings_of(secret))


def _own_files(person: Person) -> Iterator[Path]:
    """Yield the files in which the person of a page stores credentials without conda-private."""
    home = person.conda.home
    named = ("*token*", "*api-key*", "*password*")
    for pattern in (*named, "**/binstar/**/*.token", ".anaconda/keyring"):
        yield from home.glob(pattern)
