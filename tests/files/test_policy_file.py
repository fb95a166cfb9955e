"""The policy's file: its keys, and that nothing is allowed by a file that cannot be read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from conda_private.files import paths, policy_file
from conda_private.files.permissions import PRIVATE
from conda_private.files.policy_file import in_force
from conda_private.model.exceptions import FileFormatError, UnsafeFileError
from conda_private.model.policy import Policy, ServerPattern
from conda_private.model.source import Source
from tests.wording import assert_reads_well

posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no owner")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file; in these tests it belongs to whoever runs them."""
    folder = tmp_path / "system"
    folder.mkdir(mode=0o755)
    return folder / "policy.yml"


def refused(file: Path, text: str) -> FileFormatError:
    """The error for a text."""
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(FileFormatError) as caught:
        in_force(file, PRIVATE)
    assert str(file) in caught.value.what
    assert_reads_well(caught.value, names=str(file))
    return caught.value


def test_every_key_is_read(file: Path) -> None:
    file.write_text(
        "# Ask it@example.org.\nallowed-servers:\n  - conda.example.org\n  - '*.example.com'\n"
        "allowed-sources: [keyring, helper:pass]\nrequire-keyring: true\n"
    )
    file.chmod(0o600)
    servers = tuple(map(ServerPattern.parse, ("conda.example.org", "*.example.com")))
    sources = (Source("keyring"), Source("helper", "pass"))
    assert in_force(file, PRIVATE) == Policy(str(file), servers, sources, require_keyring=True)


def test_missing_key_allows_everything_it_is_about(file: Path) -> None:
    file.write_text("require-keyring: false\n")
    file.chmod(0o600)
    assert in_force(file, PRIVATE) == Policy(str(file))


def test_without_a_file_or_its_folder_everything_is_allowed(tmp_path: Path) -> None:
    assert in_force(tmp_path / "policy.yml", PRIVATE) == Policy()
    assert in_force(tmp_path / "none" / "policy.yml", PRIVATE) == Policy()


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "{}", "[]", "text", "{", "\t", "a: *b", "3", "null",
     "allowed-servers: !!python/name:os.system", "require-keyring: true\nrequire-keyring: false"],
    ids=repr,
)  # fmt: skip
def test_text_that_is_no_policy_is_refused(file: Path, text: str) -> None:
    assert "YAML with at least one" in refused(file, text).cause


@pytest.mark.parametrize("key", ["allowed_servers", "Allowed-servers", "servers", "3", "null"])
def test_unknown_key_is_named(file: Path, key: str) -> None:
    assert "unknown key" in refused(file, f"require-keyring: true\n{key}: [a.example]\n").cause


@pytest.mark.parametrize(
    "text",
    ["allowed-servers: a.example", "allowed-servers: [3]", "allowed-servers: null",
     "allowed-servers: {a.example: true}", "allowed-servers: ['*']",
     "allowed-servers: ['https://a.example/t/x/y']", "allowed-sources: keyring",
     "allowed-sources: [vault]", "allowed-sources: [auto]", "allowed-sources: [[file]]",
     "allowed-sources: ['']", "require-keyring: 'yes'", "require-keyring: 1",
     "require-keyring: null", "require-keyring: [true]"],
)  # fmt: skip
def test_invalid_value_is_refused_and_its_key_is_named(file: Path, text: str) -> None:
    assert f"Its key {text.partition(':')[0]} " in refused(file, text).cause


@posix
def test_file_that_others_can_write_to_is_refused(file: Path) -> None:
    file.write_text("require-keyring: true\n")
    file.chmod(0o666)
    with pytest.raises(UnsafeFileError, match="open to other users"):
        in_force(file, PRIVATE)


@posix
def test_link_that_leads_nowhere_is_not_a_missing_file(file: Path) -> None:
    file.symlink_to(file.with_name("none"))
    with pytest.raises(UnsafeFileError):
        in_force(file, PRIVATE)


@posix
def test_file_of_another_user_than_root_is_refused(file: Path) -> None:
    file.write_text("require-keyring: true\n")
    file.chmod(0o644)
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
    with pytest.raises(UnsafeFileError, match="belongs to another user"):
        in_force(file)


def test_file_is_beside_the_logins_of_the_system(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    assert paths.policy() == paths.SYSTEM_LOGINS.with_name("policy.yml")
    monkeypatch.setattr(paths, "SYSTEM_LOGINS", file.with_name("credentials.json"))
    assert policy_file.in_force() == Policy()
    monkeypatch.setattr(sys, "platform", "win32")
    assert paths.policy().as_posix() == "C:/ProgramData/conda-private/policy.yml"
