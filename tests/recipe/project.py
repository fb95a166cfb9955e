"""What ``pyproject.toml`` says; the recipe has to say the same."""

from __future__ import annotations

import re
from typing import Any

from .workplace import CHECKOUT

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib


def pyproject() -> dict[str, Any]:
    """The file."""
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


def run_requirements() -> dict[str, str]:
    """Name to range of versions, of what the plugin needs."""
    return dict(map(split, pyproject()["project"]["dependencies"]))


def build_requirements() -> dict[str, str]:
    """The same of what its build needs."""
    return dict(map(split, pyproject()["build-system"]["requires"]))


def split(requirement: str) -> tuple[str, str]:
    """A requirement, of a wheel or of a conda package: name, and range of versions or ""."""
    name, versions = re.fullmatch(r"([\w.-]+)\s*(.*)", requirement).groups()
    return name, versions
