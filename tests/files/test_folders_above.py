"""Folders above ours: another user who can write to one of them can replace our files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_private.files.permissions import SYSTEM, others_can_read, read
from conda_private.model.exceptions import UnsafeFileError

grp = pytest.importorskip("grp", reason="folders have modes and groups on POSIX alone")
pwd = pytest.importorskip("pwd")

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to other users")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private file two folders below the home directory."""
    home = tmp_path / "users" / "alice"
    folder = home / "share" / "ours"
    folder.mkdir(parents=True)
    for each in (folder, folder.parent, home, home.parent):
        each.chmod(0o755)
    folder.chmod(0o700)
    monkeypatch.setenv("HOME", str(home))
    path = folder / "a.json"
    path.write_text("text")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("above", [1, 2], ids=["folder", "home"])
@pytest.mark.parametrize("mode", [0o757, 0o777, 0o702])
def test_folder_that_others_can_write_to_makes_the_file_ignored(
    file: Path, above: int, mode: int
) -> None:
    folder = file.parents[above]
    folder.chmod(mode)
    with pytest.raises(UnsafeFileError) as caught:
        read(file)
    assert caught.value.what == f"{file} is ignored, because another user can replace it."
    assert caught.value.cause == f"The folder {folder} above it has the mode {mode:04o}."
    assert caught.value.next_step == f"chmod go-w {folder}"
    folder.chmod(0o755)
    assert read(file) == "text"


def test_sticky_folder_is_fine(file: Path) -> None:
    file.parents[1].chmod(0o1777)
    assert read(file) == "text"


def test_folder_above_the_home_directory_does_not_count(file: Path) -> None:
    file.parents[3].chmod(0o777)
    assert read(file) == "text"


def test_every_folder_counts_for_a_file_outside_of_the_home_directory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(file.parents[2] / "elsewhere"))
    file.parents[3].chmod(0o777)
    with pytest.raises(UnsafeFileError):
        read(file)


def test_folders_above_the_target_of_a_link_count(file: Path) -> None:
    folder = file.parents[2] / "real" / "ours"
    folder.parent.mkdir()
    file.parent.rename(folder)
    file.parent.symlink_to(folder)
    assert read(file) == "text"
    folder.parent.chmod(0o777)
    with pytest.raises(UnsafeFileError):
        read(file)


Group = Callable[[str, int, list[str]], None]


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Group:
    """Sets what the system says of the user's first group."""
    number, real = os.getegid(), pwd.getpwuid(os.geteuid())

    def change(name: str, first: int, members: list[str]) -> None:
        user = pwd.struct_passwd((real.pw_name, "x", real.pw_uid, first, *real[4:]))
        monkeypatch.setattr(pwd, "getpwuid", lambda uid: user)
        found = grp.struct_group((name, "x", number, members))
        monkeypatch.setattr(grp, "getgrgid", lambda gid: found)

    return change


ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.mark.parametrize(
    ("name", "offset", "members", "is_own"),
    [
        (ME, 0, [], True),
        (ME, 0, [ME], True),
        (ME, 0, [ME, "bob"], False),
        ("users", 0, [], False),
        (ME, 1, [], False),
    ],
)
def test_only_the_group_of_one_user_can_write(
    file: Path, group: Group, name: str, offset: int, members: list[str], is_own: bool
) -> None:
    os.chown(file.parents[1], -1, os.getegid())
    file.parents[1].chmod(0o775)
    group(name, os.getegid() + offset, members)
    if is_own:
        assert read(file) == "text"
        return
    with pytest.raises(UnsafeFileError):
        read(file)


def test_group_that_the_system_does_not_know_is_not_ones_own(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(grp, "getgrgid", unknown)
    file.parents[1].chmod(0o775)
    with pytest.raises(UnsafeFileError):
        read(file)


@ROOT
def test_folder_of_another_user_makes_the_file_ignored(file: Path) -> None:
    folder = file.parents[1]
    os.chown(folder, 65534, -1)
    with pytest.raises(UnsafeFileError) as caught:
        read(file)
    assert (
        caught.value.cause == f"The folder {folder} above it belongs to neither this user nor root."
    )
    assert caught.value.next_step == f"ls -ld {folder}"


@ROOT
def test_file_of_the_system_is_below_folders_of_root_only(file: Path) -> None:
    file.parent.chmod(0o755)
    file.chmod(0o644)
    assert read(file, SYSTEM) == "text"
    os.chown(file.parents[1], 65534, -1)
    with pytest.raises(UnsafeFileError):
        read(file, SYSTEM)


@pytest.mark.parametrize(
    ("mode", "folder", "can"),
    [
        (0o600, 0o755, False),
        (0o604, 0o755, True),
        (0o644, 0o755, True),
        (0o644, 0o700, False),
        (0o444, 0o711, True),
        (0o640, 0o750, True),
        (0o640, 0o700, False),
    ],
)
def test_others_can_read_what_they_can_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, folder: int, can: bool
) -> None:
    monkeypatch.setattr(grp, "getgrgid", lambda gid: grp.struct_group(("users", "x", gid, [])))
    secret = tmp_path / "place" / "secret"
    secret.parent.mkdir()
    secret.write_text("x")
    secret.chmod(mode)
    secret.parent.chmod(folder)
    # Folders of pytest that only this user can enter.
    above = [each for each in tmp_path.parents if each.stat().st_mode & 0o011 != 0o011]
    before = {each: each.stat().st_mode for each in (tmp_path, *above)}
    for each in before:
        each.chmod(0o755)
    try:
        assert others_can_read(secret) is can
    finally:
        for each, old in before.items():
            each.chmod(old & 0o7777)


def test_file_that_does_not_exist_is_read_by_nobody(tmp_path: Path) -> None:
    assert others_can_read(tmp_path / "none") is False
