"""Where a new text lies before it replaces the old one, and what an error says."""

from __future__ import annotations

import errno
import gc
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from conda_private.files import paths, systems
from conda_private.files.atomic import make_folder, remove, remove_leftovers, replace
from conda_private.files.logins import LoginsFile
from conda_private.files.logins_format import Content, parse, render
from conda_private.files.permissions import Access, read
from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError, FileWriteError, UnsafeFileError
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import FILE
from tests.wording import assert_no_shouting, assert_reads_well


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a text."""
    file = tmp_path / "my logins.json"
    file.write_text("old")
    return file


def test_files_have_these_names() -> None:
    folder = Path(platformdirs.user_data_dir("conda-private"))
    assert paths.logins() == folder / "credentials.json"
    assert paths.secrets_file() == folder / "secrets.json"


class _Refusing:
    """A rename that fails for a while, as on Windows while the file is read."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.calls: list[tuple[str, str]] = []
        self.modes: list[int] = []
        self.pauses: list[float] = []
        self._replace = os.replace

    def __call__(self, source: str, target: str) -> None:
        self.calls.append((str(source), str(target)))
        self.modes.append(stat.S_IMODE(os.stat(source).st_mode))
        if len(self.calls) <= self.times:
            raise PermissionError(13, "Permission denied")
        self._replace(source, target)


Use = Callable[[int, str], _Refusing]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Puts another rename in place, and notes the pauses."""

    def put(times: int, platform: str) -> _Refusing:
        refusing = _Refusing(times)
        monkeypatch.setattr(os, "replace", refusing)
        monkeypatch.setattr(time, "sleep", refusing.pauses.append)
        monkeypatch.setattr(sys, "platform", platform)
        return refusing

    return put


def test_new_text_lies_beside_the_old_one_hidden_and_private(file: Path, use: Use) -> None:
    renamed = use(0, sys.platform)
    replace(file, "new")
    ((source, target),) = renamed.calls
    assert target == str(file)
    assert os.path.dirname(source) == str(file.parent)
    # By its name `remove_leftovers` finds it, if this process is killed here.
    assert os.path.basename(source).startswith(".my logins.json.")
    assert renamed.modes == [stat.S_IMODE(file.stat().st_mode)]
    replace(file, "new", mode=0o600)
    assert renamed.modes[1] == 0o600


@pytest.mark.parametrize("times", [1, 4, 40])
def test_reader_on_windows_is_waited_for(file: Path, use: Use, times: int) -> None:
    renamed = use(times, "win32")
    replace(file, "new")
    assert file.read_text() == "new"
    assert (len(renamed.calls), len(renamed.pauses)) == (times + 1, times)


def test_reader_on_windows_is_not_waited_for_for_ever(
    file: Path, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "REPLACING", 0.01)
    use(sys.maxsize, "win32")
    with pytest.raises(FileWriteError) as caught:
        replace(file, "new")
    assert caught.value.cause == "Permission denied"
    assert list(file.parent.iterdir()) == [file]


def test_file_on_windows_is_read_after_it_was_replaced(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    opening, refused = os.open, iter([True, True, False])

    def refusing(path: str, flags: int) -> int:
        if next(refused):
            raise PermissionError(13, "Permission denied")
        return opening(path, flags)

    monkeypatch.setattr(os, "open", refusing)
    assert read(file) == "old"
    monkeypatch.setattr(systems, "READING", 0.01)
    monkeypatch.setattr(os, "open", lambda path, flags: refuse())
    with pytest.raises(UnsafeFileError, match="cannot be read"):
        read(file)


def refuse() -> int:
    """As a file that the user has no access to."""
    raise PermissionError(13, "Permission denied")


def test_file_on_windows_that_another_program_holds_open_is_removed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    removing, refused = os.unlink, iter([True, False])

    def refusing(path: str) -> None:
        if next(refused):
            refuse()
        removing(path)

    monkeypatch.setattr(os, "unlink", refusing)
    remove(file)
    assert not file.exists()


def test_refusal_elsewhere_is_an_error_at_once(file: Path, use: Use) -> None:
    renamed = use(1, "linux")
    with pytest.raises(FileWriteError):
        replace(file, "new")
    assert (len(renamed.calls), renamed.pauses) == (1, [])


def test_leftovers_are_removed_and_the_lock_and_others_stay(file: Path) -> None:
    for name in (".my logins.json.x1", ".my logins.json.lock", ".other.json.x1", "my logins.json2"):
        file.with_name(name).touch()
    remove_leftovers(file)
    assert sorted(each.name for each in file.parent.iterdir()) == [
        *(".my logins.json.lock", ".other.json.x1", "my logins.json", "my logins.json2")
    ]


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_what_is_not_a_file_is_not_replaced_and_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(FileWriteError) as caught:
        replace(path, "new")
    assert caught.value.what.startswith(f"{path} ")
    assert caught.value.cause == "It is not a regular file"
    assert list(tmp_path.iterdir()) == [path]


def test_text_that_cannot_be_encoded_is_said(file: Path) -> None:
    with pytest.raises(FileWriteError) as caught:
        replace(file, "\ud800")
    assert caught.value.cause == "The text cannot be encoded"
    steps, command = caught.value.next_step.split("  ")
    assert command == f"ls -ld {file.parent}"
    assert steps.startswith("fix the cause")
    assert steps.endswith("see the folder:")
    assert_no_shouting(steps)


def test_file_that_cannot_be_removed_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError) as caught:
        remove(tmp_path)
    assert caught.value.cause in ("Is a directory", "Operation not permitted", "Access is denied")


def test_folder_is_private_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def chmod(path: Path, mode: int) -> None:
        seen.append(stat.S_IMODE(path.stat().st_mode))

    monkeypatch.setattr(Path, "chmod", chmod)
    before = os.umask(0)
    try:
        make_folder(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert seen == [0o700, 0o700]


def test_folder_that_cannot_be_made_is_said(file: Path) -> None:
    with pytest.raises(FileWriteError) as caught:
        make_folder(file / "a")
    assert caught.value.cause == "Not a directory"


def test_folder_of_root_in_the_home_of_another_user_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 12345, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(FileWriteError) as caught:
        make_folder(tmp_path / "a")
    assert caught.value.what.startswith(f"{tmp_path / 'a'} ")
    assert f" {tmp_path} " in caught.value.cause
    assert caught.value.next_step == "repeat the command without sudo, or with  sudo -H"


def test_logins_are_written_in_order_and_for_readers() -> None:
    logins = [
        Login(Address.parse(f"https://{host}.example.org"), TOKEN, FILE) for host in ("b", "a")
    ]
    text = render(Content(logins))
    assert text.index("//a.") < text.index("//b.")
    assert text.startswith('{\n  "version": 2,\n  "logins": [\n    {\n')
    assert text.endswith("}\n")
    assert sorted(parse(text).logins) == sorted(logins)


def test_leftover_that_cannot_be_removed_is_left(file: Path) -> None:
    folder = file.with_name(".my logins.json.x1")
    folder.mkdir()
    remove_leftovers(file)
    assert folder.exists()


def test_owner_that_cannot_be_given_is_no_error(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def fchown(descriptor: int, user: int, group: int) -> None:
        asked.append((user, group))
        raise PermissionError(1, "Operation not permitted")

    status = file.stat()
    monkeypatch.setattr(os, "getegid", lambda: status.st_gid + 1)
    monkeypatch.setattr(os, "fchown", fchown)
    replace(file, "new")
    assert (file.read_text(), asked) == ("new", [(status.st_uid, status.st_gid)])


def test_windows_has_other_permissions(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.chmod(0o666)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", None)
    monkeypatch.setattr(os, "fchmod", None)
    monkeypatch.setattr(sys, "platform", "win32")
    if os.getuid() == 0:
        os.chown(file.parent, 12345, -1)
    make_folder(file.parent / "a")
    assert read(file) == "old"
    replace(file, "new")
    assert file.read_text() == "new"


def test_link_in_place_of_a_file_is_said(file: Path) -> None:
    file.parent.chmod(0o700)
    link = file.with_name("link")
    link.symlink_to(file)
    with pytest.raises(UnsafeFileError) as caught:
        read(link)
    assert caught.value.what == f"{link} cannot be read."
    assert caught.value.cause == os.strerror(errno.ELOOP)
    assert caught.value.next_step == f"ls -l {link}"


@pytest.mark.parametrize(("forbidden", "safe"), [(0o022, True), (0o077, False)])
def test_logins_are_read_with_the_access_of_their_file(
    tmp_path: Path, forbidden: int, safe: bool
) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "logins.json"
    path.write_text(render(Content()))
    path.chmod(0o644)
    access = Access(owner=None, mode=0o644, forbidden=forbidden)
    records = LoginsFile(path, configure=print, access=access)
    if safe:
        assert records.logins() == ()
    else:
        with pytest.raises(UnsafeFileError):
            records.logins()


@pytest.mark.parametrize("collects", [True, False])
def test_reading_leaves_the_garbage_collector_as_it_was(tmp_path: Path, collects: bool) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "logins.json"
    path.write_text(render(Content()))
    path.chmod(0o600)
    before = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        LoginsFile(path, configure=print).logins()
        assert gc.isenabled() is collects
    finally:
        (gc.enable if before else gc.disable)()


def test_file_that_is_not_ours_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "my logins.json"
    path.write_text("x")
    path.chmod(0o600)
    with pytest.raises(FileFormatError) as caught:
        LoginsFile(path, configure=print).logins()
    steps, command = caught.value.next_step.splitlines()
    assert steps == "restore the file from a backup, or move it away and log in again:"
    assert command == f"mv '{path}' '{path}.broken'"


def test_owner_that_a_file_must_have_is_not_just_whoever_runs_this(file: Path) -> None:
    file.parent.chmod(0o755)
    file.chmod(0o644)
    other = Access(owner=os.geteuid() + 1, mode=0o644, forbidden=0o022)
    with pytest.raises(UnsafeFileError) as caught:
        read(file, other)
    assert caught.value.what.startswith(f"{file.parent} belongs to another user")
    assert caught.value.next_step == f"chown {other.owner} {file.parent}"
    assert_reads_well(caught.value, names=str(file.parent))
