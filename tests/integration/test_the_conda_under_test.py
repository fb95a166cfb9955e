"""The conda under test has a supported version, and its plugin is this checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.integration.runner import Conda

CHECKOUT = Path(__file__).parents[2]


def test_conda_has_a_supported_version(conda: Conda) -> None:
    version = conda.ok("--version").out.split()[1]
    assert tuple(map(int, version.split(".")[:2])) >= (24, 7)
    print(f"conda {version}, solver {conda.solver}")


def test_plugin_in_it_is_this_checkout(conda: Conda) -> None:
    python = conda.executable.with_name("python")
    command = [python, "-c", "import conda_private; print(conda_private.__file__)"]
    found = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout
    assert Path(found.strip()) == CHECKOUT / "conda_private" / "__init__.py"


def test_solver_is_the_requested_one(conda: Conda) -> None:
    assert conda.ok("config", "--show", "solver").out.split() == ["solver:", conda.solver]
