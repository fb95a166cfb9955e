"""One ``.condarc`` on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conda_private.conda_config.condarc.file import CondarcFile
from conda_private.files.logins import JsonIndex
from conda_private.model.exceptions import CondarcError, FileFormatError, FileWriteError


@pytest.fixture
def index(tmp_path: Path) -> JsonIndex:
    """The memory of what was added."""
    return JsonIndex(tmp_path / "data" / "credentials.json", rewire=lambda scopes: None)


@pytest.fixture
def condarc(tmp_path: Path, index: JsonIndex) -> CondarcFile:
    """A file that is not there yet, where no other file has a list."""
    return CondarcFile(tmp_path / ".condarc", memory=index, keep_defaults=lambda: True)


def test_file_that_we_made_goes_with_its_last_channel(condarc: CondarcFile) -> None:
    assert condarc.add("a", "prepend")
    assert condarc.add("b", "append")
    assert condarc.channels() == ["a", "defaults", "b"]
    assert condarc.remove("a")
    assert condarc.lists("b")
    assert condarc.remove("b")
    assert not Path(condarc.path).exists()


def test_empty_file_that_was_there_stays(condarc: CondarcFile) -> None:
    Path(condarc.path).write_text("")
    condarc.add("a", "prepend")
    condarc.remove("a")
    assert Path(condarc.path).read_text() == ""


def test_memory_outlives_the_process(
    condarc: CondarcFile, index: JsonIndex, tmp_path: Path
) -> None:
    Path(condarc.path).write_text("channels: [x]\n")
    condarc.add("a", "prepend")
    again = CondarcFile(tmp_path / ".condarc", memory=index, keep_defaults=lambda: True)
    assert again.remove("a")
    assert Path(condarc.path).read_text() == "channels: [x]\n"
    assert index.channel_list(condarc.path) == {}


def test_nothing_is_added_twice_or_removed_that_is_not_ours(condarc: CondarcFile) -> None:
    Path(condarc.path).write_text("channels: [a]\n")
    assert not condarc.add("a", "prepend")
    assert not condarc.remove("a")
    assert not condarc.add("b", "none")
    assert Path(condarc.path).read_text() == "channels: [a]\n"


def test_channel_taken_out_by_somebody_else_is_forgotten(
    condarc: CondarcFile, index: JsonIndex
) -> None:
    condarc.add("a", "prepend")
    Path(condarc.path).write_text("channels: [z]\n")
    assert not condarc.remove("a")
    assert index.channel_list(condarc.path) == {}
    assert Path(condarc.path).read_text() == "channels: [z]\n"


def test_file_taken_away_by_somebody_else_is_no_error(condarc: CondarcFile) -> None:
    condarc.add("a", "prepend")
    Path(condarc.path).unlink()
    assert not condarc.remove("a")
    assert not Path(condarc.path).exists()


def test_what_is_put_in_is_remembered_before_it_is_put_in(
    condarc: CondarcFile, index: JsonIndex, tmp_path: Path
) -> None:
    target = tmp_path / "a file" / "condarc"
    target.parent.write_text("in the way")
    blocked = CondarcFile(target, memory=index, keep_defaults=lambda: False)
    with pytest.raises((FileWriteError, FileFormatError)):
        blocked.add("a", "prepend")


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "not UTF-8"),
        (lambda path: path.mkdir(), "directory"),
    ],
    ids=["not text", "a folder"],
)
def test_file_that_cannot_be_read_is_refused(
    condarc: CondarcFile, make: Callable[[Path], object], cause: str
) -> None:
    make(Path(condarc.path))
    with pytest.raises(FileFormatError, match=cause):
        condarc.add("a", "prepend")


def test_change_by_another_program_in_between_is_not_overwritten(
    tmp_path: Path, index: JsonIndex
) -> None:
    path = tmp_path / ".condarc"
    path.write_text("channels: [x]\n")

    def somebody_else_writes() -> bool:
        path.write_text("channels: [y]\n")
        return True

    condarc = CondarcFile(path, memory=index, keep_defaults=somebody_else_writes)
    with pytest.raises(CondarcError, match="somebody else"):
        condarc.add("a", "prepend")
    assert path.read_text() == "channels: [y]\n"
