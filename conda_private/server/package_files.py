"""Package API: the files of packages: read, copy, label and remove them."""

from __future__ import annotations

from typing import Any

from conda_private.model.facts import PackageName
from conda_private.model.package_files import FileFacts, PackageContent
from conda_private.server.api import Api
from conda_private.server.errors import unexpected_answer
from conda_private.server.packages import package_facts
from conda_private.server.words import printable


class AnacondaPackageFiles:
    """The requests about files, to an API like that of anaconda.org.

    Every method raises ``CondaPrivateError`` if the API refuses the request.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def content(self, package: PackageName) -> PackageContent:
        """Return a package with its files."""
        record = self._api.get("package", *package)
        facts = package_facts(record)
        files = record.get("files")
        # A package whose files are not listed must not pass for an empty one.
        if not isinstance(files, list):
            raise unexpected_answer("the files of a package")
        found = [_file(each) for each in files]
        return PackageContent(facts, {file.key: file for file in found})

    def copy(self, package: PackageName, file: FileFacts, owner: str, label: str) -> None:
        """Copy a file to the package of the same name of another owner, with one of its labels."""
        content = {"to_owner": owner, "from_channel": label, "to_channel": label}
        self._api.post("copy", "package", *_path(package, file), content=content)

    def add_label(self, package: PackageName, file: FileFacts, label: str) -> None:
        """Add a label to a file."""
        names = {"package": package.name, "version": file.version, "basename": file.basename}
        self._api.post("channels", package.owner, label, content=names)

    def remove_file(self, package: PackageName, file: FileFacts) -> None:
        """Remove a file."""
        self._api.delete("dist", *_path(package, file))

    def remove(self, package: PackageName) -> None:
        """Remove a package with all its files."""
        self._api.delete("package", *package)


def _path(package: PackageName, file: FileFacts) -> tuple[str, ...]:
    # The slash in SUBDIR/FILE separates segments, as anaconda-client sends it.
    return (*package, file.version, *file.basename.split("/"))


def _file(record: Any) -> FileFacts:
    if not isinstance(record, dict):
        raise unexpected_answer("a file")
    version, basename = printable(record.get("version")), printable(record.get("basename"))
    labels = record.get("labels")
    if not version or not basename or not isinstance(labels, list):
        raise unexpected_answer("a file with its version, name and labels")
    digest = printable(record.get("sha256") or record.get("md5"))
    return FileFacts(version, basename, digest, frozenset(map(printable, labels)))
