"""Who has access to a package, and what a removal takes away, before anything is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conda_private.actions.access import (
    PackageAccess,
    UnsharePlan,
    find_access,
    plan_unshare,
    unshare,
)
from conda_private.model.exceptions import AccessDeniedError, NotFoundError, UsageError
from conda_private.model.facts import Group, PackageFacts, PackageName, Profile
from tests.actions.fake_api import FakePackages, FakePeople

PACKAGE, PERSONAL = PackageName("my-org", "hello"), PackageName("alice", "hello")
FACTS = PackageFacts("hello", "1.0", public=False)
OWNERS = Group("my-org", "owners", "admin")
READERS = Group("my-org", "hello-readers", "read")
TEAM = Group("my-org", "team", "read")
OTHERS = Group("my-org", "others", "write")


class NoCollaborators(FakePeople):
    """A server that has collaborators of personal packages only."""

    def collaborators(self, owner: str, package: str) -> frozenset[str]:
        raise NotFoundError("no such list")


@pytest.fixture
def people() -> FakePeople:
    """An organization of alice: bob is a reader, in a team with another package, and elsewhere."""
    users = {name: Profile(name) for name in ("alice", "bob", "carol", "dave")}
    people = FakePeople({**users, "my-org": Profile("my-org", "org")})
    people.groups_of["my-org"] = [OWNERS, READERS, TEAM, OTHERS]
    people.members_of = {
        "owners": {"alice"},
        "hello-readers": {"bob", "carol"},
        "team": {"bob"},
        "others": {"bob", "dave"},
    }
    people.granted = {
        "hello-readers": {"hello"},
        "team": {"hello", "plans", "shared"},
        "others": {"shared"},
    }
    return people


def access(
    people: FakePeople, package: PackageName = PACKAGE, facts: PackageFacts = FACTS
) -> PackageAccess:
    return find_access(package, people=people, packages=FakePackages({"hello": facts}))


def plan(people: FakePeople, *users: str, facts: PackageFacts = FACTS) -> UnsharePlan:
    found = plan_unshare(access(people, facts=facts), users, people)
    assert people.done == []
    return found


def test_groups_with_the_package_and_the_owners_have_access(people: FakePeople) -> None:
    people.collaborating = {"dave"}
    found = access(people)
    assert [each.group for each in found.groups] == [OWNERS, READERS, TEAM]
    assert [each.group for each in found.other_groups] == [OTHERS]
    assert (found.collaborators, found.owners()) == ({"dave"}, {"alice"})
    assert (found.public, found.is_personal) == (False, False)


def test_personal_package_has_an_owner_and_collaborators(people: FakePeople) -> None:
    people.collaborating = {"bob"}
    found = access(people, PERSONAL)
    assert (found.is_personal, found.owners()) == (True, {"alice"})
    assert (found.groups, found.collaborators) == ((), {"bob"})


def test_server_without_a_list_of_collaborators_has_none(people: FakePeople) -> None:
    assert access(NoCollaborators(people.profiles)).collaborators == frozenset()


@pytest.mark.parametrize(("public", "is_public"), [(True, True), (False, False), (None, False)])
def test_public_package_is_recognized(
    people: FakePeople, public: bool | None, is_public: bool
) -> None:
    assert access(people, facts=replace(FACTS, public=public)).public is is_public


def test_user_is_removed_from_every_group_that_gives_access(people: FakePeople) -> None:
    people.collaborating = {"bob"}
    found = plan(people, "bob", "carol")
    assert found.removals == (("bob", READERS), ("bob", TEAM), ("bob", None), ("carol", READERS))
    unshare(found, people)
    assert people.done == [
        "no member hello-readers bob",
        "no member team bob",
        "no collaborator my-org/hello bob",
        "no member hello-readers carol",
    ]


def test_concern_names_the_packages_that_no_other_group_gives_access_to(
    people: FakePeople,
) -> None:
    assert plan(people, "carol").concerns == ()
    assert plan(people, "bob").concerns == ("bob will also lose access to plans (group: team).",)
    people.granted["others"] = {"shared", "plans"}
    assert plan(people, "bob").concerns == ()


@pytest.mark.parametrize("permission", ["write", "admin", ""])
def test_permission_that_is_lost_with_the_group_is_a_concern(
    people: FakePeople, permission: str
) -> None:
    people.groups_of["my-org"] = [OWNERS, replace(READERS, permission=permission)]
    (concern,) = plan(people, "carol").concerns
    assert f"lose the {permission or 'unknown'} permission of the group hello-readers" in concern


def test_public_package_can_still_be_installed(people: FakePeople) -> None:
    public = replace(FACTS, public=True)
    assert "everyone can still install it" in plan(people, "carol", facts=public).concerns[0]
    assert plan(people, "dave", facts=public).concerns == ()


def test_user_without_access_loses_nothing(people: FakePeople) -> None:
    found = plan(people, "dave")
    assert (found.removals, found.without_access, found.concerns) == ((), ("dave",), ())


@pytest.mark.parametrize(("package", "owner"), [(PACKAGE, "alice"), (PERSONAL, "alice")])
def test_access_of_an_owner_is_not_taken_away(
    people: FakePeople, package: PackageName, owner: str
) -> None:
    with pytest.raises(UsageError, match="is an owner of"):
        plan_unshare(access(people, package), ("bob", owner), people)


def test_unknown_user_is_an_error_before_any_change(people: FakePeople) -> None:
    with pytest.raises(NotFoundError):
        plan(people, "carol", "bbo")


def test_member_who_was_removed_in_the_meantime_is_no_error(people: FakePeople) -> None:
    people.errors["no member hello-readers bob"] = NotFoundError("gone")
    unshare(plan(people, "bob", "carol"), people)
    assert people.done == ["no member team bob", "no member hello-readers carol"]


def test_failure_names_the_completed_steps(people: FakePeople) -> None:
    found = plan(people, "bob", "carol")
    people.errors["no member team bob"] = AccessDeniedError("no", cause="Not an owner.")
    with pytest.raises(AccessDeniedError) as caught:
        unshare(found, people)
    done = "Done so far: bob removed from the group hello-readers."
    assert caught.value.cause == f"Not an owner. {done}"
    people.errors["no member hello-readers bob"] = AccessDeniedError("no", cause="Not an owner.")
    with pytest.raises(AccessDeniedError, match="Done so far: nothing"):
        unshare(found, people)
