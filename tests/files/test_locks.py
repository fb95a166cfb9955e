"""One writer at a time, and a lock that is free again whatever happens."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conda_private.files.locks import LOCK_TIMEOUT, locked
from conda_private.model.exceptions import FileWriteError

fcntl = pytest.importorskip("fcntl", reason="the locks are those of POSIX")

HOLD = """
import sys
from pathlib import Path
from conda_private.files.locks import locked
with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that need not exist."""
    return tmp_path / "logins.json"


def test_second_writer_waits_and_then_gives_up(path: Path) -> None:
    def second() -> FileWriteError:
        with pytest.raises(FileWriteError) as caught, locked(path, timeout=0.05):
            raise AssertionError("both hold it")
        return caught.value

    with locked(path), ThreadPoolExecutor(1) as pool:
        error = pool.submit(second).result()
    assert error.what.startswith(f"{path} ")
    assert "0 seconds" in error.cause
    assert error.next_step


def test_writer_of_another_process_is_waited_for(path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdin
        other.stdout.readline()
        with pytest.raises(FileWriteError), locked(path, timeout=0.05):
            raise AssertionError("both hold it")
        other.stdin.close()
        with locked(path, timeout=10):
            pass


def test_writers_take_turns(path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []
    start = threading.Barrier(4)

    def write(number: int) -> None:
        start.wait(10)
        for _ in range(5):
            with locked(path):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert most == [1] * 20


def test_lock_is_free_after_an_error(path: Path) -> None:
    with pytest.raises(KeyError), locked(path):
        raise KeyError
    with locked(path, timeout=0.05):
        pass


def test_lock_is_a_file_of_its_own_beside_it_and_private(path: Path) -> None:
    with locked(path):
        assert not path.exists()
        (lock,) = path.parent.iterdir()
        assert lock.name == ".logins.json.lock"
        if os.name == "posix":
            assert lock.stat().st_mode & 0o777 == 0o600


def test_folder_that_is_missing_is_an_error_with_the_reason(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    with pytest.raises(FileWriteError) as caught, locked(blocked / "logins.json", timeout=0.05):
        raise AssertionError("locked")
    assert caught.value.cause
    assert caught.value.next_step.endswith(f"ls -ld '{blocked}'")


def test_writer_waits_for_half_a_minute_unless_told_otherwise() -> None:
    assert LOCK_TIMEOUT == 30


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_file_takes_the_place_of_a_lock_that_the_file_system_does_not_have(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    def fail(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", fail)
    soft = path.with_name(f".{path.name}.soft.lock")
    for _ in range(2):
        with locked(path, timeout=1):
            assert soft.exists()
            with pytest.raises(FileWriteError) as caught, locked(path, timeout=0.05):
                raise AssertionError("both hold it")
        assert not soft.exists()
    assert caught.value.next_step.endswith(f"rm {soft}")
    said = capsys.readouterr().err
    assert said.count(f"the file system of {path.parent} has no locks") == 1


def test_other_error_of_a_lock_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int, operation: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(FileWriteError, match="could not be locked"), locked(path, timeout=1):
        raise AssertionError("nobody holds it")
    assert not path.with_name(f".{path.name}.soft.lock").exists()


def test_lock_of_another_process_is_no_missing_lock(path: Path) -> None:
    with locked(path), pytest.raises(FileWriteError), locked(path, timeout=0.05):
        raise AssertionError("both hold it")
    assert not path.with_name(f".{path.name}.soft.lock").exists()
