"""The paths of our files: in the user's home, and in one folder that no variable changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conda_private.files import paths

posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere the system names the folders")


@posix
def test_files_are_below_the_home_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    files = (paths.logins(), paths.secrets_file(), paths.channel_settings())
    assert all(file.is_relative_to(tmp_path) for file in files)
    assert paths.logins().parent == paths.secrets_file().parent
    assert len(set(files)) == 3
    assert list(tmp_path.iterdir()) == []


def test_channel_settings_are_where_conda_reads_them() -> None:
    assert paths.channel_settings().parts[-3:] == (".conda", "condarc.d", "conda-private.yml")
    wanted = "/etc/conda/condarc.d/conda-private.yml"
    assert paths.SYSTEM_CHANNEL_SETTINGS.as_posix() == wanted


def test_no_variable_of_conda_or_of_the_environment_changes_a_path(
    tmp_path: Path,
) -> None:
    names = ("CONDA_PREFIX", "CONDA_ROOT", "CONDARC", "CONDA_PRIVATE_LOGINS", "XDG_CONFIG_HOME",
             "XDG_CONFIG_DIRS", "XDG_DATA_DIRS", "PREFIX")  # fmt: skip
    program = (
        "from conda_private.files import paths as p\n"
        "print(p.logins(), p.secrets_file(), p.channel_settings())\n"
        "print(p.SYSTEM_LOGINS, p.SYSTEM_CHANNEL_SETTINGS)"
    )
    home = {"HOME": str(tmp_path / "home")}
    moved = {**home, **dict.fromkeys(names, str(tmp_path / "evil"))}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PATH": os.environ["PATH"], **environment},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for environment in (home, moved)
    )
    assert first == second
    assert "evil" not in second
