"""Check that the recipe agrees with ``pyproject.toml``; `make recipe` builds and tests it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from .project import build_requirements, pyproject, run_requirements, split
from .workplace import CHECKOUT

# The requirements of a build with pip, apart from the backend.
BUILD_TOOLS = {"pip": ""}


@pytest.fixture
def recipe() -> Any:
    """The unrendered recipe."""
    return YAML(typ="safe").load((CHECKOUT / "recipe" / "recipe.yaml").read_text(encoding="utf-8"))


def test_package_has_the_requirements_of_the_project(recipe: Any) -> None:
    needed = dict(map(split, recipe["requirements"]["run"]))
    assert needed == {"python": pyproject()["project"]["requires-python"], **run_requirements()}


def test_build_has_the_requirements_of_the_project(recipe: Any) -> None:
    needed = dict(map(split, recipe["requirements"]["host"]))
    python = {"python": pyproject()["project"]["requires-python"]}
    assert needed == {**python, **BUILD_TOOLS, **build_requirements()}


def test_recipe_has_name_version_and_license_of_the_project(recipe: Any) -> None:
    project = pyproject()["project"]
    assert recipe["context"]["version"] == project["version"]
    assert recipe["package"]["name"] == project["name"]
    assert recipe["about"]["license"] == project["license"]
    assert [recipe["about"]["license_file"]] == project["license-files"]


def test_recipe_has_only_urls_that_the_project_has(recipe: Any) -> None:
    known = {**pyproject()["project"].get("urls", {})}
    named = {key for key in recipe["about"] if key in ("homepage", "repository", "documentation")}
    assert {recipe["about"][key] for key in named} <= set(known.values())


def test_script_of_the_recipe_works_in_this_environment() -> None:
    command = [sys.executable, CHECKOUT / "recipe" / "try_installed.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
