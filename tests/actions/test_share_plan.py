"""The effects of sharing a package are known before anything is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conda_private.actions.share import SharePlan, ShareRequest, plan_share, share
from conda_private.model.exceptions import AccessDeniedError, NotFoundError
from conda_private.model.facts import Group, PackageFacts, Profile
from tests.actions.fake_api import FakePackages, FakePeople

PRIVATE = PackageFacts("hello", "1.0", public=False, labels=("dev",))
READERS = Group("my-org", "hello-readers", "read")
REQUEST = ShareRequest("my-org", "hello", ("bob", "carol"))
PERSONAL = replace(REQUEST, owner="alice")


@pytest.fixture
def people() -> FakePeople:
    """Three users and an organization."""
    users = {name: Profile(name) for name in ("alice", "bob", "carol")}
    return FakePeople({**users, "my-org": Profile("my-org", "org")})


def plan(request: ShareRequest, people: FakePeople, facts: PackageFacts = PRIVATE) -> SharePlan:
    """Plan it; planning changes nothing."""
    found = plan_share(request, people=people, packages=FakePackages({"hello": facts}))
    assert people.done == []
    return found


def test_first_share_creates_a_group_for_the_package(people: FakePeople) -> None:
    found = plan(REQUEST, people)
    assert found == SharePlan(
        owner="my-org",
        package="hello",
        public=False,
        group=READERS,
        creates_group=True,
        adds_package=True,
        users=("bob", "carol"),
        labels=("dev",),
        concerns=(),
    )
    share(found, people)
    assert people.done == [
        "make my-org/hello-readers read",
        "package hello-readers hello",
        "member hello-readers bob",
        "member hello-readers carol",
    ]


def test_second_share_adds_new_users_without_concerns(people: FakePeople) -> None:
    people.groups_of["my-org"] = [READERS]
    people.members_of["hello-readers"] = {"bob"}
    people.granted["hello-readers"] = {"hello"}
    found = plan(REQUEST, people)
    assert (found.creates_group, found.adds_package, found.users) == (False, False, ("carol",))
    assert found.concerns == ()
    share(found, people)
    assert people.done == ["member hello-readers carol"]


def test_share_that_is_already_in_place_changes_nothing(people: FakePeople) -> None:
    people.groups_of["my-org"] = [READERS]
    people.members_of["hello-readers"] = {"bob", "carol"}
    people.granted["hello-readers"] = {"hello"}
    share(plan(REQUEST, people), people)
    assert people.done == []


@pytest.mark.parametrize("permission", ["write", "admin", ""])
def test_group_with_more_than_read_permission_is_a_concern(
    people: FakePeople, permission: str
) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", permission)]
    (concern,) = plan(replace(REQUEST, group="team"), people).concerns
    assert f"has {permission or 'unknown'} permission, not read" in concern


def test_other_packages_that_new_members_get_access_to_are_a_concern(people: FakePeople) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", "read")]
    people.granted["team"] = {"hello", "secret-b", "secret-a"}
    (concern,) = plan(replace(REQUEST, group="team"), people).concerns
    assert "secret-a, secret-b" in concern
    assert "bob, carol" in concern
    assert "hello," not in concern


def test_current_members_who_get_access_are_a_concern(people: FakePeople) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", "read")]
    people.members_of["team"] = {f"user{number}" for number in range(7)}
    (concern,) = plan(replace(REQUEST, group="team"), people).concerns
    assert "user0, user1, user2, user3, user4 and 2 more" in concern


def test_current_members_get_access_to_nothing_new(people: FakePeople) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", "read")]
    people.members_of["team"] = {"bob", "carol"}
    people.granted["team"] = {"hello", "other"}
    assert plan(replace(REQUEST, group="team"), people).concerns == ()


def test_collaborators_on_a_personal_package_can_do_more_than_install(
    people: FakePeople,
) -> None:
    people.collaborating = {"carol"}
    found = plan(PERSONAL, people)
    assert (found.group, found.users, found.adds_package) == (None, ("bob",), False)
    assert "upload" in found.concerns[0]
    share(found, people)
    assert people.done == ["collaborator alice/hello bob"]
    people.done.clear()
    people.collaborating = {"bob", "carol"}
    assert plan(PERSONAL, people).concerns == ()


@pytest.mark.parametrize(("public", "is_public"), [(True, True), (False, False), (None, False)])
def test_public_package_is_recognized(
    people: FakePeople, public: bool | None, is_public: bool
) -> None:
    for each in (REQUEST, PERSONAL):
        assert plan(each, people, replace(PRIVATE, public=public)).public is is_public


@pytest.mark.parametrize(
    "request_",
    [
        replace(REQUEST, owner="nobody"),
        replace(REQUEST, package="x"),
        replace(REQUEST, users=("dave",)),
    ],
)
def test_missing_owner_package_or_user_is_an_error_before_any_change(
    people: FakePeople, request_: ShareRequest
) -> None:
    with pytest.raises(NotFoundError):
        plan(request_, people)
    assert people.done == []


@pytest.mark.parametrize(
    ("step", "done"),
    [
        ("make my-org/hello-readers read", "nothing"),
        ("package hello-readers hello", "group hello-readers created"),
        ("member hello-readers bob", "group hello-readers created, hello added to the group"),
        (
            "member hello-readers carol",
            "group hello-readers created, hello added to the group, bob added",
        ),
    ],
)
def test_failure_names_the_completed_steps(people: FakePeople, step: str, done: str) -> None:
    found = plan(REQUEST, people)
    people.errors[step] = AccessDeniedError("no", cause="Not an owner.")
    with pytest.raises(AccessDeniedError) as caught:
        share(found, people)
    assert caught.value.cause == f"Not an owner. Done so far: {done}."
