"""What the world is made of: accounts, groups, tokens, packages and files."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


def now() -> datetime:
    """The time of the machine, with its zone."""
    return datetime.now(timezone.utc)


def new_id() -> str:
    """An identifier of 24 hexadecimal digits, as the database of the real server makes them."""
    return uuid.uuid4().hex[:24]


@dataclass
class File:
    """One distribution; ``basename`` is ``SUBDIR/FILE`` for conda and ``FILE`` for PyPI."""

    package: str
    version: str
    basename: str
    kind: str
    path: Path
    sha256: str
    md5: str
    size: int
    labels: set[str] = field(default_factory=lambda: {"main"})
    attrs: dict[str, Any] = field(default_factory=dict)
    dependencies: Any = None
    description: str = ""
    uploaded: datetime = field(default_factory=now)
    id: str = field(default_factory=new_id)

    @property
    def name(self) -> str:
        """The file name alone."""
        return self.basename.rpartition("/")[2]


@dataclass
class Package:
    """A package of an account; ``collaborators`` maps a login to read, write or admin."""

    owner: str
    name: str
    public: bool = True
    attrs: dict[str, Any] = field(default_factory=dict)
    releases: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    collaborators: dict[str, str] = field(default_factory=dict)
    created: datetime = field(default_factory=now)
    id: str = field(default_factory=new_id)


@dataclass
class Group:
    """A group of an organization; that of the owners has every package without naming it."""

    name: str
    perms: str = "read"
    members: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)
    id: str = field(default_factory=new_id)


OWNERS = "owners"
# The groups of a channel of anaconda.com, and the kind of such an account.
VIEWERS, COLLABORATORS = "viewers", "collaborators"
CHANNEL = "channel"


@dataclass
class Account:
    """A user, an organization or a channel of anaconda.com; what is downloaded has its name.

    The ``login`` of a channel is ``NAMESPACE/CHANNEL``, and ``privacy`` is only a channel's.
    """

    login: str
    kind: str = "user"
    name: str = ""
    password: str | None = None
    may_be_private: bool = True
    created: datetime = field(default_factory=now)
    packages: dict[str, Package] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    labels: set[str] = field(default_factory=lambda: {"main"})
    locked: set[str] = field(default_factory=set)
    privacy: str = ""

    @property
    def files(self) -> list[File]:
        """Every file of every package."""
        return [file for package in self.packages.values() for file in package.files.values()]

    @property
    def known_labels(self) -> set[str]:
        """The labels that were made and those that some file has."""
        return self.labels.union(*(file.labels for file in self.files))


User = Account


@dataclass
class Token:
    """A token: ``user`` made it, ``acts_for`` is whose rights it has; no scopes means all."""

    value: str = field(repr=False)
    user: str
    acts_for: str
    name: str
    scopes: tuple[str, ...] = ()
    expires: datetime | None = None
    hostname: str = ""
    remote_addr: str = "127.0.0.1"
    created: datetime = field(default_factory=now)
    id: str = field(default_factory=new_id)


@dataclass
class Staged:
    """A file that was announced; ``content`` is None until it is brought."""

    login: str
    package: str
    version: str
    basename: str
    wish: dict[str, Any]
    content: bytes | None = None

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Where it goes."""
        return self.login, self.package, self.version, self.basename
