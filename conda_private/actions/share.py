"""Share a package, as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.ports import PackageApi, PeopleApi
from conda_private.model.records import Group, PackageFacts

READ = "read"


@dataclass(frozen=True)
class SharePlan:
    """What is to be done; empty parts are so already.

    Attributes:
        owner: the user or organization.
        package: its package.
        public: whether everybody may install it anyway.
        group: the group of an organization; None for a personal package.
        makes_group: whether the group is new.
        adds_package: whether the package is new in the group.
        users: those who are new in the group, or among the collaborators.
        labels: those that the package's files have.
        concerns: what else it brings about, a sentence each; to be confirmed.
    """

    owner: str
    package: str
    public: bool
    group: Group | None
    makes_group: bool
    adds_package: bool
    users: tuple[str, ...]
    labels: tuple[str, ...]
    concerns: tuple[str, ...]


@dataclass(frozen=True)
class ShareWish:
    """What is asked for.

    Attributes:
        owner: the user or organization.
        package: its package.
        users: who shall be able to install it.
        group: the group's name, or "" for one of the package's own.
    """

    owner: str
    package: str
    users: tuple[str, ...]
    group: str = ""


def plan_share(wish: ShareWish, *, people: PeopleApi, packages: PackageApi) -> SharePlan:
    """Look at everything that is named, and change nothing.

    Raises:
        NotFoundError: the owner, the package or a user is not there.
    """
    is_org = people.profile(wish.owner).kind == "org"
    facts = packages.package(wish.owner, wish.package)
    for user in wish.users:
        people.profile(user)
    if is_org:
        return _plan_group(wish, facts, people)
    new = sorted(set(wish.users) - people.collaborators(wish.owner, wish.package))
    concerns = ("Collaborators of a personal package may also upload to it and change it.",)
    return SharePlan(
        owner=wish.owner,
        package=facts.name,
        public=facts.public is True,
        group=None,
        makes_group=False,
        adds_package=False,
        users=tuple(new),
        labels=facts.labels,
        concerns=concerns if new else (),
    )


def _plan_group(wish: ShareWish, facts: PackageFacts, people: PeopleApi) -> SharePlan:
    wanted = Group(wish.owner, wish.group or f"{wish.package}-readers", READ)
    there = {group.name: group for group in people.groups(wanted.organization)}
    group = there.get(wanted.name, wanted)
    exists = wanted.name in there
    members = people.members(group) if exists else frozenset()
    reached = people.packages_of(group) if exists else frozenset()
    new = tuple(sorted(set(wish.users) - members))
    return SharePlan(
        owner=group.organization,
        package=facts.name,
        public=facts.public is True,
        group=group,
        makes_group=not exists,
        adds_package=facts.name not in reached,
        users=new,
        labels=facts.labels,
        concerns=tuple(_concerns(group, facts.name, new, members, reached)),
    )


def _concerns(
    group: Group,
    package: str,
    new: Sequence[str],
    members: frozenset[str],
    reached: frozenset[str],
) -> list[str]:
    found = []
    if group.permission != READ:
        found.append(f"The group {group.name} has the permission {group.permission}, not read.")
    if new and reached - {package}:
        others = ", ".join(sorted(reached - {package}))
        found.append(f"The group also reaches {others}: {', '.join(new)} will, too.")
    if members and package not in reached:
        found.append(f"Who is in the group already will reach it, too: {_few(members)}.")
    return found


def _few(names: frozenset[str], most: int = 5) -> str:
    shown = sorted(names)[:most]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")


def share(plan: SharePlan, people: PeopleApi) -> None:
    """Do what is planned. What is done twice does no harm, so it can be repeated.

    Raises:
        CondaPrivateError: a step failed; the message says which were done before.
    """
    done: list[str] = []
    try:
        if plan.group and plan.makes_group:
            people.make(plan.group)
            done.append(f"group {plan.group.name} made")
        if plan.group and plan.adds_package:
            people.add_package(plan.group, plan.package)
            done.append(f"{plan.package} added to the group")
        for user in plan.users:
            _add(plan, user, people)
            done.append(f"{user} added")
    except CondaPrivateError as error:
        raise error.adding(f"Done before: {', '.join(done) or 'nothing'}.") from error


def _add(plan: SharePlan, user: str, people: PeopleApi) -> None:
    if plan.group:
        people.add_member(plan.group, user)
    else:
        people.add_collaborator(plan.owner, plan.package, user)
