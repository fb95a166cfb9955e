"""What the use cases need of a server's API, as protocols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from conda_private.model.records import Group, PackageFacts, Profile, TokenFacts, TokenWish
from conda_private.model.secret import Secret


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
