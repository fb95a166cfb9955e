"""One ``.condarc`` on disk."""

from __future__ import annotations

import locale
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_private.conda_config.condarc.file import CondarcFile
from conda_private.files.logins import LoginsFile
from conda_private.model.exceptions import CondarcError, FileFormatError, FileWriteError
from tests.conda_config.condarc.test_record import OLD


@pytest.fixture
def index(tmp_path: Path) -> LoginsFile:
    """The memory of what was added."""
    return LoginsFile(tmp_path / "data" / "credentials.json", configure=lambda scopes: None)


@pytest.fixture
def condarc(tmp_path: Path, index: LoginsFile) -> CondarcFile:
    """A file that does not exist yet, where no other file has a list."""
    return CondarcFile(tmp_path / ".condarc", memory=index, keep_defaults=lambda: True)


@pytest.fixture
def path(condarc: CondarcFile) -> Path:
    """The path of that file."""
    return Path(condarc.path)


def remember(index: LoginsFile, condarc: CondarcFile, record: dict[str, object]) -> None:
    with index.changing():
        index.keep_channel_list(condarc.path, record)


def test_file_that_we_made_goes_with_its_last_channel(condarc: CondarcFile, path: Path) -> None:
    assert condarc.add("a", "prepend")
    assert condarc.add("b", "append")
    assert condarc.channels() == ["a", "defaults", "b"]
    assert path.stat().st_mode & 0o777 == 0o644
    assert condarc.remove("a")
    assert condarc.lists("b")
    assert not condarc.lists("a")
    assert condarc.remove("b")
    assert not path.exists()
    assert condarc.channels() is None


def test_file_that_we_made_stays_with_what_a_user_added(condarc: CondarcFile, path: Path) -> None:
    condarc.add("a", "prepend")
    path.write_text(path.read_text() + "# mine\n")
    assert condarc.remove("a")
    assert path.read_text() == "# mine\n"


def test_empty_file_that_existed_stays(condarc: CondarcFile, path: Path) -> None:
    path.write_text("")
    condarc.add("a", "prepend")
    condarc.remove("a")
    assert path.read_text() == ""


def test_record_outlives_the_process(condarc: CondarcFile, path: Path, index: LoginsFile) -> None:
    path.write_text("channels: [x]\n")
    path.chmod(0o600)
    condarc.add("a", "prepend")
    assert path.stat().st_mode & 0o777 == 0o600
    again = CondarcFile(path, memory=index, keep_defaults=lambda: True)
    assert again.remove("a")
    assert path.read_text() == "channels: [x]\n"
    assert index.channel_list(condarc.path) == {}


def test_record_of_the_first_format_removes_the_file_that_we_made(
    condarc: CondarcFile, path: Path, index: LoginsFile
) -> None:
    remember(index, condarc, OLD)
    path.write_text("channels:\n  - my-org\n  - defaults\n  - my-org/label/dev\n")
    assert condarc.remove("my-org/label/dev")
    assert condarc.remove("my-org")
    assert not path.exists()


def test_malformed_record_is_an_error_with_the_next_command(
    condarc: CondarcFile, path: Path, index: LoginsFile
) -> None:
    remember(index, condarc, {"channels": [1]})
    path.write_text("channels: [a]\n")
    for change in (lambda: condarc.remove("a"), lambda: condarc.add("b", "prepend")):
        with pytest.raises(FileFormatError) as caught:
            change()
        command = f"conda config --file {path} --remove channels CHANNEL"
        assert caught.value.next_step == f"remove the channels by hand: {command}"
    assert path.read_text() == "channels: [a]\n"


def test_nothing_is_added_twice_or_removed_that_is_not_ours(
    condarc: CondarcFile, path: Path, index: LoginsFile
) -> None:
    path.write_text("channels: [a]\n")
    before = path.stat()
    assert not condarc.add("a", "prepend")
    assert not condarc.remove("a")
    assert not condarc.add("b", "none")
    assert path.read_text() == "channels: [a]\n"
    assert path.stat().st_ino == before.st_ino
    assert not index.path.exists()


@pytest.mark.parametrize("text", ["channels: [z]\n", None], ids=["another list", "no file"])
def test_channel_that_a_user_removed_is_forgotten(
    condarc: CondarcFile, path: Path, index: LoginsFile, text: str | None
) -> None:
    condarc.add("a", "prepend")
    path.unlink()
    if text is not None:
        path.write_text(text)
    assert not condarc.remove("a")
    assert index.channel_list(condarc.path) == {}
    assert (path.read_text() if path.exists() else None) == text


def test_file_that_a_user_made_in_place_of_ours_stays(condarc: CondarcFile, path: Path) -> None:
    condarc.add("a", "prepend")
    path.write_text("")
    condarc.add("b", "prepend")
    condarc.remove("b")
    assert path.read_text() == ""


def test_record_is_stored_before_the_file_is_written(tmp_path: Path, index: LoginsFile) -> None:
    (tmp_path / "folder").symlink_to(tmp_path / "nothing")
    blocked = CondarcFile(
        tmp_path / "folder" / "condarc", memory=index, keep_defaults=lambda: False
    )
    with pytest.raises(FileWriteError):
        blocked.add("a", "prepend")
    record = index.channel_list(blocked.path)
    assert record["channels"] == [{"channel": "a", "where": "prepend"}]


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "not UTF-8"),
        (lambda path: path.mkdir(), "directory"),
    ],
    ids=["not text", "a folder"],
)
def test_file_that_cannot_be_read_is_refused(
    condarc: CondarcFile, path: Path, make: Callable[[Path], object], cause: str
) -> None:
    make(path)
    with pytest.raises(FileFormatError, match=cause):
        condarc.add("a", "prepend")


@pytest.mark.parametrize(
    "channel", ["", " ", "%20", "a\nb", "a\x07", "a\u2028b", "${HOME}", "%20%PATH%", "\ud800"]
)
def test_name_that_conda_would_read_differently_is_refused(
    condarc: CondarcFile, path: Path, channel: str
) -> None:
    with pytest.raises(CondarcError):
        condarc.add(channel, "prepend")
    assert not path.exists()


@pytest.mark.parametrize("position", ["prepend", "append"])
def test_refusal_names_the_command_to_run_and_leaves_the_file_alone(
    condarc: CondarcFile, path: Path, index: LoginsFile, position: str
) -> None:
    text = "x: &a [b]\nchannels: *a\n"
    path.write_text(text)
    with pytest.raises(CondarcError) as caught:
        condarc.add("my-org", position)  # type: ignore[arg-type]
    command = f"conda config --file {path} --{position} channels my-org"
    assert caught.value.next_step == f"add it by hand: {command}"
    assert path.read_text() == text
    assert index.channel_list(condarc.path) == {}


def test_refused_removal_names_the_command_to_run_and_keeps_the_record(
    condarc: CondarcFile, path: Path, index: LoginsFile
) -> None:
    condarc.add("my-org", "prepend")
    record = index.channel_list(condarc.path)
    text = "x: &x my-org\nchannels: [*x, b]\n"
    path.write_text(text)
    with pytest.raises(CondarcError, match=f"conda config --file {path} --remove channels my-org"):
        condarc.remove("my-org")
    assert path.read_text() == text
    assert index.channel_list(condarc.path) == record


def test_error_about_the_text_names_the_file_and_does_not_quote_it(
    condarc: CondarcFile, path: Path
) -> None:
    path.write_text("channels: [https://h/t/SECRET/a\n")
    for read in (condarc.channels, lambda: condarc.add("a", "prepend")):
        with pytest.raises(FileFormatError) as caught:
            read()
        assert str(path) in caught.value.what
        assert "SECRET" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


def test_change_by_another_program_in_between_is_not_overwritten(
    path: Path, index: LoginsFile
) -> None:
    path.write_text("channels: [x]\n")

    def another_program_writes() -> bool:
        path.write_text("channels: [y]\n")
        return True

    condarc = CondarcFile(path, memory=index, keep_defaults=another_program_writes)
    with pytest.raises(CondarcError, match="another program"):
        condarc.add("a", "prepend")
    assert path.read_text() == "channels: [y]\n"


def test_file_in_the_code_page_of_windows_keeps_it(
    condarc: CondarcFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locale, "getpreferredencoding", lambda do_setlocale=True: "cp1252")
    text = "# Kanäle für alle\r\nchannels:\r\n  - a\r\n".encode("cp1252")
    path.write_bytes(text)
    assert condarc.channels() == ["a"]
    assert condarc.add("b", "append")
    assert path.read_bytes() == text + b"  - b\r\n"
    assert condarc.remove("b")
    assert path.read_bytes() == text


def test_utf_8_stays_utf_8_whatever_the_code_page_is(
    condarc: CondarcFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locale, "getpreferredencoding", lambda do_setlocale=True: "cp1252")
    path.write_bytes("# 漢 ä\nchannels:\n  - a\n".encode())
    assert condarc.add("b", "append")
    assert path.read_text(encoding="utf-8") == "# 漢 ä\nchannels:\n  - a\n  - b\n"
