"""The folders in which the recipe is built and tried, and the interpreters that do it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Workplace:
    """Everything below one folder, which is made anew each time.

    Attributes:
        tools: The interpreter that has the recipe's tools.
        client: The interpreter that has anaconda-client.
    """

    folder: Path
    tools: Path
    client: Path

    @property
    def wheels(self) -> Path:
        """What the stand-in packages are made of."""
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
        return self.folder / "conda"  # "base" is a name that conda refuses

    @property
    def conda(self) -> Path:
        """The conda that made all this; the base environment has its own."""
        return Path(sys.executable).with_name("conda")

    @property
    def package(self) -> Path:
        """The built package."""
        (found,) = self.built.glob("noarch/*.conda")
        return found

    @property
    def environment(self) -> dict[str, str]:
        """A home and a cache of their own for the tools."""
        home = str(self.folder / "home")
        return {"HOME": home, "RATTLER_CACHE_DIR": home, "PYTHONDONTWRITEBYTECODE": "1"}

    def clear(self) -> None:
        """Begin with an empty folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.wheels, self.channel, self.built, self.folder / "home"):
            folder.mkdir(parents=True)
