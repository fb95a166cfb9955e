"""The recipe says the same as ``pyproject.toml``; `make recipe` builds and tries it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from .project import build_requirements, pyproject, run_requirements, split
from .workplace import CHECKOUT

# What a build with pip needs besides the backend.
BUILD_TOOLS = {"pip": ""}


@pytest.fixture
def recipe() -> Any:
    """The recipe as it is written, not rendered."""
    return YAML(typ="safe").load((CHECKOUT / "recipe" / "recipe.yaml").read_text(encoding="utf-8"))


def test_package_needs_what_the_project_needs(recipe: Any) -> None:
    needed = dict(map(split, recipe["requirements"]["run"]))
    assert needed == {"python": pyproject()["project"]["requires-python"], **run_requirements()}


def test_build_needs_what_the_project_says(recipe: Any) -> None:
    needed = dict(map(split, recipe["requirements"]["host"]))
    python = {"python": pyproject()["project"]["requires-python"]}
    assert needed == {**python, **BUILD_TOOLS, **build_requirements()}


def test_recipe_has_name_version_and_licence_of_the_project(recipe: Any) -> None:
    project = pyproject()["project"]
    assert recipe["context"]["version"] == project["version"]
    assert recipe["package"]["name"] == project["name"]
    assert recipe["about"]["license"] == project["license"]
    assert [recipe["about"]["license_file"]] == project["license-files"]


def test_recipe_names_no_address_that_the_project_does_not(recipe: Any) -> None:
    known = {**pyproject()["project"].get("urls", {})}
    named = {key for key in recipe["about"] if key in ("homepage", "repository", "documentation")}
    assert {recipe["about"][key] for key in named} <= set(known.values())


def test_what_the_recipe_tries_works_in_this_environment() -> None:
    command = [sys.executable, CHECKOUT / "recipe" / "try_installed.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
