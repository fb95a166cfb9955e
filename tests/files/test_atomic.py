"""Files of ours: read only with the right owner and mode, replaced atomically, and locked."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conda_private.files.atomic import make_folder, remove, replace
from conda_private.files.locks import locked
from conda_private.files.permissions import SYSTEM, read
from conda_private.model.exceptions import FileWriteError, UnsafeFileError

posix = pytest.mark.skipif(os.name != "posix", reason="modes, owners and links are POSIX's")
as_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can give files away"
)
STRANGER = 12_345


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of ours, with a blank in its name."""
    folder = tmp_path / "Application Support"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that leaves every file open."""
    before = os.umask(0)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _private(path: Path, text: str = "text") -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def _python(code: str, *args: object, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def test_file_of_this_user_alone_is_read(folder: Path) -> None:
    assert read(_private(folder / "logins.json", "t\u00e9xt")) == "t\u00e9xt"


def test_file_that_is_not_there_is_none(folder: Path) -> None:
    assert read(folder / "logins.json") is None
    assert read(folder / "not" / "there" / "logins.json") is None


def test_bytes_that_are_not_text_are_read_as_replacement_characters(folder: Path) -> None:
    path = _private(folder / "logins.json")
    path.write_bytes(b'{"\xff": 1}')
    assert read(path) == '{"\ufffd": 1}'


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604, 0o602, 0o666, 0o777])
def test_file_that_is_open_to_others_is_refused_with_the_fix(folder: Path, mode: int) -> None:
    path = _private(folder / "logins.json")
    path.chmod(mode)
    with pytest.raises(UnsafeFileError) as caught:
        read(path)
    assert f"{mode:04o}" in caught.value.cause
    assert shlex.split(caught.value.next_step) == ["chmod", "600", str(path)]
    subprocess.run(caught.value.next_step, shell=True, check=True)
    assert read(path) == "text"


@posix
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_file_that_only_its_owner_can_open_is_read(folder: Path, mode: int) -> None:
    path = _private(folder / "logins.json")
    path.chmod(mode)
    assert read(path) == "text"


@posix
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707, 0o1777, 0o720])
def test_folder_that_others_can_write_to_is_refused_with_the_fix(folder: Path, mode: int) -> None:
    path = _private(folder / "logins.json")
    folder.chmod(mode)
    with pytest.raises(UnsafeFileError) as caught:
        read(path)
    assert shlex.split(caught.value.next_step) == ["chmod", "700", str(folder)]
    subprocess.run(caught.value.next_step, shell=True, check=True)
    assert read(path) == "text"


@posix
def test_folder_that_others_can_write_to_is_refused_even_without_the_file(
    folder: Path,
) -> None:
    folder.chmod(0o777)
    with pytest.raises(UnsafeFileError) as caught:
        read(folder / "logins.json")
    assert shlex.split(caught.value.next_step) == ["chmod", "700", str(folder)]


@posix
def test_folder_that_others_can_only_read_is_accepted(folder: Path) -> None:
    path = _private(folder / "logins.json")
    folder.chmod(0o755)
    assert read(path) == "text"


@as_root
def test_file_of_another_user_is_refused_with_the_fix(folder: Path) -> None:
    path = _private(folder / "logins.json")
    os.chown(path, STRANGER, STRANGER)
    with pytest.raises(UnsafeFileError) as caught:
        read(path)
    assert "another user" in caught.value.what
    assert shlex.split(caught.value.next_step) == ["chown", "0", str(path)]


@as_root
def test_system_file_of_root_that_all_users_can_read_is_accepted(folder: Path) -> None:
    folder.chmod(0o755)
    path = _private(folder / "logins.json")
    path.chmod(0o644)
    assert read(path, SYSTEM) == "text"


@as_root
@pytest.mark.parametrize(
    ("owner", "mode", "folder_mode"),
    [(STRANGER, 0o644, 0o755), (0, 0o664, 0o755), (0, 0o646, 0o755), (0, 0o644, 0o775)],
    ids=["another owner", "writable by the group", "writable by all", "folder writable"],
)
def test_system_file_that_others_can_write_to_is_refused(
    folder: Path, owner: int, mode: int, folder_mode: int
) -> None:
    path = _private(folder / "logins.json")
    os.chown(path, owner, 0)
    path.chmod(mode)
    folder.chmod(folder_mode)
    with pytest.raises(UnsafeFileError):
        read(path, SYSTEM)


@as_root
def test_system_file_in_a_folder_of_another_user_is_refused(folder: Path) -> None:
    path = _private(folder / "logins.json")
    os.chown(folder, STRANGER, 0)
    with pytest.raises(UnsafeFileError):
        read(path, SYSTEM)


@posix
def test_system_folder_is_readable_by_all(tmp_path: Path, open_umask: None) -> None:
    make_folder(tmp_path / "etc" / "conda-private", SYSTEM)
    assert _mode(tmp_path / "etc" / "conda-private") == 0o755


@posix
@pytest.mark.parametrize("points_to", ["file", "nothing", "itself"])
def test_link_in_place_of_the_file_is_refused(folder: Path, points_to: str) -> None:
    _private(folder / "file")
    path = folder / "logins.json"
    path.symlink_to(path if points_to == "itself" else folder / points_to)
    with pytest.raises(UnsafeFileError) as caught:
        read(path)
    assert shlex.split(caught.value.next_step) == ["ls", "-l", str(path)]


@posix
@pytest.mark.timeout(5)
def test_fifo_in_place_of_the_file_is_refused_and_does_not_hang(folder: Path) -> None:
    path = folder / "logins.json"
    os.mkfifo(path, 0o600)
    with pytest.raises(UnsafeFileError) as caught:
        read(path)
    assert "not a regular file" in caught.value.what
    assert shlex.split(caught.value.next_step) == ["rm", str(path)]


@posix
@pytest.mark.parametrize("device", ["/dev/null", "/dev/full", "/dev/zero"])
def test_device_in_place_of_the_file_is_refused(device: str) -> None:
    with pytest.raises(UnsafeFileError):
        read(Path(device))


def test_folder_in_place_of_the_file_is_refused(folder: Path) -> None:
    (folder / "logins.json").mkdir()
    with pytest.raises(UnsafeFileError):
        read(folder / "logins.json")


def test_file_below_a_file_is_refused(folder: Path) -> None:
    _private(folder / "file")
    with pytest.raises(UnsafeFileError) as caught:
        read(folder / "file" / "logins.json")
    assert "cannot be read" in caught.value.what


@posix
def test_files_are_0600_and_folders_0700_under_umask_000(tmp_path: Path, open_umask: None) -> None:
    folder = tmp_path / "share" / "conda-private"
    make_folder(folder)
    with locked(folder / "logins.json"):
        replace(folder / "logins.json", "text")
        replace(folder / "other.json", "text", mode=0o600)
    assert [_mode(path) for path in (folder.parent, folder)] == [0o700, 0o700]
    assert {path.name: _mode(path) for path in folder.iterdir()} == {
        "logins.json": 0o600,
        "other.json": 0o600,
        ".logins.json.lock": 0o600,
    }


def test_existing_folder_stays(folder: Path) -> None:
    _private(folder / "file")
    make_folder(folder)
    assert read(folder / "file") == "text"


def test_folder_below_a_file_is_an_error(folder: Path) -> None:
    _private(folder / "file")
    with pytest.raises(FileWriteError) as caught:
        make_folder(folder / "file" / "conda-private")
    assert caught.value.cause
    assert (folder / "file").read_text() == "text"


@posix
def test_dangling_link_in_place_of_the_folder_is_an_error(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "nowhere")
    with pytest.raises(FileWriteError):
        make_folder(folder / "link")


@as_root
def test_root_creates_no_folder_in_the_home_of_another_user(folder: Path) -> None:
    home = folder / "alice"
    home.mkdir()
    os.chown(home, STRANGER, STRANGER)
    with pytest.raises(FileWriteError) as caught:
        make_folder(home / ".local" / "share" / "conda-private")
    assert "sudo -H" in caught.value.next_step
    assert list(home.iterdir()) == []


@as_root
def test_home_that_cannot_be_entered_is_an_error(folder: Path) -> None:
    # This happens with `sudo -u nobody` and the HOME of another user.
    code = """
import os, sys
from pathlib import Path
from conda_private.model.exceptions import CondaPrivateError
from conda_private.files.atomic import make_folder
from conda_private.files.permissions import read
os.setuid(12345)
for do in (make_folder, lambda path: read(path / "logins.json")):
    try:
        do(Path(sys.argv[1]))
        print("done")
    except CondaPrivateError as error:
        print(type(error).__name__)
"""
    folder.chmod(0o700)
    process = _python(code, folder / "home" / "conda-private")
    out, err = process.communicate(timeout=20)
    assert out.split() == ["FileWriteError", "UnsafeFileError"], err


def test_file_is_replaced_without_leftovers(folder: Path) -> None:
    path = _private(folder / "logins.json", "old")
    replace(path, "new")
    assert path.read_text() == "new"
    assert os.listdir(folder) == ["logins.json"]


def test_reader_that_has_the_old_file_open_sees_it_whole(folder: Path) -> None:
    path = _private(folder / "logins.json", "old" * 1000)
    with path.open() as reader:
        replace(path, "new")
        assert reader.read() == "old" * 1000


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o400])
def test_replaced_file_keeps_its_mode(folder: Path, open_umask: None, mode: int) -> None:
    path = _private(folder / ".condarc")
    path.chmod(mode)
    replace(path, "new")
    assert _mode(path) == mode


@posix
def test_given_mode_takes_precedence_over_the_mode_of_the_file(folder: Path) -> None:
    path = _private(folder / "secrets.json")
    path.chmod(0o644)
    replace(path, "new", mode=0o600)
    assert _mode(path) == 0o600


@as_root
def test_file_that_root_replaces_still_belongs_to_its_owner(folder: Path) -> None:
    path = _private(folder / ".condarc")
    os.chown(path, STRANGER, STRANGER + 1)
    replace(path, "new")
    status = path.stat()
    assert path.read_text() == "new"
    assert (status.st_uid, status.st_gid) == (STRANGER, STRANGER + 1)


@posix
def test_link_is_followed_and_stays_a_link(folder: Path) -> None:
    (folder / "dotfiles").mkdir()
    target = _private(folder / "dotfiles" / "condarc", "old")
    target.chmod(0o644)
    link = folder / ".condarc"
    link.symlink_to(Path("dotfiles") / "condarc")
    replace(link, "new")
    assert link.is_symlink()
    assert (target.read_text(), _mode(target)) == ("new", 0o644)
    assert os.listdir(folder / "dotfiles") == ["condarc"]


@posix
def test_target_of_a_dangling_link_is_created(folder: Path) -> None:
    link = folder / ".condarc"
    link.symlink_to(folder / "condarc")
    replace(link, "new")
    assert link.is_symlink()
    assert (folder / "condarc").read_text() == "new"


@posix
def test_file_that_is_not_a_regular_file_is_not_replaced(folder: Path) -> None:
    # A .condarc can be a link to /dev/null.
    path = folder / ".condarc"
    os.mkfifo(path, 0o600)
    with pytest.raises((FileWriteError, UnsafeFileError)):
        replace(path, "new")
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert os.listdir(folder) == [".condarc"]


@pytest.mark.parametrize(
    "text",
    ["a\r\nb\r\n", "a\nb\r\nc\r", "\ufeffchannels:\r\n", "\u00e9\U0001f40d\u2028\n", "\t\0", ""],
    ids=["CRLF", "mixed", "BOM", "unicode", "controls", "empty"],
)
def test_text_is_written_byte_for_byte(folder: Path, text: str) -> None:
    path = folder / ".condarc"
    replace(path, text)
    assert path.read_bytes() == text.encode()


def test_name_in_unicode_is_written(folder: Path) -> None:
    path = folder / "\u00e9 \U0001f40d.json"
    replace(path, "new")
    assert path.read_text() == "new"


def test_folder_in_place_of_the_file_stays(folder: Path) -> None:
    (folder / "logins.json").mkdir()
    with pytest.raises(FileWriteError):
        replace(folder / "logins.json", "new")
    assert os.listdir(folder) == ["logins.json"]


@pytest.mark.parametrize("parent", ["file", "nowhere"])
def test_file_that_cannot_be_written_is_an_error_with_the_reason(folder: Path, parent: str) -> None:
    _private(folder / "file")
    with pytest.raises(FileWriteError) as caught:
        replace(folder / parent / "logins.json", "new")
    assert caught.value.cause in ("Not a directory", "No such file or directory")
    assert shlex.quote(str(folder / parent)) in caught.value.next_step
    assert (folder / "file").read_text() == "text"


@pytest.mark.parametrize("text", ["old\udc80", "x" * 100_000 + "\ud800"])
def test_text_that_cannot_be_encoded_leaves_only_the_old_file(folder: Path, text: str) -> None:
    path = _private(folder / "logins.json", "old")
    with pytest.raises((FileWriteError, UnicodeError)):
        replace(path, text)
    assert path.read_text() == "old"
    assert os.listdir(folder) == ["logins.json"]


def test_interrupt_while_writing_leaves_only_the_old_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    path = _private(folder / "logins.json", "old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(folder) == ["logins.json"]


@posix
def test_full_disk_leaves_only_the_old_file(folder: Path) -> None:
    path = _private(folder / "logins.json", "old")
    code = """
import resource, sys
from pathlib import Path
from conda_private.model.exceptions import FileWriteError
from conda_private.files.atomic import replace
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    replace(Path(sys.argv[1]), "x" * 100_000)
except FileWriteError as error:
    print(error.cause)
"""
    out, err = _python(code, path).communicate(timeout=20)
    assert out.strip() == "File too large", err
    assert path.read_text() == "old"
    assert os.listdir(folder) == ["logins.json"]


@posix
def test_writer_that_is_killed_leaves_the_old_file_or_the_new_one(folder: Path) -> None:
    path = _private(folder / "logins.json", "0" * 50_000)
    code = """
import sys
from pathlib import Path
from conda_private.files.atomic import replace
print("ready", flush=True)
number = 0
while True:
    number += 1
    replace(Path(sys.argv[1]), str(number % 10) * 50_000)
"""
    process = _python(code, path)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.2)
    process.kill()
    process.communicate(timeout=10)
    text = path.read_text()
    assert (len(text), len(set(text))) == (50_000, 1)
    assert all(_mode(leftover) == 0o600 for leftover in folder.iterdir())


def test_readers_never_see_a_part(folder: Path) -> None:
    path = _private(folder / "logins.json", "0" * 20_000)
    seen: set[tuple[int, int]] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            text = read(path) or ""
            seen.add((len(text), len(set(text))))

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(look) for _ in range(2)]
        for number in range(50):
            replace(path, str(number % 10) * 20_000)
        ended.set()
        for reader in readers:
            reader.result()
    assert seen == {(20_000, 1)}


def test_missing_file_is_removed_without_an_error(folder: Path) -> None:
    path = _private(folder / "logins.json")
    remove(path)
    remove(path)
    assert os.listdir(folder) == []


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: _private(path.parent / "file")])
def test_file_that_cannot_be_removed_is_an_error(
    folder: Path, make: Callable[[Path], object]
) -> None:
    path = folder / "logins.json"
    make(path)
    with pytest.raises(FileWriteError):
        remove(path if path.exists() else folder / "file" / "logins.json")


def test_lock_of_another_process_is_waited_for_and_then_an_error(folder: Path) -> None:
    path = folder / "logins.json"
    with locked(path), ThreadPoolExecutor(1) as pool:
        start = time.monotonic()

        def ask() -> None:
            with locked(path, timeout=0.2):
                raise AssertionError("two have the lock")

        with pytest.raises(FileWriteError) as caught:
            pool.submit(ask).result()
    assert 0.15 < time.monotonic() - start < 5
    assert "is being changed by another process" in caught.value.what
    assert "repeat" in caught.value.next_step


def test_lock_is_free_after_an_error_inside(folder: Path) -> None:
    path = folder / "logins.json"
    with pytest.raises(KeyError), locked(path):
        raise KeyError("inside")
    with locked(path, timeout=0.2):
        assert True


def test_locks_of_two_files_are_two_locks(folder: Path) -> None:
    with locked(folder / "a"), locked(folder / "b", timeout=0.2):
        assert sorted(os.listdir(folder)) == [".a.lock", ".b.lock"]


def test_lock_keeps_threads_apart(folder: Path) -> None:
    path = folder / "counter"
    path.write_text("0")

    def add() -> None:
        for _ in range(5):
            with locked(path, timeout=20):
                number = int(path.read_text())
                time.sleep(0.001)
                path.write_text(str(number + 1))

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(add) for _ in range(4)]:
            job.result()
    assert path.read_text() == "20"


@posix
def test_lock_of_a_process_that_is_killed_is_free(folder: Path) -> None:
    path = folder / "logins.json"
    code = """
import sys, time
from pathlib import Path
from conda_private.files.locks import locked
with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""
    process = _python(code, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "locked\n"
    with pytest.raises(FileWriteError), locked(path, timeout=0.1):
        raise AssertionError("two have the lock")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    with locked(path, timeout=2):
        assert (folder / ".logins.json.lock").exists()


def test_leftover_lock_file_blocks_nobody(folder: Path) -> None:
    (folder / ".logins.json.lock").write_text("of a process long gone")
    with locked(folder / "logins.json", timeout=0.2):
        assert True


def test_lock_that_cannot_be_created_is_an_error_with_the_reason(folder: Path) -> None:
    _private(folder / "file")
    with pytest.raises(FileWriteError) as caught, locked(folder / "file" / "x", timeout=0.2):
        raise AssertionError("locked")
    assert "could not be locked" in caught.value.what
    assert caught.value.cause


@posix
def test_folder_in_place_of_the_lock_is_an_error(folder: Path) -> None:
    (folder / ".logins.json.lock").mkdir()
    with (
        pytest.raises(FileWriteError),
        locked(folder / "logins.json", timeout=0.2),
    ):
        raise AssertionError("locked")
