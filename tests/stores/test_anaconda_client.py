"""The tokens of anaconda-client are found, read, and never changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, StoreError
from conda_private.model.secret import Secret
from conda_private.model.source import ANACONDA_CLIENT
from conda_private.stores.anaconda_client import AnacondaClientStore

CANARY = "ca-nary-ac"
API = "https://api.anaconda.org"
OTHER = "http://127.0.0.1:8080/api"
Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its folder of tokens."""
    monkeypatch.setenv("BINSTAR_CONFIG_DIR", str(tmp_path))
    return tmp_path / "data"


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a token as anaconda-client does."""

    def write(api: str, text: str = CANARY) -> Path:
        folder.mkdir(exist_ok=True)
        file = folder / f"{quote_plus(api)}.token"
        file.write_text(text)
        return file

    return write


@pytest.fixture
def store() -> AnacondaClientStore:
    """The store."""
    return AnacondaClientStore()


def test_without_its_folder_there_is_no_token(folder: Path, store: AnacondaClientStore) -> None:
    assert store.apis() == ()
    assert store.get(Address.parse(API)) is None
    assert store.file(Address.parse(API)) is None
    assert not folder.exists()


def test_each_api_has_its_own_token(write: Write, store: AnacondaClientStore) -> None:
    file = write(API)
    write(OTHER, "other")
    assert [str(api) for api in store.apis()] == [OTHER, API]
    assert store.get(Address.parse(API)) == Secret(CANARY)
    assert store.get(Address.parse(OTHER)) == Secret("other")
    assert store.get(Address.parse(f"{OTHER}/x")) is None
    assert store.file(Address.parse(API)) == file


@pytest.mark.parametrize(
    "spelling", [f"{API}/", "https://API.anaconda.org", "https://api.anaconda.org:443"]
)
def test_every_spelling_of_an_address_is_found(
    write: Write, store: AnacondaClientStore, spelling: str
) -> None:
    write(spelling)
    assert [str(api) for api in store.apis()] == [API]
    assert store.get(Address.parse(API)) == Secret(CANARY)


@pytest.mark.parametrize("text", [f"{CANARY}\n", f"  {CANARY}\r\n"])
def test_line_break_is_not_a_part_of_a_token(
    write: Write, store: AnacondaClientStore, text: str
) -> None:
    write(API, text)
    assert store.get(Address.parse(API)) == Secret(CANARY)


@pytest.mark.parametrize("text", ["", "\n", f"{CANARY}\n{CANARY}", f"{CANARY}\x1b", "\u00e9" * 9])
def test_file_without_a_token_is_an_error_without_its_text(
    write: Write, store: AnacondaClientStore, text: str
) -> None:
    file = write(API, text)
    with pytest.raises(CredentialMissingError) as caught:
        store.get(Address.parse(API))
    assert str(file) in caught.value.what
    assert CANARY not in str(caught.value)


def test_bytes_that_are_not_text_are_not_a_token(write: Write, store: AnacondaClientStore) -> None:
    write(API).write_bytes(b"\xff\xfe" * 100_000)
    with pytest.raises(CredentialMissingError):
        store.get(Address.parse(API))


def test_file_that_is_removed_while_it_is_read_is_an_error(
    write: Write, store: AnacondaClientStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = write(API)

    class Racing(AnacondaClientStore):
        def file(self, api: Address) -> Path | None:
            gone.unlink(missing_ok=True)
            return gone

    with pytest.raises(StoreError, match="cannot be read") as caught:
        Racing().get(Address.parse(API))
    assert "ls -l" in caught.value.next_step


@pytest.mark.parametrize("name", ["x.token", "..token", ".token", "https%3A.token", "a.txt"])
def test_other_files_are_not_logins(
    write: Write, folder: Path, store: AnacondaClientStore, name: str
) -> None:
    write(API)
    (folder / name).write_text(CANARY)
    (folder / f"{quote_plus(OTHER)}.token").mkdir()
    (folder / f"{quote_plus('https://a:b@example.org')}.token").write_text(CANARY)
    assert [str(api) for api in store.apis()] == [API]


def test_nothing_is_put_or_deleted(write: Write, store: AnacondaClientStore) -> None:
    file = write(API)
    store.put(Address.parse(API), Secret("another"))
    store.delete(Address.parse(API))
    assert file.read_text() == CANARY
    assert store.stamp() is None


def test_folders_of_the_user_are_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: AnacondaClientStore
) -> None:
    monkeypatch.delenv("BINSTAR_CONFIG_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own = tmp_path / "config" / "binstar"
    old = tmp_path / ".continuum" / "anaconda-client" / "tokens"
    for folder, text in ((own, "own"), (old, "old")):
        folder.mkdir(parents=True)
        (folder / f"{quote_plus(API)}.token").write_text(text)
    assert store.get(Address.parse(API)) == Secret("own")
    (own / f"{quote_plus(API)}.token").unlink()
    assert store.get(Address.parse(API)) == Secret("old")
    assert "anaconda-client's files" in store.description


def test_source_of_that_name_opens_it(folder: Path) -> None:
    assert machine.open_store(ANACONDA_CLIENT).source == ANACONDA_CLIENT


def test_error_of_a_missing_token_has_the_command_of_anaconda_client(
    store: AnacondaClientStore,
) -> None:
    error = store.missing(Address.parse(API))
    assert API in error.what
    assert error.cause == f"anaconda-client has no token for {API}."
    assert error.next_step == "anaconda login"
