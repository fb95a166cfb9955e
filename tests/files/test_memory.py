"""The files of what logins remember: private, replaced whole, and read only if they are safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from conda_private.files.memory import MemoryFolder
from conda_private.model.address import Address
from conda_private.model.exceptions import UnsafeFileError
from conda_private.model.memory import Memory

ADDRESS = Address.parse("https://conda.example.org/my-org")
MEMORY = Memory("00ff", {"noarch": ("01", "02")}, ("03",))


@pytest.fixture
def folder(tmp_path: Path) -> MemoryFolder:
    """A folder that does not exist yet."""
    return MemoryFolder(tmp_path / "data" / "memory")


def the_file(tmp_path: Path) -> Path:
    """The only file in it."""
    (file,) = (tmp_path / "data" / "memory").iterdir()
    return file


def test_what_is_written_is_read_for_exactly_this_address(folder: MemoryFolder) -> None:
    assert folder.read(ADDRESS) is None
    folder.write(ADDRESS, MEMORY)
    assert folder.read(ADDRESS) == MEMORY
    assert folder.read(ADDRESS.child("label", "dev")) is None


def test_file_is_private_and_is_not_written_again_for_the_same(
    folder: MemoryFolder, tmp_path: Path
) -> None:
    folder.write(ADDRESS, MEMORY)
    before = the_file(tmp_path).stat()
    folder.write(ADDRESS, MEMORY)
    after = the_file(tmp_path).stat()
    assert (before.st_mode & 0o777, before.st_ino) == (0o600, after.st_ino)
    folder.write(ADDRESS, MEMORY._replace(missed=()))
    assert folder.read(ADDRESS) == MEMORY._replace(missed=())


def test_removed_memory_is_gone_and_can_be_removed_again(folder: MemoryFolder) -> None:
    folder.remove(ADDRESS)
    folder.write(ADDRESS, MEMORY)
    folder.remove(ADDRESS)
    folder.remove(ADDRESS)
    assert folder.read(ADDRESS) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 100_000,
        "[]",
        "null",
        '{"version": 2, "own": "", "names": {}, "missed": []}',
        '{"version": 1, "own": 1, "names": {}, "missed": []}',
        '{"version": 1, "own": "", "names": [], "missed": []}',
        '{"version": 1, "own": "", "names": {"noarch": [1]}, "missed": []}',
        '{"version": 1, "own": "", "names": {}}',
    ],
)
def test_file_in_an_unknown_form_remembers_nothing(
    folder: MemoryFolder, tmp_path: Path, text: str
) -> None:
    folder.write(ADDRESS, MEMORY)
    the_file(tmp_path).write_text(text)
    assert folder.read(ADDRESS) is None
    folder.write(ADDRESS, MEMORY)
    assert folder.read(ADDRESS) == MEMORY


def test_file_that_others_can_write_to_is_an_error(folder: MemoryFolder, tmp_path: Path) -> None:
    folder.write(ADDRESS, MEMORY)
    the_file(tmp_path).chmod(0o666)
    with pytest.raises(UnsafeFileError):
        folder.read(ADDRESS)
