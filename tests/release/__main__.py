"""Build a release or a candidate, and try each artifact: ``make release VERSION=1.0.0rc1``."""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

from tests.recipe.steps import StepFailedError, Steps
from tests.recipe.workplace import CHECKOUT

from .building import (
    Release,
    build_for_conda,
    build_for_conda_forge,
    build_for_pypi,
    describe,
    install_for_pypi,
)
from .source import VERSION, copy_sources, current_version, write_changelog


def main() -> int:
    """Run all steps and return the exit code: 0 if every step succeeded."""
    release = _release()
    release.clear()
    steps = Steps(release.folder / "release.log")
    start = time.monotonic()
    try:
        copy_sources(steps, release.version, release.source)
        notes = release.output / "NOTES.md"
        write_changelog(steps, release.version, release.source, notes)
        build_for_pypi(steps, release)
        python = install_for_pypi(steps, release)
        build_for_conda(steps, release)
        build_for_conda_forge(steps, release)
        describe(steps, release, python)
    except (StepFailedError, AssertionError) as error:
        print(f"\nThe release failed at {error}\n\nAll output: {steps.log}", file=sys.stderr)
        return 1
    print(f"\nVersion {release.version} is in {release.output.relative_to(CHECKOUT)}, and each")
    print(f"artifact works. It took {time.monotonic() - start:.0f} s. Nothing was published.")
    return 0


def _release() -> Release:
    parser = argparse.ArgumentParser(description=__doc__)
    helps = {"tools": "a release", "recipe-tools": "the recipe", "client": "anaconda-client"}
    for name, what in helps.items():
        parser.add_argument(
            f"--{name}", type=Path, required=True, help=f"the Python with the tools of {what}"
        )
    parser.add_argument("--version", type=_version, default=current_version())
    given = parser.parse_args()
    return Release(
        given.version,
        CHECKOUT / "build" / "release",
        CHECKOUT / "dist" / "release",
        given.tools,
        given.recipe_tools,
        given.client,
    )


def _version(text: str) -> str:
    if not re.fullmatch(VERSION, text):
        raise argparse.ArgumentTypeError("use a version such as 1.0.0 or 1.0.0rc1")
    return text


if __name__ == "__main__":
    sys.exit(main())
