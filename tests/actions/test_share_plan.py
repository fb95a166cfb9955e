"""What sharing a package means, said before anything is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conda_private.actions.share import SharePlan, ShareWish, plan_share, share
from conda_private.model.exceptions import AccessDeniedError, NotFoundError
from conda_private.model.records import Group, PackageFacts, Profile
from tests.actions.fake_api import FakePackages, FakePeople

PRIVATE = PackageFacts("hello", "1.0", public=False, labels=("dev",))
READERS = Group("my-org", "hello-readers", "read")
WISH = ShareWish("my-org", "hello", ("bob", "carol"))
PERSONAL = replace(WISH, owner="alice")


@pytest.fixture
def people() -> FakePeople:
    """Alice, bob, carol, and an organization."""
    users = {name: Profile(name) for name in ("alice", "bob", "carol")}
    return FakePeople({**users, "my-org": Profile("my-org", "org")})


def plan(wish: ShareWish, people: FakePeople, facts: PackageFacts = PRIVATE) -> SharePlan:
    """What it would be; nothing may be changed by asking."""
    found = plan_share(wish, people=people, packages=FakePackages({"hello": facts}))
    assert people.done == []
    return found


def test_first_share_makes_a_group_of_the_packages_own(people: FakePeople) -> None:
    found = plan(WISH, people)
    assert found == SharePlan(
        owner="my-org",
        package="hello",
        public=False,
        group=READERS,
        makes_group=True,
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


def test_second_share_adds_who_is_new_and_concerns_nobody(people: FakePeople) -> None:
    people.groups_of["my-org"] = [READERS]
    people.inside["hello-readers"] = {"bob"}
    people.reached["hello-readers"] = {"hello"}
    found = plan(WISH, people)
    assert (found.makes_group, found.adds_package, found.users) == (False, False, ("carol",))
    assert found.concerns == ()
    share(found, people)
    assert people.done == ["member hello-readers carol"]


def test_everything_that_is_so_already_changes_nothing(people: FakePeople) -> None:
    people.groups_of["my-org"] = [READERS]
    people.inside["hello-readers"] = {"bob", "carol"}
    people.reached["hello-readers"] = {"hello"}
    share(plan(WISH, people), people)
    assert people.done == []


@pytest.mark.parametrize("permission", ["write", "admin", ""])
def test_group_that_may_more_than_read_is_a_concern(people: FakePeople, permission: str) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", permission)]
    (concern,) = plan(replace(WISH, group="team"), people).concerns
    assert f"permission {permission}, not read" in concern


def test_what_new_members_reach_beside_is_a_concern(people: FakePeople) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", "read")]
    people.reached["team"] = {"hello", "secret-b", "secret-a"}
    (concern,) = plan(replace(WISH, group="team"), people).concerns
    assert "secret-a, secret-b" in concern
    assert "bob, carol" in concern
    assert "hello," not in concern


def test_who_reaches_it_beside_is_a_concern(people: FakePeople) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", "read")]
    people.inside["team"] = {f"user{number}" for number in range(7)}
    (concern,) = plan(replace(WISH, group="team"), people).concerns
    assert "user0, user1, user2, user3, user4 and 2 more" in concern


def test_members_who_are_in_it_already_reach_nothing_new(people: FakePeople) -> None:
    people.groups_of["my-org"] = [Group("my-org", "team", "read")]
    people.inside["team"] = {"bob", "carol"}
    people.reached["team"] = {"hello", "other"}
    assert plan(replace(WISH, group="team"), people).concerns == ()


def test_personal_package_gets_collaborators_who_may_more_than_install(
    people: FakePeople,
) -> None:
    people.working = {"carol"}
    found = plan(PERSONAL, people)
    assert (found.group, found.users, found.adds_package) == (None, ("bob",), False)
    assert "upload" in found.concerns[0]
    share(found, people)
    assert people.done == ["collaborator alice/hello bob"]
    people.done.clear()
    people.working = {"bob", "carol"}
    assert plan(PERSONAL, people).concerns == ()


@pytest.mark.parametrize(("public", "told"), [(True, True), (False, False), (None, False)])
def test_public_package_is_known_for_one(
    people: FakePeople, public: bool | None, told: bool
) -> None:
    for wish in (WISH, PERSONAL):
        assert plan(wish, people, replace(PRIVATE, public=public)).public is told


@pytest.mark.parametrize(
    "wish",
    [replace(WISH, owner="nobody"), replace(WISH, package="x"), replace(WISH, users=("dave",))],
)
def test_what_is_not_there_is_found_out_before_anything_is_changed(
    people: FakePeople, wish: ShareWish
) -> None:
    with pytest.raises(NotFoundError):
        plan(wish, people)
    assert people.done == []


@pytest.mark.parametrize(
    ("step", "done"),
    [
        ("make my-org/hello-readers read", "nothing"),
        ("package hello-readers hello", "group hello-readers made"),
        ("member hello-readers bob", "group hello-readers made, hello added to the group"),
        (
            "member hello-readers carol",
            "group hello-readers made, hello added to the group, bob added",
        ),
    ],
)
def test_failure_says_what_was_done_before(people: FakePeople, step: str, done: str) -> None:
    found = plan(WISH, people)
    people.errors[step] = AccessDeniedError("no", cause="Not an owner.")
    with pytest.raises(AccessDeniedError) as caught:
        share(found, people)
    assert caught.value.cause == f"Not an owner. Done before: {done}."
