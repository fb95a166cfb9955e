"""The files of a package at a server, and the requests that copy them to another owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from conda_private.model.facts import PackageFacts, PackageName


@dataclass(frozen=True)
class FileFacts:
    """A file of a package.

    Attributes:
        version: the version of the package.
        basename: its name at the server, ``SUBDIR/FILE`` for a conda package.
        digest: its SHA-256, else its MD5, in hexadecimal; "" if the server reports neither.
        labels: its labels.
    """

    version: str
    basename: str
    digest: str
    labels: frozenset[str]

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it in its package."""
        return self.version, self.basename


@dataclass(frozen=True)
class PackageContent:
    """A package with all its files, by version and name."""

    facts: PackageFacts
    files: dict[tuple[str, str], FileFacts]


class PackageFiles(Protocol):
    """Package API: the files of packages. Every call may raise ``CondaPrivateError``."""

    def content(self, package: PackageName) -> PackageContent:
        """Return a package with its files.

        Raises:
            NotFoundError: there is none, or the account has no access to it.
            ServerError: the server's answer does not describe all files.
        """

    def copy(self, package: PackageName, file: FileFacts, owner: str, label: str) -> None:
        """Copy a file to the package of the same name of another owner, with one of its labels."""

    def add_label(self, package: PackageName, file: FileFacts, label: str) -> None:
        """Add a label to a file."""

    def remove_file(self, package: PackageName, file: FileFacts) -> None:
        """Remove a file."""

    def remove(self, package: PackageName) -> None:
        """Remove a package with all its files."""
