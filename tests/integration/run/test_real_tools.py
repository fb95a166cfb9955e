"""pipx, hatch, poetry, rattler-build and conda-lock, as they come from PyPI, over TLS."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.run.conftest import Runner
from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Server, build_wheel, serve

TOOLS = os.environ.get("OTHER_TOOLS", "")
pytestmark = [
    pytest.mark.hard,
    pytest.mark.skipif(not TOOLS, reason="OTHER_TOOLS does not name a folder of programs"),
]
PROJECT = '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.10,<4"\n'
NEEDS = 'dependencies = ["hello-wheel"]\n'
BUILD = """\
import sys
from rattler_build import Stage0Recipe, VariantConfig
(rendered,) = Stage0Recipe.from_file(sys.argv[1]).render(VariantConfig())
rendered.run_build(output_dir="output", channels=[sys.argv[2]])
"""
RECIPE = """\
package: {name: built, version: "1.0"}
build: {noarch: generic, script: [test -x $PREFIX/bin/on-main]}
requirements: {host: [on-main]}
"""


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on its ports, with TLS."""
    with serve(world, tls=True) as server:
        yield server
        assert not server.errors


@pytest.fixture
def conda(conda: Conda, server: Server) -> Conda:
    """A user whose conda trusts the server's authority; nothing else does."""
    conda.settings["ssl_verify"] = str(server.ca_file)
    return conda


def tool(run: Runner, name: str, *words: str) -> Result:
    """Run one of the tools; it must work."""
    result = run(f"{TOOLS}/{name}", *words)
    assert result.code == 0, result.text
    return result


def project(run: Runner, text: str) -> None:
    """Write the project's file."""
    (run.conda.folder / "pyproject.toml").write_text(text)


def signed(server: Server) -> set[str]:
    """Return the forms in which the requests to the private index were signed."""
    return {each.credential for each in server.requests if each.origin == "pypi"}


def test_pipx_installs_a_program(
    run: Runner, server: Server, world: Anaconda, tmp_path: Path
) -> None:
    run.conda.environment |= {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_DEFAULT_BACKEND": "uv"}
    run.conda.environment["PATH"] += f":{TOOLS}"
    tool(run, "pipx", "install", "--preinstall", "hello-wheel", "hello-script")
    assert signed(server) == {"path"}


def test_hatch_creates_an_environment(run: Runner, server: Server) -> None:
    settings = '[tool.hatch.envs.default]\nskip-install = true\ndependencies = ["hello-wheel"]\n'
    project(run, PROJECT + settings)
    tool(run, "hatch", "env", "create")
    result = tool(run, "hatch", "run", "python", "-c", "import hello_wheel; print('there')")
    assert "there" in result.out
    assert signed(server) == {"path"}


def test_lock_file_of_poetry_holds_the_address_of_the_server(run: Runner, server: Server) -> None:
    index = f"{server.pypi}/my-org/simple"
    source = f'[[tool.poetry.source]]\nname = "mine"\npriority = "primary"\nurl = "{index}"\n'
    project(run, PROJECT + NEEDS + source)
    tool(run, "poetry", "lock")
    tool(run, "poetry", "install", "--no-root")
    assert f'url = "{index}"' in (run.conda.folder / "poetry.lock").read_text()
    assert signed(server) == {"path"}


def test_rattler_build_builds_with_a_private_package(
    run: Runner, server: Server, token: str
) -> None:
    (run.conda.folder / "recipe.yaml").write_text(RECIPE)
    tool(run, "python", "-c", BUILD, "recipe.yaml", f"{server.conda}/my-org")
    assert list((run.conda.folder / "output").rglob("built-1.0-*.conda"))
    asked = [each for each in server.requests if each.origin == "conda"]
    assert {each.headers["Authorization"] for each in asked} == {f"token {token}"}


def test_conda_lock_holds_the_address_of_the_server(run: Runner, server: Server) -> None:
    (run.conda.folder / "environment.yml").write_text(
        f"channels: [{server.conda}/my-org]\nplatforms: [linux-64]\ndependencies: [on-main]\n"
    )
    words = ("--conda", str(run.conda.executable), "-f", "environment.yml", "-p", "linux-64")
    tool(run, "conda-lock", "lock", *words)
    text = (run.conda.folder / "conda-lock.yml").read_text()
    assert f"{server.conda}/my-org/noarch/on-main-1.0-0.conda" in text


@pytest.fixture(autouse=True)
def _program(world: Anaconda, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "hello-script", "1.0")
    _add_script(wheel)
    world.add_package("my-org", wheel, private=True)


def _add_script(wheel: Path) -> None:
    with zipfile.ZipFile(wheel, "a") as archive:
        (record,) = [name for name in archive.namelist() if name.endswith("RECORD")]
        points = f"{record.removesuffix('RECORD')}entry_points.txt"
        archive.writestr(points, "[console_scripts]\nhello-script = hello_script:main\n")
