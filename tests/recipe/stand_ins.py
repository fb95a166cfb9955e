"""Create a channel from wheels: ``python -m tests.recipe.stand_ins WHEELS CHANNEL``.

Runs in the environment of the recipe's tools. Every wheel becomes the conda package of its name;
``python`` becomes a package of links to the running interpreter. The caller indexes the channel.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import PathDistribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from whl2conda.api.converter import CondaPackageFormat, DependencyRename, Wheel2CondaConverter

from .by_hand import write, write_abi, write_python

# Conda packages whose name differs from the name of the wheel.
OTHER_NAMES = {"ruamel-yaml": "ruamel.yaml"}


def convert(wheel: Path, channel: Path) -> None:
    """Create the conda package of a wheel in the folder of its platform."""
    name, version, _, _ = parse_wheel_filename(wheel.name)
    converter = Wheel2CondaConverter(wheel, channel)
    converter.package_name = name
    converter.out_format = CondaPackageFormat.V1  # the other one takes three times as long
    converter.allow_impure = converter.keep_pip_dependencies = True
    # The converter drops all requirements with a condition, so they are added here.
    converter.dependency_rename = [DependencyRename.from_strings("(?!python$).*", "")]
    converter.extra_dependencies = [
        f"{canonicalize_name(requirement.name)} {requirement.specifier}".strip()
        for requirement in requirements(wheel)
    ]
    converter.convert_all()
    if name in OTHER_NAMES:
        write(channel, OTHER_NAMES[name], str(version), depends=[f"{name} =={version}"])


def requirements(wheel: Path) -> Iterator[Requirement]:
    """Yield the requirements of a wheel that apply to this environment."""
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}
        (info,) = (folder for folder in folders if folder.endswith(".dist-info"))
        texts = PathDistribution(zipfile.Path(archive, f"{info}/")).requires or []
    for requirement in map(Requirement, texts):
        if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def name_platform(wheel: Path) -> Path:
    """Give a locally built wheel a manylinux tag, which the converter requires."""
    if "-linux_" not in wheel.name:
        return wheel
    platform = wheel.stem.rpartition("-linux_")[2]
    command = [sys.executable, "-m", "wheel", "tags", "--remove", "--platform-tag"]
    words = [*command, f"manylinux_2_17_{platform}", wheel]
    new = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return wheel.with_name(new.strip())


def main(wheels: Path, channel: Path) -> None:
    """Fill the channel."""
    logging.disable(logging.WARNING)
    write_python(channel)
    write_abi(channel)
    for wheel in sorted(wheels.glob("*.whl")):
        convert(name_platform(wheel), channel)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
