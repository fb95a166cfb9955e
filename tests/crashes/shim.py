"""The shim: built with the C compiler of this machine, and told what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")


class How(IntEnum):
    """What happens at the n-th call; as in ``shim.c``."""

    COUNT = 0
    STOP_BEFORE = 1
    STOP_HALF_WAY = 2
    STOP_AFTER = 3
    FAIL_ONCE = 4
    FAIL_FROM_THEN_ON = 5


@dataclass(frozen=True)
class Plan:
    """At which call below a folder what happens, and with which error."""

    under: Path
    how: How = How.COUNT
    at: int = 0
    error: int = 0

    def environment(self, library: Path, journal: Path | None = None) -> Mapping[str, str]:
        """What a program needs to meet it; the journal gets a line for each call that counts."""
        return {
            "LD_PRELOAD": str(library),
            "SHIM_UNDER": str(self.under),
            "SHIM_PLAN": f"{self.how:d}:{self.at}:{self.error}",
            **({"SHIM_JOURNAL": str(journal)} if journal else {}),
        }


def why_not() -> str:
    """Why there is no shim on this machine; "" when there is."""
    if sys.platform != "linux":
        return "preloads a library as Linux does"
    return "" if shutil.which("cc") else "needs a C compiler"


def build(folder: Path) -> Path:
    """Build the library."""
    library = folder / "shim.so"
    words = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"]
    subprocess.run(words, check=True, capture_output=True)
    return library
