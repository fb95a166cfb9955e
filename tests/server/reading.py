"""Reads what a conda package or a wheel says of itself."""

from __future__ import annotations

import email.parser
import hashlib
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from .model import File


def read_file(path: Path) -> File:
    """The metadata of a package file.

    Raises:
        ValueError: It is neither a conda package nor a wheel or sdist.
    """
    if path.name.endswith((".conda", ".tar.bz2")):
        return describe(path, "conda", conda_index(path))
    if path.name.endswith(".whl"):
        return describe(path, "pypi", wheel_metadata(path))
    if path.name.endswith(".tar.gz"):
        return describe(path, "pypi", sdist_metadata(path))
    raise ValueError(f"{path.name} is neither a conda package nor one for PyPI")


def describe(path: Path, kind: str, attrs: dict[str, Any]) -> File:
    """A file with its hashes; ``attrs`` must have name and version."""
    data = path.read_bytes()
    return File(
        package=attrs["name"],
        version=attrs["version"],
        basename=f"{attrs['subdir']}/{path.name}" if kind == "conda" else path.name,
        kind=kind,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        size=len(data),
        attrs=attrs,
    )


def conda_index(path: Path) -> dict[str, Any]:
    """The ``info/index.json`` of a conda package."""
    from conda_package_streaming.package_streaming import stream_conda_info

    for tar, member in stream_conda_info(path):
        if member.name == "info/index.json":
            stream = tar.extractfile(member)
            assert stream is not None
            return dict(json.load(stream))
    raise ValueError(f"{path.name} has no info/index.json")


def wheel_metadata(path: Path) -> dict[str, Any]:
    """Name and version from the ``METADATA`` of a wheel."""
    with zipfile.ZipFile(path) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        fields = email.parser.Parser().parsestr(wheel.read(name).decode())
    return {"name": fields["Name"], "version": fields["Version"], "packagetype": "bdist_wheel"}


def sdist_metadata(path: Path) -> dict[str, Any]:
    """Name and version from the ``PKG-INFO`` of an sdist."""
    with tarfile.open(path) as archive:
        stream = archive.extractfile(f"{path.name.removesuffix('.tar.gz')}/PKG-INFO")
        assert stream is not None
        fields = email.parser.Parser().parsestr(stream.read().decode())
    return {"name": fields["Name"], "version": fields["Version"], "packagetype": "sdist"}
