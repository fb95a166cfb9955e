"""The file store is not in the backups of Time Machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conda_private.files.systems import exclude_from_backups
from conda_private.model.address import Address
from conda_private.model.secret import Secret
from conda_private.stores.file import FileStore

posix = pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that writes down its arguments, in the place of Time Machine's."""
    program = tmp_path / "tmutil"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$0.said"\nexit 1\n')
    program.chmod(0o700)
    return program


@posix
def test_file_is_excluded_on_macos(program: Path, tmp_path: Path) -> None:
    exclude_from_backups(tmp_path / "my secrets.json", platform="darwin", program=str(program))
    said = Path(f"{program}.said").read_text()
    assert said == f"addexclusion\n{tmp_path}/my secrets.json\n"


@posix
@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_no_program_is_started_elsewhere(program: Path, tmp_path: Path, platform: str) -> None:
    exclude_from_backups(tmp_path, platform=platform, program=str(program))
    assert not Path(f"{program}.said").exists()


def test_macos_without_that_program_is_no_error(tmp_path: Path) -> None:
    exclude_from_backups(tmp_path, platform="darwin", program=str(tmp_path / "none"))


def test_file_store_excludes_its_file_each_time_it_replaces_it(tmp_path: Path) -> None:
    excluded: list[tuple[Path, bool]] = []
    store = FileStore(
        tmp_path / "data" / "secrets.json",
        keep_out_of_backups=lambda path: excluded.append((path, path.exists())),
    )
    for name in ("a", "b"):
        store.put(Address.parse(f"https://conda.example.org/{name}"), Secret("ca-nary-b1"))
    assert excluded == [(store.path, True)] * 2
