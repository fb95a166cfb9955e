"""Credentials in a file: 0600, atomic, and refused if its owner, mode or text is wrong."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_private.files.locks import locked
from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError, FileWriteError, UnsafeFileError
from conda_private.model.secret import Secret
from conda_private.stores.file import FileStore

CANARY = "ca-nary-f1"
ADDRESS = Address.parse("https://conda.example.org/private")
OTHER = Address.parse("https://conda.example.org/other")
posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file, in a folder that is not there yet."""
    return tmp_path / "Application Support" / "conda-private" / "secrets.json"


@pytest.fixture
def store(path: Path) -> FileStore:
    """The store, empty."""
    return FileStore(path)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that leaves every file open."""
    before = os.umask(0)
    yield
    os.umask(before)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(text)
    path.chmod(0o600)


def test_reading_and_deleting_create_no_file(store: FileStore, path: Path) -> None:
    assert store.get(ADDRESS) is None
    store.delete(ADDRESS)
    assert not path.parent.parent.exists()


def test_file_has_a_version_and_secrets_by_address(store: FileStore, path: Path) -> None:
    store.put(ADDRESS, Secret(CANARY))
    store.put(OTHER, Secret("other"))
    assert json.loads(path.read_text()) == {
        "version": 1,
        "secrets": {str(OTHER): "other", str(ADDRESS): CANARY},
    }
    assert path.read_text().endswith("\n")


def test_description_says_where_it_is_and_that_it_is_not_encrypted(
    store: FileStore, path: Path
) -> None:
    assert str(path) in store.description
    assert "not encrypted" in store.description


@posix
def test_file_is_0600_in_a_folder_0700_under_umask_000(
    store: FileStore, path: Path, open_umask: None
) -> None:
    store.put(ADDRESS, Secret(CANARY))
    store.put(OTHER, Secret("other"))
    store.delete(OTHER)
    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
    assert modes == {"secrets.json": 0o600, ".secrets.json.lock": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_no_byte_of_a_secret_is_in_another_file(store: FileStore, path: Path) -> None:
    store.put(ADDRESS, Secret(CANARY))
    store.put(ADDRESS, Secret(CANARY))
    holding = [entry.name for entry in path.parent.iterdir() if CANARY in entry.read_text()]
    assert holding == ["secrets.json"]


def test_file_is_removed_with_its_last_secret(store: FileStore, path: Path) -> None:
    store.put(ADDRESS, Secret(CANARY))
    store.put(OTHER, Secret("other"))
    store.delete(ADDRESS)
    assert CANARY not in path.read_text()
    store.delete(OTHER)
    assert not path.exists()


MALFORMED = {
    "empty": "",
    "no JSON": f"{CANARY}: x",
    "nested": f'["{CANARY}", ' + "[" * 100_000,
    "cut off": f'{{"version": 1, "secrets": {{"https://conda.example.org/private": "{CANARY}',
    "a list": f'["{CANARY}"]',
    "a text": f'"{CANARY}"',
    "null": "null",
    "a number": "1",
    "no version": f'{{"secrets": {{"https://conda.example.org/private": "{CANARY}"}}}}',
    "newer version": f'{{"version": 2, "secrets": {{"https://a.example": "{CANARY}"}}}}',
    "no secrets": '{"version": 1}',
    "secrets in a list": f'{{"version": 1, "secrets": ["{CANARY}"]}}',
    "secrets null": '{"version": 1, "secrets": null}',
    "no text": '{"version": 1, "secrets": {"https://conda.example.org/private": null}}',
    "a list for a secret": (
        f'{{"version": 1, "secrets": {{"https://conda.example.org/private": ["{CANARY}"]}}}}'
    ),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_malformed_file_is_an_error_with_the_next_command_and_no_secret(
    store: FileStore, path: Path, text: str
) -> None:
    _write(path, text)
    with pytest.raises(FileFormatError) as caught:
        store.get(ADDRESS)
    command = caught.value.next_step.partition("mv ")[2]
    assert shlex.split(command) == [str(path), f"{path}.broken"]
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=False)
    assert CANARY not in "".join(shown.format())
    assert caught.value.__context__ is None


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_malformed_file_is_not_overwritten(store: FileStore, path: Path, text: str) -> None:
    _write(path, text)
    with pytest.raises(FileFormatError):
        store.put(ADDRESS, Secret("new"))
    with pytest.raises(FileFormatError):
        store.delete(ADDRESS)
    assert path.read_text() == text


@posix
@pytest.mark.parametrize("mode", [0o644, 0o660, 0o606])
def test_file_that_is_open_to_others_is_neither_read_nor_written(
    store: FileStore, path: Path, mode: int
) -> None:
    store.put(ADDRESS, Secret(CANARY))
    before = path.read_text()
    path.chmod(mode)
    for use in (store.get, store.delete, lambda address: store.put(address, Secret("new"))):
        with pytest.raises(UnsafeFileError) as caught:
            use(ADDRESS)
        assert CANARY not in str(caught.value)
    assert path.read_text() == before


@posix
def test_secret_is_not_written_to_a_folder_that_others_can_write_to(
    store: FileStore, path: Path
) -> None:
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o777)
    with pytest.raises(UnsafeFileError):
        store.put(ADDRESS, Secret(CANARY))
    assert not path.exists()


@posix
def test_link_in_place_of_the_file_is_not_followed(
    store: FileStore, path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "target.json"
    target.write_text('{"version": 1, "secrets": {}}')
    target.chmod(0o600)
    path.parent.mkdir(parents=True, mode=0o700)
    path.symlink_to(target)
    for use in (store.get, lambda address: store.put(address, Secret(CANARY))):
        with pytest.raises(UnsafeFileError):
            use(ADDRESS)
    assert CANARY not in target.read_text()


@posix
@pytest.mark.timeout(10)
def test_fifo_in_place_of_the_file_does_not_hang(store: FileStore, path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    os.mkfifo(path, 0o600)
    for use in (store.get, store.delete, lambda address: store.put(address, Secret(CANARY))):
        with pytest.raises(UnsafeFileError):
            use(ADDRESS)


def test_file_in_place_of_the_folder_is_an_error(store: FileStore, path: Path) -> None:
    path.parent.parent.mkdir()
    path.parent.write_text("file")
    with pytest.raises(FileWriteError):
        store.put(ADDRESS, Secret(CANARY))
    with pytest.raises(UnsafeFileError):
        store.get(ADDRESS)


def test_store_that_is_being_changed_can_be_read(store: FileStore, path: Path) -> None:
    store.put(ADDRESS, Secret(CANARY))
    with locked(path):
        assert FileStore(path).get(ADDRESS) == Secret(CANARY)


def test_no_secret_of_concurrent_processes_is_lost(path: Path) -> None:
    code = """
import sys
from pathlib import Path
from conda_private.model.address import Address
from conda_private.model.channel import with_label
from conda_private.model.secret import Secret
from conda_private.stores.file import FileStore
store = FileStore(Path(sys.argv[1]))
channel = Address.parse("https://conda.example.org/channel-" + sys.argv[2])
for number in range(6):
    store.put(with_label(channel, str(number)), Secret("secret"))
for number in range(0, 6, 2):
    store.delete(with_label(channel, str(number)))
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(number)])
        for number in range(4)
    ]
    assert [process.wait(30) for process in processes] == [0] * 4
    assert sorted(json.loads(path.read_text())["secrets"]) == [
        f"https://conda.example.org/channel-{channel}/label/{label}"
        for channel in range(4)
        for label in (1, 3, 5)
    ]


def test_mode_is_not_claimed_where_files_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    description = FileStore(tmp_path / "secrets.json").description
    assert "0600" not in description
    assert "not encrypted" in description
