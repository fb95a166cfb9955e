"""A server's API without a server: tokens and people in dictionaries, and errors on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from conda_private.model.exceptions import AlreadyExistsError, NotFoundError, TokenRefusedError
from conda_private.model.facts import (
    Group,
    NewToken,
    PackageFacts,
    PackageName,
    Profile,
    TokenFacts,
)
from conda_private.model.secret import Secret


@dataclass
class FakeServer:
    """The state that all calls share.

    Attributes:
        valid: the valid tokens, by their text, which only this fake reveals.
        created: the requests to create a token.
        done: every call, in order.
        errors: the error that a call raises.
    """

    valid: dict[str, TokenFacts] = field(default_factory=dict)
    created: list[NewToken] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    errors: dict[str, BaseException] = field(default_factory=dict)

    def do(self, what: str) -> None:
        """Record a call, or raise its error."""
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    @property
    def names(self) -> set[str]:
        """The names of the valid tokens."""
        return {facts.token_name for facts in self.valid.values()}


class FakeTokens:
    """The token API, called with a token."""

    def __init__(self, server: FakeServer, secret: str = "") -> None:
        self.server, self.secret = server, secret

    def current(self) -> TokenFacts:
        self.server.do("current")
        if self.secret not in self.server.valid:
            raise TokenRefusedError("refused", cause="It is unknown.")
        return self.server.valid[self.secret]

    def scopes(self) -> Mapping[str, str]:
        return {"all": "", "conda:download": "", "pypi:download": ""}

    def takes_passwords(self) -> bool:
        raise NotImplementedError

    def create(self, wanted: NewToken) -> Secret:
        self.server.do("create")
        if wanted.name in self.server.names:
            raise AlreadyExistsError("there is one")
        self.server.created.append(wanted)
        text = f"ne-w-{len(self.server.created)}"
        self.server.valid[text] = TokenFacts(
            token_name=wanted.name, token_id=text, expires="2027-05-01", scopes=wanted.scopes
        )
        return Secret(text)

    def tokens(self, organization: str = "") -> tuple[TokenFacts, ...]:
        raise NotImplementedError

    def revoke(self, name: str, organization: str = "") -> None:
        raise NotImplementedError

    def revoke_itself(self) -> None:
        self.server.do("revoke")
        if self.server.valid.pop(self.secret, None) is None:
            raise TokenRefusedError("refused")


@dataclass
class FakePeople:
    """Users, organizations and groups; records the changes in order."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    groups_of: dict[str, list[Group]] = field(default_factory=dict)
    members_of: dict[str, set[str]] = field(default_factory=dict)
    granted: dict[str, set[str]] = field(default_factory=dict)
    collaborating: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)

    def _do(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    def profile(self, login: str = "") -> Profile:
        if error := self.errors.get("profile"):
            raise error
        if login not in self.profiles:
            raise NotFoundError(f"no {login}")
        return self.profiles[login]

    def organizations(self) -> tuple[str, ...]:
        if error := self.errors.get("organizations"):
            raise error
        return ("my-org",)

    def groups(self, organization: str = "") -> tuple[Group, ...]:
        if error := self.errors.get("groups"):
            raise error
        return tuple(self.groups_of.get(organization, ()))

    def members(self, group: Group) -> frozenset[str]:
        return frozenset(self.members_of.get(group.name, ()))

    def packages_of(self, group: Group) -> frozenset[str]:
        return frozenset(self.granted.get(group.name, ()))

    def create_group(self, group: Group) -> None:
        self._do(f"make {group.organization}/{group.name} {group.permission}")

    def add_member(self, group: Group, login: str) -> None:
        self._do(f"member {group.name} {login}")

    def add_package(self, group: Group, package: str) -> None:
        self._do(f"package {group.name} {package}")

    def collaborators(self, owner: str, package: str) -> frozenset[str]:
        return frozenset(self.collaborating)

    def add_collaborator(self, owner: str, package: str, login: str) -> None:
        self._do(f"collaborator {owner}/{package} {login}")

    def remove_member(self, group: Group, login: str) -> None:
        self._do(f"no member {group.name} {login}")

    def remove_collaborator(self, owner: str, package: str, login: str) -> None:
        self._do(f"no collaborator {owner}/{package} {login}")


@dataclass
class FakePackages:
    """Packages by name."""

    there: dict[str, PackageFacts] = field(default_factory=dict)
    reserved: list[PackageName] = field(default_factory=list)
    creates: bool | None = False  # what a reserved package then has as ``public``
    error: Exception | None = None

    def package(self, owner: str, name: str) -> PackageFacts:
        if name not in self.there:
            raise NotFoundError(f"no {name}")
        return self.there[name]

    def packages(self, owner: str) -> tuple[PackageFacts, ...]:
        bare = [PackageFacts(each.name, each.version, each.public) for each in self.there.values()]
        return tuple(bare)

    def with_labels(self, owner: str, packages: Iterable[PackageFacts]) -> Iterator[PackageFacts]:
        return (self.there[each.name] for each in packages)

    def reserve(self, package: PackageName) -> None:
        if self.error:
            raise self.error
        self.reserved.append(package)
        self.there.setdefault(package.name, PackageFacts(package.name, public=self.creates))
