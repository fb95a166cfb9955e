"""Makes a Quetz in a folder, runs it on a port of the loopback, and stops it."""

from __future__ import annotations

import contextlib
import re
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

PATIENCE = 60  # seconds, for each thing that is waited for
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
    """A new deployment, served; gives its URL, without a trailing slash.

    Args:
        python: An interpreter that has Quetz.
    """
    settings = CONFIGURATION.format(folder=folder / "deployment", secret=secrets.token_hex(32))
    (folder / "quetz.toml").write_text(settings)
    log = folder / "log"
    # With --dev there are users who sign in by their name alone.
    words = ("create", "deployment", "--copy-conf", "quetz.toml", "--dev")
    with _quetz(python, folder, *words) as created:
        assert created.wait(PATIENCE) == 0, log.read_text()
    words = ("start", "deployment", "--port", "0", "--no-supervisor")
    with _quetz(python, folder, *words) as server:
        yield wait_until(lambda: _address(server, log))


@contextlib.contextmanager
def _quetz(python: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    # Quetz is configured by variables too; it shall see none but these.
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
    """The first result that counts as true.

    Raises:
        TimeoutError: There was none for too long.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := attempt():
            return result
        time.sleep(0.05)
    raise TimeoutError(f"Quetz did not do it within {PATIENCE} seconds")
