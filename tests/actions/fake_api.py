"""A server's API without a server: tokens and people as dictionaries, and errors on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conda_private.model.exceptions import AlreadyExistsError, NotFoundError, TokenRefusedError
from conda_private.model.records import Group, PackageFacts, Profile, TokenFacts, TokenWish
from conda_private.model.secret import Secret


@dataclass
class FakeServer:
    """What all calls share.

    Attributes:
        alive: the tokens, by their text, which only this fake reveals.
        done: every call, in order.
        errors: what a call raises instead of working.
    """

    alive: dict[str, TokenFacts] = field(default_factory=dict)
    wishes: list[TokenWish] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    errors: dict[str, BaseException] = field(default_factory=dict)

    def do(self, what: str) -> None:
        """Note a call, or fail in its place."""
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    @property
    def names(self) -> set[str]:
        """The names of the tokens that are alive."""
        return {facts.note for facts in self.alive.values()}


class FakeTokens:
    """The token calls, asked with a token."""

    def __init__(self, server: FakeServer, secret: str = "") -> None:
        self.server, self.secret = server, secret

    def current(self) -> TokenFacts:
        self.server.do("current")
        if self.secret not in self.server.alive:
            raise TokenRefusedError("refused", cause="It is unknown.")
        return self.server.alive[self.secret]

    def scopes(self) -> Mapping[str, str]:
        return {"all": "", "conda:download": "", "pypi:download": ""}

    def takes_passwords(self) -> bool:
        raise NotImplementedError

    def create(self, wish: TokenWish) -> Secret:
        self.server.do("create")
        if wish.name in self.server.names:
            raise AlreadyExistsError("there is one")
        self.server.wishes.append(wish)
        text = f"ne-w-{len(self.server.wishes)}"
        self.server.alive[text] = TokenFacts(
            note=wish.name, token_id=text, expires="2027-05-01", scopes=wish.scopes
        )
        return Secret(text)

    def tokens(self, organization: str = "") -> tuple[TokenFacts, ...]:
        raise NotImplementedError

    def revoke(self, name: str, organization: str = "") -> None:
        raise NotImplementedError

    def revoke_itself(self) -> None:
        self.server.do("revoke")
        if self.server.alive.pop(self.secret, None) is None:
            raise TokenRefusedError("refused")


@dataclass
class FakePeople:
    """Users, organizations and groups; says in which order what was changed."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    groups_of: dict[str, list[Group]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)
    reached: dict[str, set[str]] = field(default_factory=dict)
    working: set[str] = field(default_factory=set)
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
        return frozenset(self.inside.get(group.name, ()))

    def packages_of(self, group: Group) -> frozenset[str]:
        return frozenset(self.reached.get(group.name, ()))

    def make(self, group: Group) -> None:
        self._do(f"make {group.organization}/{group.name} {group.permission}")

    def add_member(self, group: Group, login: str) -> None:
        self._do(f"member {group.name} {login}")

    def add_package(self, group: Group, package: str) -> None:
        self._do(f"package {group.name} {package}")

    def collaborators(self, owner: str, package: str) -> frozenset[str]:
        return frozenset(self.working)

    def add_collaborator(self, owner: str, package: str, login: str) -> None:
        self._do(f"collaborator {owner}/{package} {login}")


@dataclass
class FakePackages:
    """Packages by name."""

    there: dict[str, PackageFacts] = field(default_factory=dict)

    def package(self, owner: str, name: str) -> PackageFacts:
        if name not in self.there:
            raise NotFoundError(f"no {name}")
        return self.there[name]

    def packages(self, owner: str) -> tuple[PackageFacts, ...]:
        bare = [PackageFacts(each.name, each.version, each.public) for each in self.there.values()]
        return tuple(bare)

    def with_labels(self, owner: str, packages: Iterable[PackageFacts]) -> tuple[PackageFacts, ...]:
        return tuple(self.there[each.name] for each in packages)
