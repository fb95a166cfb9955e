"""A copy of the sources with the version of a release, and with its changelog."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.recipe.project import pyproject
from tests.recipe.steps import Steps
from tests.recipe.workplace import CHECKOUT

# Where the version is, each with what is before it.
VERSIONS = {
    "pyproject.toml": r'^version = "',
    "recipe/recipe.yaml": r'^  version: "',
}
VERSION = r"[0-9]+\.[0-9]+(\.[0-9]+)?((a|b|rc)[0-9]+)?"  # as PyPI and conda both order it


def current_version() -> str:
    """Return the version of the checkout."""
    found: str = pyproject()["project"]["version"]
    return found


def copy_sources(steps: Steps, version: str, folder: Path) -> None:
    """Copy the tracked files, and set the version in the copy; the checkout stays as it is."""
    with steps.step(f"Copy the tracked files, as version {version}"):
        names = steps.run(["git", "ls-files"], cwd=CHECKOUT).splitlines()
        for name in names:
            if (CHECKOUT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(CHECKOUT / name, folder / name)
        for name, before in VERSIONS.items():
            _set_version(folder / name, before, version)
        changed = steps.run(["git", "status", "--porcelain"], cwd=CHECKOUT).splitlines()
        steps.say(f"{len(names)} files" + (f", {len(changed)} NOT COMMITTED" if changed else ""))


def _set_version(file: Path, before: str, version: str) -> None:
    found = re.compile(f'({before})[^"]+"', re.MULTILINE)
    text, count = found.subn(rf'\g<1>{version}"', file.read_text("utf-8"))
    if count != 1:
        raise AssertionError(f"{file} has {count} versions")
    file.write_text(text, "utf-8")


def write_changelog(steps: Steps, version: str, folder: Path, notes: Path) -> None:
    """Build the changelog in the copy, and write the section of this version into a file."""
    with steps.step("Build the changelog from the news fragments"):
        towncrier = [sys.executable, "-m", "towncrier", "build", "--version", version]
        # Only to standard output; its other messages would be in the file.
        drafted = subprocess.run(
            [*towncrier, "--draft"], cwd=folder, capture_output=True, text=True, check=True
        )
        section = drafted.stdout[drafted.stdout.index(f"## {version} ") :]
        notes.write_text(section, "utf-8")
        steps.insist("\n- " in section, "there is no news")
        # The copy is no repository, so fragments cannot be removed with git.
        fragments = [each for each in folder.glob("changelog.d/*.md") if each.name != "README.md"]
        steps.run([*towncrier, "--keep"], cwd=folder)
        for each in fragments:
            each.unlink()
        changelog = (folder / "CHANGELOG.md").read_text("utf-8")
        steps.insist(f"## {version} " in changelog, "the changelog lacks the version")
        steps.say(f"{len(fragments)} fragments")
