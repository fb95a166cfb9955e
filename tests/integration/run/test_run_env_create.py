"""`conda private run conda env create`: a private wheel and a private conda package."""

from __future__ import annotations

import sys

import pytest

from tests.integration.run.conftest import Runner
from tests.integration.runner import Result
from tests.server import Anaconda, Server, build_package

# An environment's Python: that of these tests, which installs into the environment.
PYTHON = f"""\
#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
PIP_PREFIX="$here" PYTHONPATH="" exec {sys.executable} "$@"
"""
VERSION = ".".join(map(str, sys.version_info[:3]))
FILE = """\
channels: [my-org]
dependencies:
  - on-main
  - python
  - pip
  - pip:
"""


@pytest.fixture
def world(world: Anaconda, tmp_path_factory: pytest.TempPathFactory) -> Anaconda:
    """``my-org`` has Python and pip, too."""
    folder = tmp_path_factory.mktemp("python")
    files = {"bin/python": PYTHON.encode()}
    world.add_package("my-org", build_package(folder, "python", VERSION, files=files))
    world.add_package("my-org", build_package(folder, "pip", "24.0", depends=["python"]))
    return world


def create(run: Runner, *lines: str, options: tuple[str, ...] = (), conda: str = "conda") -> Result:
    """Create an environment with this ``pip:`` section."""
    (run.conda.folder / "environment.yml").write_text(
        FILE + "".join(f"    - {line}\n" for line in lines)
    )
    return run(conda, "env", "create", "-p", run.conda.prefix("env"), options=options)


def installed(run: Runner) -> set[str]:
    """Return the modules that pip has installed into the environment."""
    return {path.stem for path in run.conda.prefix("env").glob("lib/python*/site-packages/*.py")}


@pytest.mark.hard
def test_private_index_in_the_file_is_read_through_the_gateway(
    run: Runner, server: Server, public: Server, token: str
) -> None:
    result = create(run, f"--index-url {server.pypi}/my-org/simple", "hello-wheel")
    assert result.code == 0, result.text
    assert installed(run) == {"hello_wheel"}
    assert (run.conda.prefix("env") / "bin" / "on-main").exists()
    assert {each.credential for each in server.requests if each.origin == "pypi"} == {"path"}
    # The plugin authenticated the request for the private conda package.
    assert "token" in {each.credential for each in server.requests if each.origin == "conda"}
    assert public.requests == []
    assert not list(run.conda.folder.glob("condaenv.*"))


@pytest.mark.hard
def test_file_without_an_index_also_works_with_the_public_one(
    run: Runner, server: Server, public: Server
) -> None:
    result = create(run, "hello-wheel", "only-public", options=("--with-pypi",))
    assert result.code == 0, result.text
    assert installed(run) == {"hello_wheel", "only_public"}
    assert "The private package is used" in result.err
    assert not [each for each in public.requests if "hello_wheel" in each.path]


@pytest.mark.hard
def test_failure_of_pip_is_the_failure_of_the_command(run: Runner) -> None:
    result = create(run, "no-such-wheel")
    assert result.code == 1
    assert "no-such-wheel" in result.text


@pytest.mark.hard
def test_file_may_refer_to_others_by_relative_paths(run: Runner, server: Server) -> None:
    (run.conda.folder / "more.txt").write_text("hello-wheel\n")
    line = f"--index-url {server.pypi}/my-org/simple"
    result = create(run, line, "-r more.txt")
    assert result.code == 0, result.text
    assert installed(run) == {"hello_wheel"}


@pytest.mark.hard
def test_environment_works_without_run_for_public_packages(run: Runner, public: Server) -> None:
    (run.conda.folder / "environment.yml").write_text(f"{FILE}    - only-public\n")
    result = run.conda.run("env", "create", "-p", run.conda.prefix("env"))
    assert result.code == 0, result.text
    assert installed(run) == {"only_public"}
