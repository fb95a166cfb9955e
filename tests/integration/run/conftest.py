"""Private wheels next to the private channel, a public index, and a user with a login."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Server, build_sdist, build_wheel, serve

PIP = (sys.executable, "-m", "pip")


class Runner:
    """Runs other tools through ``conda private run``, as one user.

    Args:
        conda: the user, whose folder is searched for the token afterwards.
        public: the index that is used instead of PyPI.
    """

    def __init__(self, conda: Conda, public: Server) -> None:
        self.conda, self.public = conda, public
        self.public_index = f"{public.pypi}/pypi/simple"
        self.temporary = conda.folder / "tmp"
        self.temporary.mkdir()
        conda.environment |= {
            "TMPDIR": str(self.temporary),
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_INDEX_URL": self.public_index,
            "UV_CACHE_DIR": str(conda.folder / "uv-cache"),
            "UV_PYTHON": sys.executable,
        }

    def __call__(self, *words: str | Path, options: tuple[str, ...] = ()) -> Result:
        """Run ``conda private run WORDS``."""
        return self.conda.run("private", "run", *options, *words)

    def pip(self, *words: str | Path, options: tuple[str, ...] = ()) -> Result:
        """Run the pip of these tests."""
        return self(*PIP, *words, options=options)

    def install(self, *words: str | Path, options: tuple[str, ...] = ()) -> Result:
        """``pip install`` into the folder ``site``."""
        return self.pip("install", "--target", self.site, *words, options=options)

    @property
    def site(self) -> Path:
        """The folder that pip installs into."""
        return self.conda.folder / "site"

    def version(self, module: str = "hello_wheel") -> str:
        """Return the installed version of a module; "" if it is not installed."""
        file = self.site / f"{module}.py"
        return file.read_text().split('"')[1] if file.exists() else ""


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheels and an sdist, by name and version."""
    folder = tmp_path_factory.mktemp("wheels")
    names = [("hello-wheel", "1.0"), ("hello-wheel", "9.0"), ("only-public", "1.0")]
    made = {f"{name}-{version}": build_wheel(folder, name, version) for name, version in names}
    return {**made, "hello-sdist-1.0": build_sdist(folder, "hello-sdist", "1.0")}


@pytest.fixture
def world(world: Anaconda, wheels: dict[str, Path]) -> Anaconda:
    """``my-org`` has a private wheel on main, another version on dev, and an sdist."""
    for name in ("hello-wheel-1.0", "hello-sdist-1.0"):
        world.add_package("my-org", wheels[name], private=True)
    return world


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that gives access to the channel and the package index."""
    return world.add_token("alice", scopes=["conda:download", "pypi:download"], name="laptop")


@pytest.fixture
def public(wheels: dict[str, Path]) -> Iterator[Server]:
    """A public index with a higher version of the private package."""
    world = Anaconda()
    world.add_organization("pypi")
    for name in ("hello-wheel-9.0", "only-public-1.0"):
        world.add_package("pypi", wheels[name])
    with serve(world) as server:
        yield server


@pytest.fixture
def run(conda: Conda, server: Server, public: Server, token: str) -> Iterator[Runner]:
    """A user with a login for the channel and its index; no temporary file may remain."""
    runner = Runner(conda, public)
    urls = ("--api-url", server.api, "--pypi-url", f"{server.pypi}/my-org")
    conda.login("my-org", *urls, token=token)
    server.clear()
    yield runner
    assert [path.name for path in runner.temporary.glob("conda-private-*")] == []
