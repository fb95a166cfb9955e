"""The protocols between the actions and the edges that implement them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError
from conda_private.model.facts import (
    Group,
    NewToken,
    PackageFacts,
    PackageName,
    Profile,
    TokenFacts,
)
from conda_private.model.login_request import Position
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import Source

SAMPLE = 16  # names of private packages, for each subdir


class SecretStore(Protocol):
    """A store of credentials by address.

    A store that is only read, such as an environment variable, ignores ``put`` and ``delete``.
    """

    @property
    def source(self) -> Source:
        """Its kind and, if there can be several of that kind, its name."""

    @property
    def description(self) -> str:
        """Where it is and how it is protected, for people."""

    def get(self, address: Address) -> Secret | None:
        """Return the credential for exactly this address, or None if there is none.

        Raises:
            StoreError: the store could not be read, which never means "there is none".
        """

    def put(self, address: Address, secret: Secret) -> None:
        """Store a credential for this address; it replaces any other.

        Raises:
            StoreError: the store could not be written.
            KeyringUnavailableError: it is a keyring that cannot store anything.
        """

    def delete(self, address: Address) -> bool:
        """Delete the credential for exactly this address; return whether there was one.

        Raises:
            StoreError: the store could not be written.
        """

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an address without a credential, with the command that adds one."""

    def stamp(self) -> object:
        """Return a value that changes when a credential may have changed; None if unknown."""


@runtime_checkable
class UserNames(Protocol):
    """A store that may have a username with a credential."""

    def username(self, address: Address) -> str:
        """Return the username, or "" if it only marks the credential as a token."""


@runtime_checkable
class Renewing(Protocol):
    """A store whose credential an issuer renews."""

    def renewed(self, address: Address, refused: Secret) -> Secret | None:
        """Return another credential for one that the server refused; None if there is none.

        Raises:
            CondaPrivateError: its issuer does not renew it, or did not answer.
        """


@runtime_checkable
class OnTrial(Protocol):
    """A store that is not known to store what it is given."""

    def try_out(self) -> None:
        """Store an item, read it back and delete it, before a credential is asked for.

        Raises:
            StoreError: one of the three did not work.
        """


class StoreOpener(Protocol):
    """Opens stores."""

    def __call__(self, source: Source) -> SecretStore:
        """Open the store of a source.

        Raises:
            StoreError: this version has no such store, or it cannot be used here.
        """


class ChannelList(Protocol):
    """The ``channels:`` list of one ``.condarc``."""

    @property
    def path(self) -> str:
        """The file."""

    def lists(self, channel: str) -> bool:
        """Whether the file lists the channel, no matter how it was added."""

    def add(self, channel: str, position: Position) -> bool:
        """Add a channel; False if it was already listed, or the position is ``none``."""

    def remove(self, channel: str) -> bool:
        """Remove what ``add`` wrote; False if ``add`` did not write it."""


@dataclass(frozen=True)
class Comparison:
    """What a channel shows with a credential, compared with what it shows without it.

    Attributes:
        scheme: how the credential was sent.
        gives_access: whether the credential gives access to anything that is not public.
        closed: whether the channel refuses requests without a credential.
        packages: how many package files it shows with the credential, in the subdirs that were
            read; None if they were not counted. It is 0 if, and only if, there are none.
        private: how many of them it shows only with the credential; None if not counted.
        private_names: for each subdir of a channel that is not closed, up to 16 names of packages
            that it shows only with the credential, spread over its index.
        names: up to 16 names for each subdir, also of packages that have public files too, and of
            a closed channel.
    """

    scheme: Scheme
    gives_access: bool
    closed: bool = False
    packages: int | None = None
    private: int | None = None
    private_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def mixed_names(self) -> tuple[str, ...]:
        """Names of packages of which it shows some files only with the credential."""
        private = {name for names in self.private_names.values() for name in names}
        return () if self.closed else tuple(name for name in self.names if name not in private)


class ChannelProbe(Protocol):
    """Reads a channel with and without a credential."""

    def look(self, address: Address) -> bool:
        """Read the channel without a credential; False if the server says there is none.

        Raises:
            ServerError: the channel could not be read.
        """

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        """Try the schemes in order until one gives access.

        Returns:
            The comparison of that scheme; without any, of the first one that was not refused.

        Raises:
            CredentialError: every scheme was refused.
            NotAChannelError: the server answered with a web page to every scheme.
            ServerError: the channel could not be read.
        """


class TokenServer(Protocol):
    """Asks APIs about tokens."""

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        """Return what the API reports about a token; None if it refuses it or does not answer."""

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        """Whether the API reports that an account owns a channel, or is in a group of its owner.

        Args:
            api: the API.
            secret: the account's token.
            account: the account.
            owner: the user or organization that owns the channel.
        """


class TokenApi(Protocol):
    """Token API: create, list and revoke tokens. Every call may raise ``CondaPrivateError``."""

    def current(self) -> TokenFacts:
        """Return the token that authenticates this request."""

    def scopes(self) -> Mapping[str, str]:
        """Return every scope that the server knows, with its description."""

    def takes_passwords(self) -> bool:
        """Whether users sign in to the server with a password."""

    def create(self, wanted: NewToken) -> Secret:
        """Create a token.

        Raises:
            AlreadyExistsError: there is a token with that name; it is not replaced.
        """

    def tokens(self, organization: str = "") -> tuple[TokenFacts, ...]:
        """Return the tokens of the account, or of an organization."""

    def revoke(self, name: str, organization: str = "") -> None:
        """Revoke a token by its name."""

    def revoke_itself(self) -> None:
        """Revoke the token that authenticates this request."""


class PeopleApi(Protocol):
    """People API: users, organizations and groups. Every call may raise ``CondaPrivateError``."""

    def profile(self, login: str = "") -> Profile:
        """Return a user or an organization; without a name, the authenticated user."""

    def organizations(self) -> tuple[str, ...]:
        """Return the organizations of the authenticated user."""

    def groups(self, organization: str = "") -> tuple[Group, ...]:
        """Return the groups of an organization, or of the authenticated user."""

    def members(self, group: Group) -> frozenset[str]:
        """Return the usernames of a group's members."""

    def packages_of(self, group: Group) -> frozenset[str]:
        """Return the packages that a group has access to."""

    def create_group(self, group: Group) -> None:
        """Create a group."""

    def add_member(self, group: Group, login: str) -> None:
        """Add a user to a group."""

    def add_package(self, group: Group, package: str) -> None:
        """Give a group access to a package."""

    def collaborators(self, owner: str, package: str) -> frozenset[str]:
        """Return the users who have access to a personal package, without its owner."""

    def add_collaborator(self, owner: str, package: str, login: str) -> None:
        """Give a user access to a personal package."""

    def remove_member(self, group: Group, login: str) -> None:
        """Remove a user from a group."""

    def remove_collaborator(self, owner: str, package: str, login: str) -> None:
        """Take a user's access to a package away."""


class PackageApi(Protocol):
    """Package API: the packages of an owner. Every call may raise ``CondaPrivateError``."""

    def package(self, owner: str, name: str) -> PackageFacts:
        """Return one package with its labels."""

    def packages(self, owner: str) -> tuple[PackageFacts, ...]:
        """Return the packages that the authenticated user has access to, without their labels."""

    def with_labels(self, owner: str, packages: Iterable[PackageFacts]) -> Iterator[PackageFacts]:
        """Add the labels to packages: one request for each, several at once."""

    def reserve(self, package: PackageName) -> None:
        """Create a private package without files. It may exist already, as it was, or public."""
