"""What a server's API tells, as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DOWNLOAD_SCOPES = frozenset({"conda:download", "pypi:download"})
_MAY_DOWNLOAD = frozenset({"all", "conda", "conda:download", "repos"})
_MAY_DOWNLOAD_PYPI = frozenset({"all", "pypi", "pypi:download", "repos"})
Kind = Literal["user", "org"]


@dataclass(frozen=True)
class TokenFacts:
    """What a server's API says of a token, which is never the token; "" where it says nothing.

    Attributes:
        note: its name, unique for its account.
        token_id: its identifier.
        account: whose rights it has.
        created: ISO 8601, as the server writes it.
        expires: the same.
        scopes: what it may do; none means everything.
    """

    note: str = ""
    token_id: str = ""
    account: str = ""
    created: str = ""
    expires: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def may_download(self) -> bool:
        """Whether it opens conda channels."""
        return not self.scopes or not _MAY_DOWNLOAD.isdisjoint(self.scopes)

    @property
    def may_download_pypi(self) -> bool:
        """Whether it opens PyPI indexes."""
        return not self.scopes or not _MAY_DOWNLOAD_PYPI.isdisjoint(self.scopes)

    @property
    def wider(self) -> tuple[str, ...]:
        """What it may do beside downloading; ``("everything",)`` for a token without scopes."""
        if not self.scopes:
            return ("everything",)
        return tuple(scope for scope in self.scopes if scope not in DOWNLOAD_SCOPES)


@dataclass(frozen=True)
class TokenWish:
    """A token to be made.

    Attributes:
        name: what to call it at the server.
        scopes: what it may do; never none, which would be everything.
        organization: whose rights it shall have instead of the account's own, or "".
        max_age: in how many seconds it ends; None for the server's default.
    """

    name: str
    scopes: tuple[str, ...]
    organization: str = ""
    max_age: int | None = None


@dataclass(frozen=True)
class Profile:
    """A user or an organization."""

    login: str
    kind: Kind = "user"
    full_name: str = ""


@dataclass(frozen=True)
class Group:
    """A group of an organization; ``permission`` is read, write or admin."""

    organization: str
    name: str
    permission: str


@dataclass(frozen=True)
class PackageFacts:
    """A package; ``labels`` are those that any file of it has."""

    name: str
    version: str = ""
    public: bool | None = None
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
