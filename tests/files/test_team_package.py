"""A team's package: its two files, and that it is a package that other tools read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from conda_package_streaming.package_streaming import stream_conda_component
from ruamel.yaml import YAML

from conda_private.files.team_file import TeamFile, read
from conda_private.files.team_package import TeamPackage, installed, write
from conda_private.model.exceptions import FileWriteError

PACKAGE = TeamPackage("acme-channels", "1.0")
PROPOSAL = {"address": "https://conda.example.org/acme", "source": "env:MY_TOKEN"}
TEAM = TeamFile((PROPOSAL,), {"channels": ["https://conda.example.org/acme"]})
SETTINGS, PROPOSALS = "condarc.d/acme-channels.yml", "etc/conda-private/team.d/acme-channels.yml"


def content(path: Path, component: str) -> dict[str, bytes]:
    """The files of a part of a package."""
    with path.open("rb") as file:
        return {
            member.name: tar.extractfile(member).read()
            for tar, member in stream_conda_component(path.name, file, component)
        }


def test_package_has_what_conda_and_login_read(tmp_path: Path) -> None:
    path = write(PACKAGE, TEAM, tmp_path)
    assert path == tmp_path / "acme-channels-1.0-0.conda"
    files = content(path, "pkg")
    assert set(files) == {SETTINGS, PROPOSALS}
    assert YAML(typ="safe").load(files[SETTINGS]) == TEAM.settings
    proposals = tmp_path / "proposals.yml"
    proposals.write_bytes(files[PROPOSALS])
    (request,) = read(proposals)
    assert (str(request.address), str(request.source)) == (PROPOSAL["address"], PROPOSAL["source"])


def test_metadata_describes_the_files(tmp_path: Path) -> None:
    path = write(TeamPackage("acme", "2.0", ("conda-private",)), TEAM, tmp_path)
    info, files = content(path, "info"), content(path, "pkg")
    index = json.loads(info["info/index.json"])
    wanted = {"name": "acme", "version": "2.0", "build": "0", "build_number": 0}
    wanted |= {"noarch": "generic", "subdir": "noarch", "depends": ["conda-private"]}
    assert wanted.items() <= index.items()
    paths = json.loads(info["info/paths.json"])["paths"]
    assert {each["_path"]: each["sha256"] for each in paths} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert {each["_path"]: each["size_in_bytes"] for each in paths} == {
        name: len(data) for name, data in files.items()
    }
    assert info["info/files"].decode().split() == list(files)


@pytest.mark.parametrize(
    ("team", "names"),
    [(TeamFile((PROPOSAL,), {}), [PROPOSALS]), (TeamFile((), TEAM.settings), [SETTINGS])],
)
def test_package_has_no_empty_file(tmp_path: Path, team: TeamFile, names: list[str]) -> None:
    assert list(content(write(PACKAGE, team, tmp_path), "pkg")) == names


def test_package_replaces_one_with_the_same_name_and_leaves_nothing_else(tmp_path: Path) -> None:
    first = write(PACKAGE, TEAM, tmp_path)
    write(PACKAGE, TeamFile((), {"channels": ["conda-forge"]}), tmp_path)
    assert list(content(first, "pkg")) == [SETTINGS]
    assert list(tmp_path.iterdir()) == [first]


def test_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError) as caught:
        write(PACKAGE, TEAM, tmp_path / "none")
    assert "--output-dir" in caught.value.next_step


def test_installed_files_are_found_in_the_environment_of_this_conda(tmp_path: Path) -> None:
    assert installed(tmp_path) == []
    folder = tmp_path / "etc" / "conda-private" / "team.d"
    folder.mkdir(parents=True)
    for name in ("b.yml", "a.yml", "a.txt"):
        (folder / name).touch()
    assert installed(tmp_path) == [folder / "a.yml", folder / "b.yml"]
    assert installed() == []
