"""What the use cases need from the outside, as protocols. The edges fulfil them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from conda_private.model.address import ChannelUrl
from conda_private.model.login import Account, Login
from conda_private.model.records import Group, PackageFacts, Profile, TokenFacts, TokenWish
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret

Position = Literal["prepend", "append", "none"]


class SecretStore(Protocol):
    """Secrets by scope. ``source`` is the word that the index keeps for it."""

    @property
    def source(self) -> str:
        """``keyring``, ``file``, ``env:NAME``, ``secret-file:PATH``, ``helper[-store]:NAME``."""

    @property
    def description(self) -> str:
        """Where it is and how it is protected, for people."""

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The secret of exactly this scope; None when there is none.

        Raises:
            StoreError: it could not be read, which is not the same as "there is none".
        """

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Keep a secret for this scope in place of any other."""

    def delete(self, scope: ChannelUrl) -> None:
        """Forget the scope's secret; nothing happens when there is none."""

    def stamp(self) -> object:
        """Another value when the secret may have changed since; None where nothing tells."""


class StoreOpener(Protocol):
    """Finds the store that a source names."""

    def __call__(self, source: str) -> SecretStore:
        """Open it.

        Raises:
            StoreError: the source names no store, or it cannot be used.
        """


class LoginIndex(Protocol):
    """The logins of one user, one per scope. Every change is whole and safe under others."""

    def logins(self) -> tuple[Login, ...]:
        """All of them, ordered by scope."""

    def add(self, login: Login) -> None:
        """Keep a login in place of any other of its scope, and rewire conda."""

    def remove(self, scope: ChannelUrl) -> Login | None:
        """Forget the login of exactly this scope and rewire conda; gives what was there."""


class AccountIndex(Protocol):
    """The accounts of one user, one per API."""

    def accounts(self) -> tuple[Account, ...]:
        """All of them, ordered by their API's address."""

    def add_account(self, account: Account) -> None:
        """Keep an account in place of any other at its API."""

    def remove_account(self, api: ChannelUrl) -> None:
        """Forget the account at this API."""


class ChannelList(Protocol):
    """The ``channels:`` list of one ``.condarc``."""

    @property
    def path(self) -> str:
        """The file."""

    def lists(self, channel: str) -> bool:
        """Whether the file lists the channel, whoever wrote it."""

    def add(self, channel: str, position: Position) -> bool:
        """List a channel; False when it was listed already, or the position is ``none``."""

    def remove(self, channel: str) -> bool:
        """Undo what ``add`` wrote; False when there is nothing of ours."""


@dataclass(frozen=True)
class Comparison:
    """What a channel shows with a credential and without it.

    Attributes:
        scheme: how the credential was shown.
        packages: file names that the credential sees, over all subdirs read.
        public: file names seen without it.
        closed: whether the channel refuses to be read without a credential.
    """

    scheme: Scheme
    packages: frozenset[str]
    public: frozenset[str]
    closed: bool

    @property
    def private(self) -> frozenset[str]:
        """What only the credential opens."""
        return self.packages - self.public

    @property
    def opens(self) -> bool:
        """Whether the credential makes any difference."""
        return self.closed or bool(self.private)


class ChannelProbe(Protocol):
    """Reads a channel with and without a credential."""

    def compare(self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        """Try the schemes in order until one opens something; the last one's answer else.

        Raises:
            CredentialError: every scheme was refused.
            ServerError: the channel could not be read.
        """


class TokenServer(Protocol):
    """Finds an API and asks what a token is."""

    def facts(self, api: str, secret: Secret) -> TokenFacts | None:
        """What the token at this API is; None when the API does not know it or cannot be asked."""


class TokenApi(Protocol):
    """Tokens: make, list, end them. Every call may raise ``CondaPrivateError``."""

    def current(self) -> TokenFacts:
        """The token that asks."""

    def scopes(self) -> Mapping[str, str]:
        """Every scope that the server knows, and what it means."""

    def takes_passwords(self) -> bool:
        """Whether the server says that users sign in with a password."""

    def create(self, wish: TokenWish) -> Secret:
        """Make a token.

        Raises:
            AlreadyExistsError: there is one of that name; it is not replaced.
        """

    def tokens(self, organization: str = "") -> tuple[TokenFacts, ...]:
        """The account's tokens, or an organization's."""

    def revoke(self, name: str, organization: str = "") -> None:
        """End a token by its name."""

    def revoke_itself(self) -> None:
        """End the token that asks."""


class PeopleApi(Protocol):
    """Users, organizations and groups. Every call may raise ``CondaPrivateError``."""

    def profile(self, login: str = "") -> Profile:
        """An account; the asking one without a name."""

    def organizations(self) -> tuple[str, ...]:
        """Those that the asking account is in."""

    def groups(self, organization: str = "") -> tuple[Group, ...]:
        """The groups of an organization, or those that the asking account is in."""

    def members(self, group: Group) -> frozenset[str]:
        """Who is in a group."""

    def packages_of(self, group: Group) -> frozenset[str]:
        """What a group reaches."""

    def make(self, group: Group) -> None:
        """Make a group."""

    def add_member(self, group: Group, login: str) -> None:
        """Put somebody into a group."""

    def add_package(self, group: Group, package: str) -> None:
        """Let a group reach a package."""

    def collaborators(self, owner: str, package: str) -> frozenset[str]:
        """Who may work on a personal package beside its owner."""

    def add_collaborator(self, owner: str, package: str, login: str) -> None:
        """Add one."""


class PackageApi(Protocol):
    """Packages of an account. Every call may raise ``CondaPrivateError``."""

    def package(self, owner: str, name: str) -> PackageFacts:
        """One package with its labels."""

    def packages(self, owner: str) -> tuple[PackageFacts, ...]:
        """All that the asking account may see, without their labels."""

    def with_labels(self, owner: str, packages: Iterable[PackageFacts]) -> tuple[PackageFacts, ...]:
        """The same packages with their labels: one request for each, several at once."""
