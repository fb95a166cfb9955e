"""Find out who has access to a package, and take access away: plan the changes, then make them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from conda_private.model.exceptions import CondaPrivateError, NotFoundError, UsageError
from conda_private.model.facts import Group, PackageName
from conda_private.model.ports import PackageApi, PeopleApi

READ = "read"
OWNERS = "owners"  # the group of an organization's owners, who have access to every package


@dataclass(frozen=True)
class GroupAccess:
    """A group of an organization, its members, and the packages that it gives access to."""

    group: Group
    members: frozenset[str]
    packages: frozenset[str]


@dataclass(frozen=True)
class PackageAccess:
    """Who has access to a package.

    Attributes:
        package: the package.
        public: whether everyone can install it.
        is_personal: whether a user owns it, and not an organization.
        groups: the groups that give access to it.
        other_groups: the other groups of its organization.
        collaborators: the users who have access to this package alone.
    """

    package: PackageName
    public: bool
    is_personal: bool
    groups: tuple[GroupAccess, ...]
    other_groups: tuple[GroupAccess, ...]
    collaborators: frozenset[str]

    def owners(self) -> frozenset[str]:
        """Return the owners, whose access cannot be taken away."""
        if self.is_personal:
            return frozenset({self.package.owner})
        owners = (each.members for each in self.groups if each.group.name == OWNERS)
        return frozenset().union(*owners)


def find_access(package: PackageName, *, people: PeopleApi, packages: PackageApi) -> PackageAccess:
    """Ask the server who has access to a package.

    Raises:
        NotFoundError: the owner or the package does not exist.
        CondaPrivateError: the server refused a request; only members can list groups.
    """
    is_org = people.profile(package.owner).kind == "org"
    facts = packages.package(*package)
    groups = people.groups(package.owner) if is_org else ()
    found = [
        GroupAccess(group, people.members(group), people.packages_of(group)) for group in groups
    ]
    gives = [each for each in found if each.group.name == OWNERS or facts.name in each.packages]
    return PackageAccess(
        package=PackageName(package.owner, facts.name),
        public=facts.public is True,
        is_personal=not is_org,
        groups=tuple(gives),
        other_groups=tuple(each for each in found if each not in gives),
        collaborators=_collaborators(package, people),
    )


def _collaborators(package: PackageName, people: PeopleApi) -> frozenset[str]:
    # The package was found. A server that keeps no collaborators for it has no such list.
    with suppress(NotFoundError):
        return people.collaborators(*package)
    return frozenset()


@dataclass(frozen=True)
class UnsharePlan:
    """The changes to make.

    Attributes:
        package: the package.
        removals: each user, and the group to remove them from; None for collaborators.
        without_access: the users who have no access to it.
        concerns: what else the removals change, one sentence each, for the user to confirm.
    """

    package: PackageName
    removals: tuple[tuple[str, Group | None], ...]
    without_access: tuple[str, ...]
    concerns: tuple[str, ...]


def plan_unshare(access: PackageAccess, users: tuple[str, ...], people: PeopleApi) -> UnsharePlan:
    """Find out how users have access to a package, and what they lose; change nothing.

    Raises:
        UsageError: one of them is an owner.
        NotFoundError: one of them does not exist.
    """
    removals = [(user, group) for user in users for group in _ways(access, user)]
    without = tuple(user for user in users if user not in dict(removals))
    for user in without:
        people.profile(user)
    concerns = [sentence for user in users for sentence in _losses(access, user)]
    if access.public and removals:
        concerns.append(f"{access.package} is public: everyone can still install it.")
    return UnsharePlan(access.package, tuple(removals), without, tuple(concerns))


def _ways(access: PackageAccess, user: str) -> Iterator[Group | None]:
    if user in access.owners():
        raise UsageError(
            f"{user} is an owner of {access.package.owner}.",
            cause="Owners have access to every package. Nothing was changed.",
            next_step=f"see who has access:  conda private share {access.package} --list",
        )
    yield from (each.group for each in access.groups if user in each.members)
    if user in access.collaborators:
        yield None


def _losses(access: PackageAccess, user: str) -> Iterator[str]:
    left = [each for each in access.groups if user in each.members]
    kept = [each.packages for each in access.other_groups if user in each.members]
    lost = frozenset[str]().union(*(each.packages for each in left)).difference(*kept)
    others = sorted(lost - {access.package.name})
    names = ", ".join(each.group.name for each in left if len(each.packages) > 1)
    if others:
        yield f"{user} will also lose access to {', '.join(others)} (group: {names})."
    for each in left:
        group = each.group
        if group.permission != READ:
            permission = group.permission or "unknown"
            yield f"{user} will also lose the {permission} permission of the group {group.name}."


def unshare(plan: UnsharePlan, people: PeopleApi) -> None:
    """Make the planned changes. Each step can be repeated without harm.

    Raises:
        CondaPrivateError: a step failed; the message names the completed steps.
    """
    done: list[str] = []
    try:
        for user, group in plan.removals:
            # Someone else may have removed them in the meantime.
            with suppress(NotFoundError):
                if group:
                    people.remove_member(group, user)
                else:
                    people.remove_collaborator(*plan.package, user)
            done.append(f"{user} removed" + (f" from the group {group.name}" if group else ""))
    except CondaPrivateError as error:
        raise error.adding(f"Done so far: {', '.join(done) or 'nothing'}.") from error
