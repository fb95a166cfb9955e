"""Makes small package files that real installers accept."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TIME = 1_577_836_800


def build_package(
    folder: Path,
    name: str,
    version: str,
    *,
    build: int = 0,
    depends: Iterable[str] = (),
    noarch: str | bool | None = "generic",
    subdir: str | None = None,
    files: Mapping[str, bytes] | None = None,
    script: str | None = None,
) -> Path:
    """Write a ``.conda`` file.

    Args:
        noarch: generic, or None for one of a platform; ``True`` means generic.
        subdir: The platform, ``linux-64`` unless noarch.
        files: Path in the environment to content; those in ``bin/`` become executable.
        script: The text of ``bin/NAME``, as a short way to a command.
    """
    kind = "generic" if noarch is True else noarch or None
    subdir = subdir or ("noarch" if kind else "linux-64")
    contents = dict(files or {f"share/{name}/version": version.encode()})
    if script is not None:
        contents[f"bin/{name}"] = script.encode()
    index = _index(name, version, build, depends, kind, subdir)
    return _write_conda(folder, f"{name}-{version}-{build}", {**_info(index, contents), **contents})


def _index(
    name: str,
    version: str,
    build: int,
    depends: Iterable[str],
    noarch: str | None,
    subdir: str,
) -> dict[str, Any]:
    platform, _, arch = subdir.partition("-")
    index: dict[str, Any] = {
        "name": name,
        "version": version,
        "build": str(build),
        "build_number": build,
        "depends": list(depends),
        "constrains": [],
        "license": "BSD-3-Clause",
        "subdir": subdir,
        "timestamp": TIME * 1000,
        "arch": None if noarch else {"64": "x86_64"}.get(arch, arch),
        "platform": None if noarch else platform,
    }
    return {**index, "noarch": noarch} if noarch else index


def _info(index: dict[str, Any], contents: Mapping[str, bytes]) -> dict[str, bytes]:
    paths = [
        {
            "_path": path,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(data).hexdigest(),
            "size_in_bytes": len(data),
        }
        for path, data in sorted(contents.items())
    ]
    about = {"summary": f"The package {index['name']}", "license": index["license"], "channels": []}
    return {
        "info/index.json": json.dumps(index).encode(),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}).encode(),
        "info/about.json": json.dumps(about).encode(),
        "info/files": "".join(f"{path}\n" for path in sorted(contents)).encode(),
    }


def _write_conda(folder: Path, stem: str, contents: Mapping[str, bytes]) -> Path:
    from conda_package_streaming.create import conda_builder

    path = folder / f"{stem}.conda"
    path.unlink(missing_ok=True)
    with conda_builder(stem, folder, compression_level=1) as tar:
        for name, data in contents.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), TIME
            member.mode = 0o755 if name.startswith("bin/") else 0o644
            tar.addfile(member, io.BytesIO(data))
    return path


def build_wheel(folder: Path, name: str, version: str) -> Path:
    """Write a pure wheel of one module."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    contents = {
        f"{module}.py": f'__version__ = "{version}"\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        f"Summary: The package {name}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    lines = [f"{path},sha256={_urlsafe(text)},{len(text)}" for path, text in contents.items()]
    contents[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    target = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in contents.items():
            wheel.writestr(zipfile.ZipInfo(path), text)
    return target


# A build that needs nothing from anywhere: it writes the wheel that is in the sdist already.
_BACKEND = """\
import pathlib, shutil


def build_wheel(folder, config_settings=None, metadata_directory=None):
    (wheel,) = pathlib.Path(__file__).parent.glob("*.whl")
    shutil.copy(wheel, folder)
    return wheel.name
"""


def build_sdist(folder: Path, name: str, version: str) -> Path:
    """Write an sdist of one module."""
    stem = f"{name.replace('-', '_')}-{version}"
    wheel = build_wheel(folder, name, version)
    system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    contents = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        "pyproject.toml": system.encode(),
        "backend.py": _BACKEND.encode(),
        wheel.name: wheel.read_bytes(),
    }
    wheel.unlink()
    with tarfile.open(folder / f"{stem}.tar.gz", "w:gz") as archive:
        for path, data in contents.items():
            member = tarfile.TarInfo(f"{stem}/{path}")
            member.size, member.mtime = len(data), TIME
            archive.addfile(member, io.BytesIO(data))
    return folder / f"{stem}.tar.gz"


def _urlsafe(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
