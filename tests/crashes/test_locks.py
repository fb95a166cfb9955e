"""Folders without locks, such as those of some network file systems."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.crashes.shim import How, Plan

PUT = """
import sys, time
from pathlib import Path
from conda_private.model.address import Address
from conda_private.model.exceptions import FileWriteError
from conda_private.files.locks import locked
from conda_private.model.secret import Secret
from conda_private.stores.file import FileStore
folder, name, hold = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
address = Address.parse(f"https://conda.example.org/{name}")
try:
    FileStore(folder / "secrets.json").put(address, Secret(name))
    with locked(folder / "secrets.json"):
        print("locked", flush=True)
        time.sleep(hold)
except FileWriteError as error:
    print(error)
"""


def start(
    shim: Path, folder: Path, error: int, name: str, hold: float = 0
) -> subprocess.Popen[str]:
    """Put a secret where asking for a lock gives this error; then hold the lock for a while."""
    plan = Plan(folder, How.FAIL_FROM_THEN_ON, 1, error)
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PUT, folder, name, str(hold)],
        env={**os.environ, **plan.environment(shim)},
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    return process.communicate(timeout=60)[0]


def secrets(folder: Path) -> str:
    path = folder / "secrets.json"
    return path.read_text() if path.exists() else ""


def test_refused_lock_is_an_error_with_the_reason(shim: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    text = said(start(shim, tmp_path, errno.EIO, "a"))
    assert "secrets.json could not be locked" in text
    assert "Cause: Input/output error" in text
    assert f"ls -ld {tmp_path}" in text
    assert secrets(tmp_path) == ""


def test_without_locks_every_secret_is_stored_or_an_error_is_shown(
    shim: Path, tmp_path: Path
) -> None:
    # Newer versions of filelock then use the file itself as the lock; older ones refuse.
    tmp_path.chmod(0o700)
    processes = [start(shim, tmp_path, errno.ENOSYS, f"name-{number}") for number in range(6)]
    texts = [said(process) for process in processes]
    for number, text in enumerate(texts):
        assert ("locked" in text and f"name-{number}" in secrets(tmp_path)) or "Next:" in text


def test_without_locks_a_killed_writer_blocks_nobody(shim: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    first = start(shim, tmp_path, errno.ENOSYS, "first", hold=60)
    assert first.stdout
    first.stdout.readline()
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    begun = time.monotonic()
    text = said(start(shim, tmp_path, errno.ENOSYS, "second"))
    assert time.monotonic() - begun < 40
    assert "second" in secrets(tmp_path) or "Next:" in text
