"""A team's package: a noarch conda package with the channels and the proposed logins of a team.

It has two files, which are not executed: one in ``condarc.d``, where conda finds it in the base
environment, and one in ``etc/conda-private/team.d``, where ``login --all`` does. Neither contains a
credential.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from conda_private.files.team_file import TeamFile
from conda_private.model.exceptions import FileWriteError

TEAM_FOLDER = ("etc", "conda-private", "team.d")
_SUMMARY = "The channels and the proposed logins of a team, for the conda plugin conda-private"
_TIME = 1_577_836_800  # of each file in the package, so that it does not depend on the clock


class TeamPackage(NamedTuple):
    """A package to write.

    Attributes:
        name: its name.
        version: its version.
        depends: the packages that it installs along with itself.
    """

    name: str
    version: str
    depends: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The name of its file, without ``.conda``."""
        return f"{self.name}-{self.version}-0"


def installed(prefix: Path | None = None) -> list[Path]:
    """Return the files of proposed logins that packages have installed, ordered by name.

    Args:
        prefix: another environment than the one that this conda is in, which is the base.
    """
    folder = Path(prefix or sys.prefix).joinpath(*TEAM_FOLDER)
    return sorted(folder.glob("*.yml"))


def contents(package: TeamPackage, team: TeamFile) -> dict[str, str]:
    """Return the files that the package installs, by their path in the environment."""
    files = {}
    if team.proposals:
        path = "/".join((*TEAM_FOLDER, f"{package.name}.yml"))
        files[path] = _yaml({"logins": list(team.proposals)})
    if team.settings:
        files[f"condarc.d/{package.name}.yml"] = _yaml(team.settings)
    return files


def write(package: TeamPackage, team: TeamFile, folder: Path) -> Path:
    """Write the package into a folder; it replaces one with the same name and version.

    Raises:
        FileWriteError: the package could not be written.
    """
    from conda_package_streaming.create import conda_builder

    path = folder / f"{package.stem}.conda"
    files = contents(package, team)
    try:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            with conda_builder(package.stem, place) as archive:
                for name, text in {**files, **_info(package, files)}.items():
                    _add(archive, name, text.encode())
            os.replace(Path(place, path.name), path)
    except OSError as error:
        raise FileWriteError(
            f"{path} could not be written.",
            cause=f"{error.strerror or error}.",
            next_step="choose another folder:  --output-dir FOLDER",
        ) from error
    return path


def _yaml(content: Mapping[str, Any]) -> str:
    # Every JSON text is YAML, and needs no quotes or escapes of its own here: all texts are ASCII.
    return f"{json.dumps(content, indent=2)}\n"


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime = len(content), _TIME
    archive.addfile(member, io.BytesIO(content))


def _info(package: TeamPackage, files: Mapping[str, str]) -> dict[str, str]:
    """Return the metadata of the package, of which conda reads the first three."""
    index = {
        "name": package.name,
        "version": package.version,
        "build": "0",
        "build_number": 0,
        "depends": list(package.depends),
        "constrains": [],
        "noarch": "generic",
        "subdir": "noarch",
        "arch": None,
        "platform": None,
    }
    records: dict[str, Any] = {
        "index.json": index,
        "paths.json": {"paths": [*map(_path, files.items())], "paths_version": 1},
        "link.json": {"noarch": {"type": "generic"}, "package_metadata_version": 1},
        "about.json": {"summary": _SUMMARY},
    }
    texts = {f"info/{name}": json.dumps(record) for name, record in records.items()}
    return {**texts, "info/files": "".join(f"{name}\n" for name in files)}


def _path(file: tuple[str, str]) -> dict[str, Any]:
    name, content = file[0], file[1].encode()
    digest = hashlib.sha256(content).hexdigest()
    return {
        "_path": name,
        "path_type": "hardlink",
        "sha256": digest,
        "size_in_bytes": len(content),
    }
