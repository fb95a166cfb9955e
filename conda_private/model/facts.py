"""What a server's API reports, as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

DOWNLOAD_SCOPES = frozenset({"conda:download", "pypi:download"})
_MAY_DOWNLOAD = frozenset({"all", "conda", "conda:download", "repos"})
_MAY_DOWNLOAD_PYPI = frozenset({"all", "pypi", "pypi:download", "repos"})
Kind = Literal["user", "org"]


@dataclass(frozen=True)
class ChannelsInUse:
    """Which channels conda uses without any on its command line.

    Attributes:
        names: their names or URLs, the first one with the highest priority.
        lists_defaults: whether the file that a login changes lists ``defaults``.
        depends_on_variable: whether only ``CONDA_CHANNELS`` keeps conda from using ``defaults``.
    """

    names: tuple[str, ...] = ()
    lists_defaults: bool = False
    depends_on_variable: bool = False


NOT_ASKED = ChannelsInUse()


@dataclass(frozen=True)
class TokenFacts:
    """What a server's API reports about a token, never the token itself; "" for unknown values.

    Attributes:
        token_name: its name, unique in its account.
        token_id: its identifier.
        account: the user or organization that it belongs to.
        created: when it was created, ISO 8601 as the server writes it.
        expires: when it expires, ISO 8601 as the server writes it.
        scopes: its permissions; a token without scopes has every permission.
    """

    token_name: str = ""
    token_id: str = ""
    account: str = ""
    created: str = ""
    expires: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def may_download(self) -> bool:
        """Whether its scopes include conda downloads."""
        return not self.scopes or not _MAY_DOWNLOAD.isdisjoint(self.scopes)

    @property
    def may_download_pypi(self) -> bool:
        """Whether its scopes include downloads from a package index."""
        return not self.scopes or not _MAY_DOWNLOAD_PYPI.isdisjoint(self.scopes)

    @property
    def wider(self) -> tuple[str, ...]:
        """Its scopes other than downloading; ``("everything",)`` for a token without scopes."""
        if not self.scopes:
            return ("everything",)
        return tuple(scope for scope in self.scopes if scope not in DOWNLOAD_SCOPES)


@dataclass(frozen=True)
class NewToken:
    """A token to create.

    Attributes:
        name: its name at the server.
        scopes: its permissions; at least one, because none means every permission.
        organization: the organization that it belongs to; "" for the account itself.
        max_age: seconds until it expires; None for the server's default.
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
    """A group of an organization; ``permission`` is ``read``, ``write`` or ``admin``."""

    organization: str
    name: str
    permission: str


@dataclass(frozen=True)
class PackageFacts:
    """A package; ``labels`` are the labels of all its files."""

    name: str
    version: str = ""
    public: bool | None = None
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class PackageName(NamedTuple):
    """A package's name with its owner: ``OWNER/NAME``."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"
