"""Create the stand-in packages that do not come from a wheel."""

from __future__ import annotations

import io
import json
import platform
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from whl2conda.impl.conda_forge import native_conda_subdir

MAJOR, MINOR = sys.version_info[:2]
PROGRAM = f"python{MAJOR}.{MINOR}"


def write_python(channel: Path) -> None:
    """Create ``python``: links to the running interpreter, and ``pyvenv.cfg``.

    As in a virtual environment, ``pyvenv.cfg`` turns the folder into a prefix.
    """
    real = Path(sys._base_executable).resolve()
    location = f"home = {real.parent}\ninclude-system-site-packages = false\n"
    links = {f"bin/{PROGRAM}": str(real), "bin/python3": PROGRAM, "bin/python": PROGRAM}
    write(channel, "python", platform.python_version(), files={"pyvenv.cfg": location}, links=links)


def write_abi(channel: Path) -> None:
    """Create ``python_abi``, which packages with compiled code require."""
    write(channel, "python_abi", f"{MAJOR}.{MINOR}", build=f"0_cp{MAJOR}{MINOR}")


def write(
    channel: Path,
    name: str,
    version: str,
    *,
    build: str = "stand_in",
    depends: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> None:
    """Write a package for this platform.

    Args:
        links: each symbolic link's path in the environment, and its target.
    """
    files, links = files or {}, links or {}
    folder = channel / native_conda_subdir()
    folder.mkdir(parents=True, exist_ok=True)
    index = {"name": name, "version": version, "build": build, "build_number": 0}
    index |= {"depends": [*depends], "subdir": folder.name}
    with tarfile.open(folder / f"{name}-{version}-{build}.tar.bz2", "w:bz2") as tar:
        for path, text in {**_info(index, [*files], [*links]), **files}.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
        for path, target in links.items():
            member = tarfile.TarInfo(path)
            member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o755
            tar.addfile(member)


def _info(index: dict[str, Any], files: Sequence[str], links: Sequence[str]) -> dict[str, str]:
    paths = [{"_path": path, "path_type": "hardlink"} for path in files]
    paths += [{"_path": path, "path_type": "softlink"} for path in links]
    return {
        "info/index.json": json.dumps(index),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}),
        "info/files": "".join(f"{path}\n" for path in [*files, *links]),
    }
