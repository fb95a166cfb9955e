"""Describe the folders and interpreters for building and trying the recipe."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Workplace:
    """A folder for everything, created anew each time.

    Attributes:
        tools: the interpreter that has the recipe's tools.
        client: the interpreter that has anaconda-client.
    """

    folder: Path
    tools: Path
    client: Path

    @property
    def wheels(self) -> Path:
        """The wheels of the stand-in packages."""
        return self.folder / "wheels"

    @property
    def channel(self) -> Path:
        """The channel of stand-in packages."""
        return self.folder / "stand-ins"

    @property
    def built(self) -> Path:
        """The channel with the built package."""
        return self.folder / "built"

    @property
    def base(self) -> Path:
        """The base environment."""
        return self.folder / "conda"  # conda does not accept the name "base"

    @property
    def conda(self) -> Path:
        """The conda that creates the base environment, which has its own."""
        return Path(sys.executable).with_name("conda")

    @property
    def package(self) -> Path:
        """The built package."""
        (found,) = self.built.glob("noarch/*.conda")
        return found

    @property
    def environment(self) -> dict[str, str]:
        """Variables that give the tools a home and a cache of their own."""
        home = str(self.folder / "home")
        return {"HOME": home, "RATTLER_CACHE_DIR": home, "PYTHONDONTWRITEBYTECODE": "1"}

    def clear(self) -> None:
        """Start with an empty folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.wheels, self.channel, self.built, self.folder / "home"):
            folder.mkdir(parents=True)
