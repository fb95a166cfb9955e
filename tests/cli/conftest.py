"""Commands in this process, each as in a process of its own, and a server for them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# The server's index imports it, in this process, and it makes conda forget its arguments.
import conda.exports  # noqa: F401
import pytest
from conda.cli.main import main

from conda_private.composition import machine
from conda_private.stores.once import answers
from tests.home import home_in
from tests.server import Anaconda, Server, build_package, serve

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def world(tmp_path: Path) -> Anaconda:
    """``my-org`` of alice, with a private package."""
    world = Anaconda()
    world.add_user("alice")
    world.add_organization("my-org", owners=["alice"])
    world.add_package("my-org", build_package(tmp_path, "hello", "1.0"), private=True)
    return world


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on the loopback."""
    with serve(world) as server:
        yield server
        assert server.errors == []


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs ``conda private WORDS`` as in a process of its own; returns exit code and output."""
    for name in ("BINSTAR_CONFIG_DIR", "XDG_CONFIG_HOME", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

    def conda_private(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        machine.resolver.cache_clear()
        answers.cache_clear()
        code = main("private", *words)
        out, err = capfd.readouterr()
        return code, out + err

    (tmp_path / "home").mkdir()
    with home_in(tmp_path / "home"):
        yield conda_private
