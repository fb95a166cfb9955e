"""References: a variable or a file that the user provides, read when it is needed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from conda.cli.main_info import get_info_dict

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialMissingError,
    SecretFormatError,
    UsageError,
)
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret
from conda_private.model.source import Source
from conda_private.stores.environment import (
    EnvironmentStore,
    SecretFileStore,
    check_variable_name,
)

CANARY = "ca-nary-e7"
ADDRESS = Address.parse("https://conda.example.org/private")
OTHER = Address.parse("https://conda.example.net")
posix = pytest.mark.skipif(os.name != "posix", reason="devices and pipes are POSIX's")


@pytest.mark.parametrize("name", ["MY_ORG_TOKEN", "_x", "token1", "PATH_TOKEN", "A_CONDA_TOKEN"])
def test_variable_can_have_the_name(name: str) -> None:
    check_variable_name(name)
    assert EnvironmentStore(name).source == Source("env", name)


@pytest.mark.parametrize(
    "name",
    ["", "1TOKEN", "MY-TOKEN", "MY TOKEN", "MY.TOKEN", "A=b", "$TOKEN", "T\u00d6KEN", "TOKEN\n"],
)
def test_invalid_name_is_refused_and_not_repeated(name: str) -> None:
    # The user may have given the token itself.
    with pytest.raises(UsageError) as caught:
        check_variable_name(f"{name}{CANARY}" if name else "")
    assert CANARY not in str(caught.value)
    assert "--from-env MY_ORG_TOKEN" in caught.value.next_step


@pytest.mark.parametrize(
    "name",
    [
        "CONDA_TOKEN",
        "conda_token",
        "CONDA",
        "PYTHON_KEYRING_TOKEN",
        "SUDO_TOKEN",
        "PATH",
        "MY_TOKEN_PATH",
        "tokenpath",
        "HTTPS_PROXY",
        "http_proxy",
        "LD_PRELOAD",
    ],
)
def test_name_of_a_variable_that_conda_prints_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        EnvironmentStore(name)
    assert name in caught.value.what
    assert "--from-env" in caught.value.next_step


def test_conda_info_prints_no_variable_that_can_have_a_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["TOKEN", "CONDA", "PYTHON", "SUDO", "PATH", "PROXY", "CIO_TEST"]
    words += ["CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]
    names = {f"{first}{second}" for first in ["", *words] for second in ["", "_", *words]} - {""}
    for name in names - {"PATH"}:
        for spelling in (name, name.lower()):
            if not os.environ.get(spelling):
                monkeypatch.setenv(spelling, f"{CANARY}-{spelling}")
    printed = set(re.findall(f"{CANARY}-(\\w+)", str(get_info_dict()["env_vars"])))
    assert printed
    assert [name for name in sorted(printed) if _is_allowed(name)] == []


def _is_allowed(name: str) -> bool:
    try:
        check_variable_name(name)
    except UsageError:
        return False
    return True


def test_variable_is_read_when_the_secret_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_ORG_TOKEN", raising=False)
    store = EnvironmentStore("MY_ORG_TOKEN")
    assert store.get(ADDRESS) is None
    monkeypatch.setenv("MY_ORG_TOKEN", CANARY)
    assert store.get(ADDRESS) == Secret(CANARY)
    assert store.get(OTHER) == Secret(CANARY)
    monkeypatch.setenv("MY_ORG_TOKEN", "")
    assert store.get(ADDRESS) is None


@pytest.mark.parametrize("value", [f"{CANARY} ", f" {CANARY}", f"{CANARY}\nX-Evil: 1", "\n"])
def test_variable_with_an_invalid_secret_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("MY_ORG_TOKEN", value)
    with pytest.raises(CondaPrivateError) as caught:
        EnvironmentStore("MY_ORG_TOKEN").get(ADDRESS)
    assert "MY_ORG_TOKEN" in str(caught.value)
    assert CANARY not in str(caught.value)


def test_secret_of_a_reference_is_neither_written_nor_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MY_ORG_TOKEN", CANARY)
    path = tmp_path / "token"
    path.write_text(CANARY)
    for store in (EnvironmentStore("MY_ORG_TOKEN"), SecretFileStore(str(path))):
        store.put(ADDRESS, Secret("other"))
        store.delete(ADDRESS)
        assert store.get(ADDRESS) == Secret(CANARY)
    assert (os.environ["MY_ORG_TOKEN"], path.read_text()) == (CANARY, CANARY)


def test_description_names_the_variable_or_file_and_not_the_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MY_ORG_TOKEN", CANARY)
    path = tmp_path / "token"
    path.write_text(CANARY)
    variable, file = EnvironmentStore("MY_ORG_TOKEN"), SecretFileStore(str(path))
    assert "MY_ORG_TOKEN" in variable.description
    assert str(path) in file.description
    assert CANARY not in f"{variable.description} {file.description} {vars(variable)} {vars(file)}"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_secret_file_is_read_when_the_secret_is_needed(tmp_path: Path, end: str) -> None:
    path = tmp_path / "token"
    store = SecretFileStore(str(path))
    assert store.get(ADDRESS) is None
    path.write_bytes(f"{CANARY}{end}".encode())
    assert store.get(ADDRESS) == Secret(CANARY)
    path.write_text("new")
    assert store.get(ADDRESS) == Secret("new")


@posix
def test_secret_file_can_be_a_link_and_readable_by_others(tmp_path: Path) -> None:
    # Kubernetes and Docker mount secrets like this.
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "token").write_text(CANARY)
    (tmp_path / "..data" / "token").chmod(0o644)
    (tmp_path / "token").symlink_to(Path("..data") / "token")
    assert SecretFileStore(str(tmp_path / "token")).get(ADDRESS) == Secret(CANARY)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        f"{CANARY}\n\n".encode(),
        f"user: {CANARY}\npassword: x\n".encode(),
        f"{CANARY}\xff".encode("latin-1"),
        f"\ufeff{CANARY}".encode(),
        f"{CANARY}\n".encode("utf-16"),
        CANARY.encode() * MAX_SECRET_LENGTH,
    ],
    ids=["empty", "line end", "two line ends", "lines", "not text", "BOM", "UTF-16", "too long"],
)
def test_file_with_an_invalid_secret_is_an_error_that_names_it(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(CondaPrivateError) as caught:
        SecretFileStore(str(path)).get(ADDRESS)
    assert str(path) in str(caught.value)
    assert CANARY not in str(caught.value)


@posix
@pytest.mark.timeout(5)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/null"])
def test_endless_device_is_not_a_secret_and_does_not_hang(device: str) -> None:
    with pytest.raises((SecretFormatError, CredentialMissingError)):
        SecretFileStore(device).get(ADDRESS)


@pytest.mark.parametrize("place", ["folder", "file/token"])
def test_unreadable_file_is_not_reported_as_missing(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text(CANARY)
    path = str(tmp_path / place)
    with pytest.raises(CredentialMissingError) as caught:
        SecretFileStore(path).get(ADDRESS)
    assert path in caught.value.what
    assert caught.value.cause in (
        "It is not a regular file",
        "Not a directory",
        "Permission denied",
    )
    assert caught.value.next_step == f"ls -l {path}"


def test_stamp_changes_when_the_variable_does(monkeypatch: pytest.MonkeyPatch) -> None:
    store = EnvironmentStore("MY_ORG_TOKEN")
    stamps = []
    for value in (None, "first", "first", "second", None):
        monkeypatch.delenv("MY_ORG_TOKEN", raising=False)
        if value:
            monkeypatch.setenv("MY_ORG_TOKEN", value)
        stamps.append(store.stamp())
    none, first, again, second, gone = stamps
    assert (again, gone) == (first, none)
    assert len({none, first, second}) == 3
    assert "first" not in str(first)


def test_stamp_changes_when_the_file_is_written_replaced_or_removed(tmp_path: Path) -> None:
    path = tmp_path / "token"
    store = SecretFileStore(str(path))
    stamps = [store.stamp()]
    path.write_text("first")
    os.utime(path, ns=(1, 1))
    stamps.append(store.stamp())
    path.write_text("second")
    stamps.append(store.stamp())
    other = tmp_path / "other"
    other.write_text("third")
    other.replace(path)
    stamps.append(store.stamp())
    assert len(set(stamps)) == 4
    assert store.stamp() == stamps[-1]
    path.unlink()
    assert store.stamp() == stamps[0]


def test_error_of_a_missing_reference_names_it_and_the_command(
    tmp_path: Path,
) -> None:
    variable = EnvironmentStore("MY_ORG_TOKEN").missing(ADDRESS)
    assert variable.cause == "The variable MY_ORG_TOKEN is not set."
    assert variable.next_step == shell.set_variable("MY_ORG_TOKEN", "...")
    path = tmp_path / "a token"
    file = SecretFileStore(str(path)).missing(ADDRESS)
    assert file.cause == f"There is no file {path}."
    assert file.next_step == f"ls -l '{path}'"
    for error in (variable, file):
        assert error.what == f"The credential for {ADDRESS} is missing."
