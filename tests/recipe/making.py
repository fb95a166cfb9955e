"""Create the stand-in channel, the package, and a base environment from both."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.integration.runner import Conda

from .project import build_requirements, run_requirements
from .steps import Steps
from .workplace import CHECKOUT, Workplace

CONDA_WHEEL = CHECKOUT / "tests" / "conda-wheel"
CONSTRAINTS = CHECKOUT / "tests" / "constraints.txt"


def make_channel(steps: Steps, place: Workplace) -> None:
    """Download wheels from PyPI, convert them to conda packages, and index the channel."""
    with steps.step("Download wheels from PyPI: conda, pip, and the plugin's requirements"):
        names = {*build_requirements(), *run_requirements()} - {"conda"}
        command = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "wheel",
            "--use-pep517",
        ]
        words = ["-c", CONSTRAINTS, "-w", place.wheels, CONDA_WHEEL, "pip", *sorted(names)]
        steps.run([*command, *words])
        steps.say(f"{len([*place.wheels.iterdir()])} wheels")
    with steps.step("Create a channel of stand-in packages"):
        command = [place.tools, "-m", "tests.recipe.stand_ins", place.wheels, place.channel]
        steps.run(command, cwd=CHECKOUT, env=place.environment)
        steps.run([sys.executable, "-m", "conda_index", place.channel], env=place.environment)
        steps.say(f"{len([*place.channel.glob('*/*.tar.bz2')])} packages")


def build_recipe(
    steps: Steps,
    place: Workplace,
    recipe: Path,
    output: Path,
    channel: str,
    *,
    env: Mapping[str, str] | None = None,
    works: bool = True,
) -> str:
    """Build and test a recipe, and return the output of the tool."""
    command = [place.tools, "-m", "tests.recipe.building", recipe, output, channel]
    return steps.run(command, cwd=CHECKOUT, env={**place.environment, **(env or {})}, works=works)


def build(steps: Steps, place: Workplace, artifacts: Path) -> Path:
    """Render the recipe, build it, run its tests, and return the path of the package."""
    with steps.step("Render the recipe, build the package, and run the tests of the recipe"):
        recipe = CHECKOUT / "recipe" / "recipe.yaml"
        said = build_recipe(steps, place, recipe, place.built, place.channel.as_uri())
        for line in said.splitlines():
            if line.startswith("✔") and line.endswith("passed!"):
                steps.say(line)
        artifacts.mkdir(exist_ok=True)
        return Path(shutil.copy(place.package, artifacts))


def make_base(steps: Steps, place: Workplace) -> None:
    """Create a base environment in which conda and the plugin are conda packages."""
    with steps.step("Create a base environment: conda create -p BASE python conda conda-private"):
        user = Conda(place.conda, "classic", place.folder / "maker", "https://conda.example.org")
        channels = [word for each in (place.built, place.channel) for word in ("-c", each.as_uri())]
        words = ("python", "conda", "conda-private")
        user.ok("create", "-y", "-q", "-p", place.base, "--override-channels", *channels, *words)
        code = "import conda_private; print(conda_private.__file__)"
        where = steps.run([place.base / "bin" / "python", "-I", "-c", code]).strip()
        steps.insist(Path(where).is_relative_to(place.base), f"the plugin is in {where}")
        (record,) = (place.base / "conda-meta").glob("conda-private-*.json")
        steps.say(f"BASE/conda-meta/{record.name}")
