"""``conda private share``: give users access, and the requests that the server gets."""

from __future__ import annotations

import pytest

from tests.integration.owners import OWNER_SCOPES, changes, give_account, shown_to
from tests.integration.runner import Conda
from tests.server import Anaconda, Server

PACKAGE = "my-org/hello-private"


@pytest.fixture
def owner(conda: Conda, server: Server, world: Anaconda) -> Conda:
    """Alice with an account, and two more users."""
    for name in ("bob", "carol"):
        world.add_user(name)
    give_account(conda, server.api, world.add_token("alice", OWNER_SCOPES, name="owner"))
    return conda


def share(conda: Conda, *words: str) -> tuple[str, ...]:
    """Return the arguments of the command."""
    return ("share", PACKAGE, "--with", "bob", "carol", *words)


@pytest.mark.hard
def test_package_is_shared_through_its_own_group_once(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    dry = owner.ok("private", *share(owner), "--dry-run")
    assert "Would share my-org/hello-private" in dry.out
    assert "hello-private-readers (read), new" in dry.out
    assert changes(server) == []
    result = owner.ok("private", *share(owner), "--json")
    assert result.data["users_added"] == ["bob", "carol"]
    assert (result.data["group_created"], result.data["concerns"]) == (True, [])
    group = world.accounts["my-org"].groups["hello-private-readers"]
    assert (group.perms, group.members) == ("read", {"bob", "carol"})
    assert group.packages == {"hello-private"}
    server.clear()
    again = owner.ok("private", *share(owner))
    assert "no new members" in again.out
    assert "conda private login my-org --label dev" in again.out
    assert changes(server) == []


@pytest.mark.hard
def test_group_with_other_access_must_be_confirmed(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    world.add_group("my-org", "a team/1", "write", ["alice"], ["on-main"])
    words = share(owner, "--group", "a team/1")
    refused = owner.private(*words)
    assert refused.code == 2
    for concern in (
        "The group a team/1 has write permission, not read.",
        "bob, carol will also get access to on-main.",
        "Current members of the group will also get access: alice.",
    ):
        assert concern in refused.err
    assert changes(server) == []
    owner.ok("private", *words, "--yes")
    base = "/api/group/my-org/a%20team%2F1"
    assert changes(server) == [
        ("PUT", f"{base}/packages/hello-private", 204),
        ("PUT", f"{base}/members/bob", 204),
        ("PUT", f"{base}/members/carol", 204),
    ]


@pytest.mark.hard
def test_personal_package_gets_collaborators(
    owner: Conda, server: Server, world: Anaconda, packages: dict[str, str]
) -> None:
    world.add_package("alice", packages["hello-public-1.0"])  # type: ignore[arg-type]
    words = ("share", "alice/hello-public", "--with", "bob")
    refused = owner.private(*words)
    assert refused.code == 2
    assert "Collaborators on a personal package can also upload to it and change it." in refused.err
    assert "alice/hello-public is public: everyone can already install it." in refused.err
    grouped = owner.private(*words, "--group", "x", "--yes")
    assert (grouped.code, "alice is a user, and users have no groups." in grouped.err) == (2, True)
    assert changes(server) == []
    owner.ok("private", *words, "--yes", "--quiet")
    assert changes(server) == [("PUT", "/api/packages/alice/hello-public/collaborators/bob", 201)]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("my-org/none", "--with", "bob"), 1, "could not be found"),
        ((PACKAGE, "--with", "b/../b"), 1, "could not be found"),
        ((PACKAGE, "--with", "bob", "--group", ".."), 2, "not a valid name"),
        (("hello-private", "--with", "bob"), 2, "OWNER/PACKAGE"),
    ],
)
def test_missing_or_invalid_names_change_nothing(
    owner: Conda, server: Server, words: tuple[str, ...], code: int, said: str
) -> None:
    result = owner.private("share", *words, "--yes")
    assert (result.code, said in result.err) == (code, True), result.text
    assert changes(server) == []


def test_user_who_is_not_an_owner_is_refused_with_the_completed_steps(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    for name in ("bob", "carol"):
        world.add_user(name)
    world.add_group("my-org", "readers", "read", ["bob"], ["hello-private"])
    token = world.add_token("bob", OWNER_SCOPES)
    give_account(conda, server.api, token, "bob")
    result = conda.private(*share(conda))
    assert result.code == 4
    assert "User is not authorized to perform this operation" in result.err
    assert "Only an owner has permission" in result.err
    assert "Done so far: nothing." in result.err
    assert shown_to(server, token) == {"api"}
