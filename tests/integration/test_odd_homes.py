"""Homes that belong to another user, are read-only or missing; and a permissive umask."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.integration.test_all_users import (
    NOBODY,
    PUBLIC_FILES,
    closed_folder,
    in_namespace,
    why_not,
)
from tests.server import Server

ALICE = 12_345
LOGIN = ("private", "login", "my-org", "--label", "dev", "--token-stdin", "--no-verify")
LOGOUT = ("private", "logout", "my-org", "--label", "dev")
PUBLIC = ("search", "--override-channels", "-c", "other", "hello-public")
PRIVATE = ("search", "--override-channels", "-c", "my-org/label/dev", "hello-private")
as_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can change the owner of files"
)


def give(folder: Path, owner: int) -> None:
    """Change the owner of a folder and everything in it."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)


def files_of(folder: Path, owner: int) -> list[Path]:
    return [path for path in folder.rglob("*") if path.lstat().st_uid == owner]


@pytest.mark.hard
@as_root
def test_root_in_the_home_of_a_user_creates_no_file_there(conda: Conda, token: str) -> None:
    give(conda.home, ALICE)
    result = conda.run(*LOGIN, stdin=token)
    assert result.code == 1
    assert "Next:  repeat the command without sudo" in result.err
    assert conda.run("private", "channels", "add", "other").code == 1
    assert conda.ok("private", "list").out
    assert files_of(conda.home, 0) == []
    assert conda.files_with(token) == []


@as_root
@pytest.mark.hard
def test_root_in_the_home_of_a_user_ignores_and_changes_no_login_of_that_user(
    conda: Conda, token: str
) -> None:
    conda.ok(*LOGIN, stdin=token)
    before = {path: path.read_bytes() for path in conda.home.rglob("*") if path.is_file()}
    give(conda.home, ALICE)
    for words in (LOGIN, LOGOUT, ("private", "list"), PRIVATE):
        result = conda.run(*words, stdin=token)
        assert result.code == 1, words
        assert "belongs to another user" in result.err
        assert "Traceback" not in result.text
    conda.ok(*PUBLIC)
    assert files_of(conda.home, 0) == []
    assert {path: path.read_bytes() for path in before} == before


def test_permissive_umask_leaves_files_private(conda: Conda, token: str) -> None:
    before = os.umask(0)
    try:
        conda.ok(*LOGIN, stdin=token)
    finally:
        os.umask(before)
    ours = [*conda.data_folder.rglob("*"), conda.data_folder, *(conda.home / ".conda").rglob("*")]
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in ours}
    assert {mode for mode in modes.values() if int(mode, 8) & 0o077} == set(), modes
    assert stat.S_IMODE(conda.condarc.stat().st_mode) == 0o644


@pytest.fixture
def nobody(request: pytest.FixtureRequest, server: Server) -> Iterator[Conda]:
    """The system user ``nobody``, whose home does not exist."""
    if reason := why_not():
        pytest.skip(reason)
    executable = request.config.getoption("--conda")
    if closed_folder(executable.absolute().parent):
        pytest.skip("needs a conda that other users can run")
    # Not in pytest's own folder, which other users cannot read.
    folder = Path(tempfile.mkdtemp(prefix="nobody-"))
    folder.chmod(0o755)
    (folder / "etc").mkdir()
    for name in PUBLIC_FILES:
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), folder / "etc" / name)
    outer = in_namespace(executable, folder, user=NOBODY)
    conda = Conda(outer, "classic", folder / "user", server.conda)
    (conda.folder / "pkgs").mkdir()
    give(conda.folder, NOBODY)
    yield conda
    shutil.rmtree(folder)


@pytest.mark.parametrize("home", [None, "/nonexistent/home"], ids=["no HOME", "missing HOME"])
def test_without_a_home_public_channels_work_and_login_fails_with_the_reason(
    nobody: Conda, token: str, home: str | None
) -> None:
    # Without HOME, the home is that of the system's list of users: /nonexistent.
    del nobody.environment["HOME"]
    nobody.environment |= {"HOME": home} if home else {}
    nobody.ok(*PUBLIC)
    # Without a file of her own, nothing says that the name means the server of the test.
    words = [
        f"{nobody.settings['channel_alias']}/my-org" if each == "my-org" else each for each in LOGIN
    ]
    result = nobody.run(*words, stdin=token)
    assert result.code == 1
    assert "/nonexistent" in result.err
    assert "Next:" in result.err
    assert "Traceback" not in result.text
    assert nobody.files_with(token) == []
