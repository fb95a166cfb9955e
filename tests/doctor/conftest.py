"""A home, a project folder, and package folders that belong to the test alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_private.doctor import rewriting
from conda_private.doctor.finding import Finding, Subject
from conda_private.doctor.table import examine
from tests.home import Home, home_in

SETTINGS = "pkgs_dirs: [{0}/pkgs]\nenvs_dirs: [{0}/envs]\nchannels: [public]\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    rewriting.backup_folder.cache_clear()
    with home_in(folder) as home:
        home.condarc(SETTINGS.format(folder))
        yield home
    rewriting.backup_folder.cache_clear()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def problems(*paths: Path, deep: bool = False, asks: bool = False) -> list[tuple[str, Finding]]:
    """The problems that the checks find, without the notes."""
    found = examine(Subject(paths, is_deep=deep, asks_servers=asks))
    return [each for each in found if each[1].is_problem]
