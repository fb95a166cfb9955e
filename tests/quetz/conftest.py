"""A real Quetz with private channels, and a user with a real conda."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.runner import Conda, spellings_of
from tests.server import build_package

from .deployment import running
from .quetz import Quetz

PROGRAM = "#!/bin/sh\necho hello from Quetz\n"


@pytest.fixture(scope="session")
def quetz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quetz]:
    """The server, with the same package in two private channels: ``secrets`` and ``others``."""
    python = os.environ.get("QUETZ_PYTHON")
    if not python:
        pytest.skip("QUETZ_PYTHON does not name an interpreter with Quetz (see `make test-quetz`)")
    folder = tmp_path_factory.mktemp("quetz")
    package = build_package(folder, "hello-private", "1.0", script=PROGRAM)
    with running(python, folder) as url:
        quetz = Quetz(url)
        for name in ("secrets", "others"):
            quetz.add_channel(name, package)
        yield quetz


@pytest.fixture
def channel(quetz: Quetz) -> str:
    """The URL of the channel ``secrets``."""
    return quetz.channel("secrets")


@pytest.fixture
def key(quetz: Quetz) -> str:
    """A new API key with access to the channel ``secrets``."""
    return quetz.add_key("secrets")


@pytest.fixture
def conda(request: pytest.FixtureRequest, tmp_path: Path, quetz: Quetz) -> Iterator[Conda]:
    """A user; afterwards, no file but the file store may contain a key."""
    executable = request.config.getoption("--conda")
    user = Conda(executable, request.config.getoption("--solver"), tmp_path / "user", quetz.url)
    yield user
    for key in quetz.keys:
        assert user.files_with(key, apart_from=[user.secrets_file]) == []
        assert not any(form in user.seen for form in spellings_of(key))
