"""Read ``pyproject.toml``, which the recipe must agree with."""

from __future__ import annotations

import re
from typing import Any

from .workplace import CHECKOUT

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib


def pyproject() -> dict[str, Any]:
    """Return the parsed file."""
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


def run_requirements() -> dict[str, str]:
    """Return the version range of each requirement of the plugin."""
    return dict(map(split, pyproject()["project"]["dependencies"]))


def build_requirements() -> dict[str, str]:
    """Return the version range of each requirement of the build."""
    return dict(map(split, pyproject()["build-system"]["requires"]))


def split(requirement: str) -> tuple[str, str]:
    """Split a requirement into its name and its version range, or ""."""
    name, versions = re.fullmatch(r"([\w.-]+)\s*(.*)", requirement).groups()
    return name, versions
