"""A run that was killed leaves nothing for long, and older versions' files with it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from conda_private.gateway import leftovers


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for the temporary files of this user."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def exited() -> int:
    """Return the number of a process that has exited."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_folder_is_for_the_user_alone_and_removed(place: Path) -> None:
    with leftovers.folder_of_run() as folder:
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700
        leftovers.remove_leftovers()
        assert folder.exists()
    assert not folder.exists()


@pytest.mark.parametrize("file", ["rattler.json", "home/.mamba/auth/authentication.json"])
def test_file_of_an_older_version_is_removed_and_what_it_links_to_stays(
    place: Path, file: str
) -> None:
    kept = place / "notes"
    kept.mkdir()
    (kept / "mine.txt").touch()
    left = place / "conda-private-x1y2"
    (left / file).parent.mkdir(parents=True)
    (left / file).write_text("a credential")
    (left / "notes").symlink_to(kept)
    leftovers.remove_leftovers()
    assert not left.exists()
    assert (kept / "mine.txt").exists()


def test_folder_of_a_killed_run_is_removed_and_others_are_not(place: Path) -> None:
    names = {
        f"conda-private-{exited()}-x": False,
        f"conda-private-{os.getpid()}-x": True,
        "conda-private-1-x": True,
        "conda-private-abc": True,
        "other": True,
    }
    for name in names:
        (place / name).mkdir()
    (place / f"conda-private-{exited()}-link").symlink_to(place / "other")
    leftovers.remove_leftovers()
    assert {name: (place / name).exists() for name in names} == names
    assert (place / "other").is_dir()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs a second user")
def test_folder_of_another_user_stays(place: Path) -> None:
    folder = place / f"conda-private-{exited()}-x"
    folder.mkdir()
    os.chown(folder, 1000, 1000)
    leftovers.remove_leftovers()
    assert folder.exists()
