"""Give users access to a package: plan the changes, then make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.facts import Group, PackageFacts
from conda_private.model.ports import PackageApi, PeopleApi

READ = "read"


@dataclass(frozen=True)
class SharePlan:
    """The changes to make; nothing that is already in place.

    Attributes:
        owner: the user or organization.
        package: the name of its package.
        public: whether everyone can already install it.
        group: the group of an organization; None for a personal package.
        creates_group: whether the group is created.
        adds_package: whether the package is added to the group.
        users: users to add to the group, or as collaborators.
        labels: the labels of the package's files.
        concerns: other effects, one sentence each, for the user to confirm.
    """

    owner: str
    package: str
    public: bool
    group: Group | None
    creates_group: bool
    adds_package: bool
    users: tuple[str, ...]
    labels: tuple[str, ...]
    concerns: tuple[str, ...]


@dataclass(frozen=True)
class ShareRequest:
    """What the user asks for.

    Attributes:
        owner: the user or organization.
        package: the name of its package.
        users: users who will be able to install it.
        group: the group's name, or "" for a group named after the package.
    """

    owner: str
    package: str
    users: tuple[str, ...]
    group: str = ""


def plan_share(wanted: ShareRequest, *, people: PeopleApi, packages: PackageApi) -> SharePlan:
    """Look up the owner, the package and the users, and change nothing.

    Raises:
        NotFoundError: the owner, the package or a user does not exist.
    """
    is_org = people.profile(wanted.owner).kind == "org"
    facts = packages.package(wanted.owner, wanted.package)
    for user in wanted.users:
        people.profile(user)
    if is_org:
        return _plan_group(wanted, facts, people)
    new = sorted(set(wanted.users) - people.collaborators(wanted.owner, wanted.package))
    concerns = ("Collaborators on a personal package can also upload to it and change it.",)
    return SharePlan(
        owner=wanted.owner,
        package=facts.name,
        public=facts.public is True,
        group=None,
        creates_group=False,
        adds_package=False,
        users=tuple(new),
        labels=facts.labels,
        concerns=concerns if new else (),
    )


def _plan_group(request: ShareRequest, facts: PackageFacts, people: PeopleApi) -> SharePlan:
    wanted = Group(request.owner, request.group or f"{request.package}-readers", READ)
    there = {group.name: group for group in people.groups(wanted.organization)}
    group = there.get(wanted.name, wanted)
    exists = wanted.name in there
    members = people.members(group) if exists else frozenset()
    reached = people.packages_of(group) if exists else frozenset()
    new = tuple(sorted(set(request.users) - members))
    return SharePlan(
        owner=group.organization,
        package=facts.name,
        public=facts.public is True,
        group=group,
        creates_group=not exists,
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
        found.append(
            f"The group {group.name} has {group.permission or 'unknown'} permission, not read."
        )
    if new and reached - {package}:
        others = ", ".join(sorted(reached - {package}))
        found.append(f"Through the group, {', '.join(new)} will also get access to {others}.")
    if members and package not in reached:
        found.append(f"Current members of the group will also get access: {_few(members)}.")
    return found


def _few(names: frozenset[str], most: int = 5) -> str:
    shown = sorted(names)[:most]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")


def share(plan: SharePlan, people: PeopleApi) -> None:
    """Make the planned changes. Each step can be repeated without harm.

    Raises:
        CondaPrivateError: a step failed; the message names the completed steps.
    """
    done: list[str] = []
    try:
        if plan.group and plan.creates_group:
            people.create_group(plan.group)
            done.append(f"group {plan.group.name} created")
        if plan.group and plan.adds_package:
            people.add_package(plan.group, plan.package)
            done.append(f"{plan.package} added to the group")
        for user in plan.users:
            _add(plan, user, people)
            done.append(f"{user} added")
    except CondaPrivateError as error:
        raise error.adding(f"Done so far: {', '.join(done) or 'nothing'}.") from error


def _add(plan: SharePlan, user: str, people: PeopleApi) -> None:
    if plan.group:
        people.add_member(plan.group, user)
    else:
        people.add_collaborator(plan.owner, plan.package, user)
