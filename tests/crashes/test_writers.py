"""Writers that are killed, or meet a disk that fails, at each of their calls in turn.

Each file is then the old one or the new one, the job succeeds when it is repeated, and no other
file contains a credential.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crashes.shim import How, Plan
from tests.crashes.writers import JOBS, NEW, NEW_SECRET, NEXT_SECRET, OLD, OLD_SECRET, User

FILES = (
    Path(".condarc"),
    Path("data", "credentials.json"),
    Path("data", "secrets.json"),
    Path(".conda", "condarc.d", "conda-private.yml"),
)
SECRETS = (OLD_SECRET, NEW_SECRET, NEXT_SECRET)
# Before a call is after the one before it.
KILLS = [(How.STOP_HALF_WAY, 0), (How.STOP_AFTER, 0)]
FAILURES = [
    (how, error)
    for how in (How.FAIL_ONCE, How.FAIL_FROM_THEN_ON)
    for error in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
]
SINGLE = [job for job in JOBS if "log" not in job]
WHOLE = [job for job in JOBS if "log" in job]
MANY = [pytest.param(job, marks=pytest.mark.long) for job in WHOLE]


Contents = dict[Path, bytes | None]


@dataclass(frozen=True)
class Left:
    """What a writer left after the shim stopped it or made a call fail."""

    how: How
    at: int
    folder: Path
    killed: bool
    error: str | None
    traceback: str | None
    struck: bool


def contents(home: Path) -> Contents:
    """The text of our files; None for a file that does not exist."""
    return {path: _bytes(home / path) for path in FILES}


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def state(home: Path) -> dict[str, Any]:
    """The meaning of the files: logins, secrets, channel settings and the channel list."""
    user = User(home)
    settings = user.channel_settings
    text = settings.read_text() if settings.exists() else ""
    return {
        "logins": [login.address for login in user.records.logins()],
        "secrets": {address: user.store.get(address) for address in (OLD, NEW)},
        "configured": [address for address in (OLD, NEW) if f'"{address}"' in text],
        "channels": user.list_of(str(user.condarc)).channels() or [],
    }


def leftovers(home: Path) -> list[Path]:
    """Every file that is neither one of our files nor a lock."""
    ours = {home / path for path in FILES}
    files = [path for path in home.rglob("*") if path.is_file() and path not in ours]
    return [path for path in files if path.suffix != ".lock"]


def holds_secret(path: Path) -> bool:
    return any(secret.encode() in path.read_bytes() for secret in SECRETS)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home, which has the same path after every attempt."""
    # This process only inspects the files, and a slow disk would make the test slow.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    return tmp_path / "home"


def undisturbed(job: str, home: Path) -> tuple[Contents, Contents]:
    """The files before and after a job without failures."""
    home.mkdir(mode=0o700)
    JOBS[job][0](User(home))
    before = contents(home)
    JOBS[job][1](User(home))
    after = contents(home)
    shutil.rmtree(home)
    return before, after


def disturbed(shim: Path, job: str, folder: Path, plans: list[tuple[How, int]]) -> list[Left]:
    """Repeat the job until it succeeds, once for each way to fail."""
    numbers = json.dumps([[int(how), error] for how, error in plans])
    done = subprocess.run(
        [sys.executable, "-m", "tests.crashes.writers", job, folder, numbers],
        env={**Plan(folder / "nowhere").environment(shim), "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [
        Left(
            How(each["how"]),
            each["at"],
            folder / f"{each['how']}-{each['error_number']}-{each['at']}",
            each["killed"],
            each.get("error"),
            each.get("traceback"),
            each["struck"],
        )
        for each in json.loads(done.stdout)
    ]


def look(left: Left, job: str, home: Path, before: Contents, after: Contents) -> None:
    """Check what must be true of every home, no matter how the writer failed."""
    now = contents(home)
    for path in (FILES[0], FILES[2], FILES[3]):
        assert now[path] in (before[path], after[path]), (left, path)
    meaning = state(home)  # this also parses the logins file
    if "login" in job:
        assert all(meaning["secrets"][address] for address in meaning["logins"]), left
    if "logout" in job:  # a secret without a login would never be deleted
        kept = [address for address, secret in meaning["secrets"].items() if secret]
        assert set(kept) <= set(meaning["logins"]), left
    for leftover in leftovers(home):
        assert leftover.name.startswith("."), left
        assert not holds_secret(leftover) or stat.S_IMODE(leftover.stat().st_mode) == 0o600, left
    for folder in (path for path in home.rglob("*") if path.is_dir()):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0, left


def assert_done_again(left: Left, job: str, home: Path, after: Contents) -> None:
    """Check that the job succeeds when it is repeated."""
    user = User(home)
    if "logout" in job and NEW not in [login.address for login in user.records.logins()]:
        # It is done, but the channel settings may be stale until the next change.
        assert {path for path, now in contents(home).items() if now != after[path]} <= {FILES[3]}
        user.log_in(NEW, NEW_SECRET)
    if contents(home) != after:
        JOBS[job][1](user)
    assert contents(home) == after, left
    assert [path for path in leftovers(home) if holds_secret(path)] == [], left


@pytest.mark.parametrize("job", [*SINGLE, "first login", *MANY[1:]])
def test_killed_writer_leaves_old_or_new_files_and_the_next_one_succeeds(
    job: str, shim: Path, tmp_path: Path, home: Path
) -> None:
    before, after = undisturbed(job, home)
    lefts = disturbed(shim, job, tmp_path, KILLS)
    assert len(lefts) > 10
    for left in lefts:
        left.folder.rename(home)
        assert left.killed == left.struck
        look(left, job, home, before, after)
        if not left.killed:
            assert contents(home) == after
        assert_done_again(left, job, home, after)
        shutil.rmtree(home)


@pytest.mark.parametrize("job", [*SINGLE, *MANY])
def test_failing_disk_leaves_old_or_new_files_and_an_error_that_names_one(
    job: str, shim: Path, tmp_path: Path, home: Path
) -> None:
    before, after = undisturbed(job, home)
    lefts = disturbed(shim, job, tmp_path, FAILURES)
    assert len(lefts) > 30
    for left in lefts:
        left.folder.rename(home)
        assert left.traceback is None, left.traceback
        look(left, job, home, before, after)
        if left.error is None:
            assert contents(home) == after, left
        else:
            assert "Next:" in left.error
            assert str(home) in left.error
            assert "Errno" not in left.error
        assert_done_again(left, job, home, after)
        shutil.rmtree(home)
