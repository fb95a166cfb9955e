"""What the API shows of packages, releases and files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..model import File, Package


def ordered(versions: Iterable[str]) -> list[str]:
    """Versions from the oldest to the newest, by the numbers in them."""
    return sorted(versions, key=lambda version: [int(part) for part in re.findall(r"\d+", version)])


def package_record(package: Package) -> dict[str, Any]:
    """A package as it is listed."""
    files = list(package.files.values())
    versions = ordered(package.releases)
    conda = [file for file in files if file.kind == "conda"]
    return {
        "id": package.id,
        "name": package.name,
        "full_name": f"{package.owner}/{package.name}",
        "owner": {"login": package.owner},
        "public": package.public,
        "published": False,
        "summary": package.attrs.get("summary") or "",
        "license": _license(package),
        "latest_version": versions[-1] if versions else "",
        "versions": versions,
        "package_types": sorted({file.kind for file in files}),
        "conda_platforms": sorted({file.basename.partition("/")[0] for file in conda}),
        "builds": sorted({str(file.attrs.get("build")) for file in conda}),
        "created_at": str(package.created),
    }


def _license(package: Package) -> str:
    value = package.attrs.get("license")
    return str((value.get("name") if isinstance(value, dict) else value) or "")


def full_record(package: Package) -> dict[str, Any]:
    """A package by itself: with its releases and files."""
    releases = [release_record(package, version) for version in ordered(package.releases)]
    files = [file_record(package, file) for file in package.files.values()]
    return {**package_record(package), "releases": releases, "files": files}


def release_record(package: Package, version: str) -> dict[str, Any]:
    """A release and its distributions."""
    return {
        "version": version,
        "full_name": f"{package.owner}/{package.name}/{version}",
        "public_attrs": package.releases[version],
        "distributions": [
            file_record(package, file) for file in package.files.values() if file.version == version
        ],
    }


def file_record(package: Package, file: File) -> dict[str, Any]:
    """A file."""
    full_name = f"{package.owner}/{package.name}/{file.version}/{file.basename}"
    return {
        "_id": file.id,
        "basename": file.basename,
        "full_name": full_name,
        "owner": package.owner,
        "version": file.version,
        "type": file.kind,
        "distribution_type": file.kind,
        "description": file.description,
        "labels": sorted(file.labels),
        "attrs": file.attrs,
        "dependencies": file.dependencies,
        "size": file.size,
        "md5": file.md5,
        "sha256": file.sha256,
        "upload_time": str(file.uploaded),
        "ndownloads": 0,
    }
