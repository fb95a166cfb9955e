"""The state of a small anaconda.org, without sockets; tests change it directly."""

from __future__ import annotations

import hmac
import secrets
import shutil
import tempfile
import threading
import uuid
import weakref
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .model import (
    CHANNEL,
    COLLABORATORS,
    OWNERS,
    VIEWERS,
    Account,
    File,
    Group,
    Package,
    Staged,
    Token,
    now,
)
from .personalities import ANACONDA, Personality
from .reading import read_file
from .settings import Settings

WEAK = "abcdefghijklmnopqrstuvwxyz0123456789"


class Anaconda(Settings):
    """Accounts, tokens and packages; its settings say how the servers behave."""

    def __init__(self, personality: Personality = ANACONDA) -> None:
        super().__init__(personality)
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.bearers: dict[str, str] = {}
        self.blobs: dict[str, Path] = {}
        self.staged: dict[str, Staged] = {}
        self.notices: dict[str, Any] = {}
        self.lock = threading.RLock()
        self.clock: Callable[[], datetime] = now
        self.signing_key = secrets.token_bytes(16)
        self._folder: Path | None = None

    @property
    def folder(self) -> Path:
        """A temporary folder that goes with the world."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="anaconda-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def add_user(self, login: str, password: str | None = None, name: str = "") -> Account:
        """A user and the channel of the same name; without a password none signs in."""
        return self._add(Account(login, "user", name or login, password))

    def add_organization(self, login: str, owners: Iterable[str] = (), name: str = "") -> Account:
        """An organization, its channel, and the group of its owners."""
        organization = Account(login, "org", name or login)
        organization.groups[OWNERS] = Group(OWNERS, "admin", set(owners))
        return self._add(organization)

    def add_channel(self, login: str) -> Account:
        """A channel that nobody owns."""
        return self.add_organization(login)

    def add_private_channel(
        self, path: str, owners: Iterable[str] = (), privacy: str = "private"
    ) -> Account:
        """A channel of anaconda.com, ``NAMESPACE/CHANNEL``, which nobody but its owners has yet."""
        channel = Account(path, CHANNEL, privacy=privacy)
        channel.groups = {
            OWNERS: Group(OWNERS, "admin", set(owners)),
            COLLABORATORS: Group(COLLABORATORS, "write"),
            VIEWERS: Group(VIEWERS, "read"),
        }
        return self._add(channel)

    def _add(self, account: Account) -> Account:
        self.accounts[account.login] = account
        return account

    def add_group(
        self,
        organization: str,
        name: str,
        perms: str = "read",
        members: Iterable[str] = (),
        packages: Iterable[str] = (),
    ) -> Group:
        """A group of an organization: what its members may do with its packages."""
        group = Group(name, perms, set(members), set(packages))
        self.accounts[organization].groups[name] = group
        return group

    def add_token(
        self,
        user: str,
        scopes: Iterable[str] = (),
        expires: datetime | None = None,
        name: str = "",
        *,
        form: str = "strong",
        value: str | None = None,
        for_user: str | None = None,
    ) -> str:
        """A token of a user; no scopes means full access, ``expires`` None means never.

        Args:
            form: strong (``al-`` and a UUID) or weak (12 of a-z and 0-9).
            value: The exact text, instead of one made up.
            for_user: The organization whose rights it has, instead of the user's.
        """
        value = value or self._token_text(user, form)
        name = name or f"token-{len(self.tokens) + 1}"
        acts_for = for_user or user
        self.tokens[value] = Token(value, user, acts_for, name, tuple(scopes), expires)
        return value

    def _token_text(self, user: str, form: str) -> str:
        if form == "weak":
            return "".join(secrets.choice(WEAK) for _ in range(12))
        return f"{user[:2]}-{uuid.uuid4()}"

    def expired(self, token: Token) -> bool:
        """Whether the time of a token is over, by the clock of the world."""
        return token.expires is not None and token.expires <= self.clock()

    def expiry(self, max_age: float | None) -> datetime:
        """When a token made now ends: after ``max_age`` seconds, else after the default."""
        age = timedelta(seconds=max_age) if max_age else self.default_max_age
        return self.clock() + age

    def check_password(self, login: str, password: str) -> bool:
        """Whether a user of that name has that password."""
        account = self.accounts.get(login)
        expected = account.password if account else None
        return expected is not None and hmac.compare_digest(expected.encode(), password.encode())

    def add_package(
        self,
        owner: str,
        path: Path,
        labels: Iterable[str] = ("main",),
        private: bool | None = None,
    ) -> File:
        """Publish a conda package or a wheel; the file itself stays where it is.

        Args:
            private: None leaves a package that exists as it is, and makes a new one public.
        """
        return self.publish(owner, read_file(path), labels, private)

    def publish(
        self, owner: str, file: File, labels: Iterable[str], private: bool | None = None
    ) -> File:
        """Add a file that has been read to its package, which is made when it is missing."""
        with self.lock:
            account = self.accounts[owner]
            package = account.packages.setdefault(file.package, Package(owner, file.package))
            package.public = package.public if private is None else not private
            if account.kind == CHANNEL:
                package.public = account.privacy == "public"
            package.releases.setdefault(file.version, {})
            package.files[file.basename] = file
            file.labels = set(labels) or {"main"}
            self.blobs[file.sha256] = file.path
        return file
