"""A Windows of its own in one folder: Wine, with no drive but C:."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Debian's wrapper `wine` asks for 32-bit libraries that nothing here needs.
PROGRAM = Path("/usr/lib/wine/wine64")
PYTHON = r"C:\python\python.exe"
USER = "tester"


@dataclass(frozen=True)
class Said:
    """How a program ended, and both of its streams."""

    code: int
    text: str


class Wine:
    """One user of one Windows.

    Args:
        folder: contains everything that is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prefix, self.drive = folder / "prefix", folder / "prefix" / "drive_c"
        self.home = self.drive / "users" / USER
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(folder / "home"),  # Wine links the user's documents to it
            "USER": USER,
            "LOGNAME": USER,
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEPREFIX": str(self.prefix),
            "CONDA_SOLVER": "classic",
            "CONDA_SAT_SOLVER": "pysat",
        }

    def create(self) -> None:
        """Make drive C:, take all other drives away, and start the services."""
        shutil.rmtree(self.folder, ignore_errors=True)
        Path(self.environment["HOME"]).mkdir(parents=True)
        self._start("wineboot", "-i")
        for device in (self.prefix / "dosdevices").iterdir():
            if device.name != "c:":
                device.unlink()
        self.stop()
        # A server that stays, and one program without a pipe: the services keep what they inherit.
        subprocess.run(["wineserver", "-p"], env=self.environment, check=True, close_fds=True)
        self._start("wineboot")

    def stop(self) -> None:
        """End the services, and all programs."""
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False)
        subprocess.run(["wineserver", "-w"], env=self.environment, check=False)

    def run(
        self,
        *words: str,
        stdin: str = "",
        folder: str = "",
        env: Mapping[str, str] | None = None,
        limit: float = 120,
    ) -> Said:
        """Run a program of Windows.

        Args:
            folder: the current folder, below C:.
            limit: seconds.
        """
        done = subprocess.run(
            [PROGRAM, *words],
            # Pipes: with regular files, Python does not start.
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**self.environment, **(env or {})},
            cwd=self.drive / folder,
            timeout=limit,
            check=False,
        )
        return Said(done.returncode, done.stdout.decode(errors="replace").replace("\r\n", "\n"))

    def _start(self, *words: str) -> None:
        nothing = subprocess.DEVNULL
        command = [str(PROGRAM), *words]
        subprocess.run(
            command, stdin=nothing, stdout=nothing, stderr=nothing, env=self.environment, check=True
        )
