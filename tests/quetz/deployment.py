"""Create a Quetz in a folder, run it on a loopback port, and stop it."""

from __future__ import annotations

import contextlib
import re
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

PATIENCE = 60  # seconds, for each step
CONFIGURATION = """\
[sqlalchemy]
database_url = "sqlite:///{folder}/quetz.sqlite"

[session]
secret = "{secret}"
https_only = false

[users]
admins = ["dummy:alice"]
"""

T = TypeVar("T")


@contextlib.contextmanager
def running(python: str, folder: Path) -> Iterator[str]:
    """Serve a new deployment, and yield its URL without a trailing slash.

    Args:
        python: the path of an interpreter with Quetz.
    """
    settings = CONFIGURATION.format(folder=folder / "deployment", secret=secrets.token_hex(32))
    (folder / "quetz.toml").write_text(settings)
    log = folder / "log"
    # With --dev there are users who sign in with only their name.
    words = ("create", "deployment", "--copy-conf", "quetz.toml", "--dev")
    with _quetz(python, folder, *words) as created:
        assert created.wait(PATIENCE) == 0, log.read_text()
    words = ("start", "deployment", "--port", "0", "--no-supervisor")
    with _quetz(python, folder, *words) as server:
        yield wait_until(lambda: _address(server, log))


@contextlib.contextmanager
def _quetz(python: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    # Variables configure Quetz too, so it gets only these.
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            [python, "-m", "quetz.cli", *words],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
        ) as process,
    ):
        try:
            yield process
        finally:
            _stop(process)


def _address(server: subprocess.Popen[bytes], log: Path) -> str | None:
    text = log.read_text()
    assert server.poll() is None, text
    match = re.search(r"running on (http://\S+)", text)
    return match[1] if match else None


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def wait_until(attempt: Callable[[], T | None]) -> T:
    """Repeat an attempt until its result is truthy, and return that.

    Raises:
        TimeoutError: the attempts failed for too long.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := attempt():
            return result
        time.sleep(0.05)
    raise TimeoutError(f"Quetz was not ready within {PATIENCE} seconds")
