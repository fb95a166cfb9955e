"""Where our files are: in the user's home, and in one place that nothing moves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conda_private.files import paths

posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere the system names the folders")


@posix
def test_files_are_below_the_home_of_who_runs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    files = (paths.index(), paths.secrets_file(), paths.wiring())
    assert all(file.is_relative_to(tmp_path) for file in files)
    assert paths.index().parent == paths.secrets_file().parent
    assert len(set(files)) == 3
    assert list(tmp_path.iterdir()) == []


def test_wiring_is_where_conda_reads_it() -> None:
    assert paths.wiring().parts[-3:] == (".conda", "condarc.d", "conda-private.yml")
    wanted = "/etc/conda/condarc.d/conda-private.yml"
    assert paths.SYSTEM_WIRING.as_posix() == wanted


def test_no_variable_of_conda_or_of_the_environment_moves_what_is_trusted(
    tmp_path: Path,
) -> None:
    names = ("CONDA_PREFIX", "CONDA_ROOT", "CONDARC", "CONDA_PRIVATE_INDEX", "XDG_CONFIG_HOME",
             "XDG_CONFIG_DIRS", "XDG_DATA_DIRS", "PREFIX")  # fmt: skip
    program = (
        "from conda_private.files import paths as p\n"
        "print(p.index(), p.secrets_file(), p.wiring(), p.SYSTEM_INDEX, p.SYSTEM_WIRING)"
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
