"""Run steps and print what each does, how long it takes, and why it fails."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class StepFailedError(Exception):
    """A step failed."""


class Steps:
    """Count and time steps.

    Args:
        log: the file that receives the output of all tools.
    """

    def __init__(self, log: Path) -> None:
        self.log = log
        self._number = 0

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Print what a step does, and then how long it took."""
        self._number += 1
        print(f"{self._number}. {text}", flush=True)
        start = time.monotonic()
        yield
        print(f"     {time.monotonic() - start:.1f} s", flush=True)

    def say(self, text: str) -> None:
        """Print a result of the step."""
        print(f"   | {text}", flush=True)

    def insist(self, holds: bool, what: str) -> None:
        """Stop unless a claim holds.

        Raises:
            StepFailedError: the claim does not hold.
        """
        if not holds:
            raise StepFailedError(f"step {self._number}: {what}")

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        works: bool = True,
    ) -> str:
        """Run a tool and return its output."""
        done = subprocess.run(
            [*map(str, command)],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=600,
        )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(map(str, command))}\n{done.stdout}\n")
        tail = "\n".join(done.stdout.splitlines()[-40:])
        self.insist((done.returncode == 0) is works, f"exit code {done.returncode}\n{tail}")
        return done.stdout
