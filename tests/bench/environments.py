"""The environments that are measured, and the machine that they are on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.rows import OURS

CHECKOUT = Path(__file__).parents[2]
FOLDER = CHECKOUT / ".venv" / "bench"
_VERSIONS = """
import json, platform, sys
from importlib.metadata import PackageNotFoundError, version
found = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Environment:
    """A conda, with a plugin or with none.

    Attributes:
        name: of the plugin; ``plain`` has none.
        python: the interpreter that has this conda.
    """

    name: str
    python: Path

    @property
    def conda(self) -> Path:
        """The command."""
        return self.python.with_name("conda")

    def versions(self) -> dict[str, str]:
        """Of Python, conda and the plugin."""
        command = [str(self.python), "-c", _VERSIONS, "conda", self.name]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
        found: dict[str, str] = json.loads(done.stdout)
        return found


def plain() -> Environment:
    """conda alone."""
    return Environment("plain", FOLDER / "plain" / "bin" / "python")


def ours() -> Environment:
    """The same conda, and this plugin installed as users have it."""
    return Environment(OURS, FOLDER / "plugin" / "bin" / "python")


def here() -> Environment:
    """The environment of the tests, with the plugin as it stands in the checkout."""
    return Environment(OURS, Path(sys.executable))


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(each, 2) for each in os.getloadavg()],
        "conda-private": version("conda-private"),
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    command = ["git", "-C", str(CHECKOUT), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()
