"""``conda private share``: what an owner does for users, and what the server hears of it."""

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
    """The command."""
    return ("share", PACKAGE, "--with", "bob", "carol", *words)


def test_package_is_shared_by_a_group_of_its_own_once(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    dry = owner.ok("private", *share(owner), "--dry-run")
    assert "would share my-org/hello-private" in dry.out
    assert "hello-private-readers (read), new" in dry.out
    assert changes(server) == []
    result = owner.ok("private", *share(owner), "--json")
    assert result.data["users_added"] == ["bob", "carol"]
    assert (result.data["group_made"], result.data["concerns"]) == (True, [])
    group = world.accounts["my-org"].groups["hello-private-readers"]
    assert (group.perms, group.members) == ("read", {"bob", "carol"})
    assert group.packages == {"hello-private"}
    server.clear()
    again = owner.ok("private", *share(owner))
    assert "nobody: all have been there before" in again.out
    assert "conda private login my-org --label dev" in again.out
    assert changes(server) == []


def test_group_that_brings_more_along_has_to_be_confirmed(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    world.add_group("my-org", "a team/1", "write", ["alice"], ["on-main"])
    words = share(owner, "--group", "a team/1")
    refused = owner.private(*words)
    assert refused.code == 2
    for concern in ("has the permission write, not read", "also reaches on-main", "too: alice"):
        assert concern in refused.err
    assert changes(server) == []
    owner.ok("private", *words, "--yes")
    base = "/api/group/my-org/a%20team%2F1"
    assert changes(server) == [
        ("PUT", f"{base}/packages/hello-private", 204),
        ("PUT", f"{base}/members/bob", 204),
        ("PUT", f"{base}/members/carol", 204),
    ]


def test_personal_package_gets_collaborators(
    owner: Conda, server: Server, world: Anaconda, packages: dict[str, str]
) -> None:
    world.add_package("alice", packages["hello-public-1.0"])  # type: ignore[arg-type]
    words = ("share", "alice/hello-public", "--with", "bob")
    refused = owner.private(*words)
    assert refused.code == 2
    assert "may also upload to it" in refused.err
    assert "is public: everybody can install it already" in refused.err
    grouped = owner.private(*words, "--group", "x", "--yes")
    assert (grouped.code, "users have no groups" in grouped.err) == (2, True)
    assert changes(server) == []
    owner.ok("private", *words, "--yes", "--quiet")
    assert changes(server) == [("PUT", "/api/packages/alice/hello-public/collaborators/bob", 201)]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("my-org/none", "--with", "bob"), 1, "could not be found"),
        ((PACKAGE, "--with", "b/../b"), 1, "could not be found"),
        ((PACKAGE, "--with", "bob", "--group", ".."), 2, "no name"),
        (("hello-private", "--with", "bob"), 2, "OWNER/PACKAGE"),
    ],
)
def test_what_is_not_there_or_cannot_be_changes_nothing(
    owner: Conda, server: Server, words: tuple[str, ...], code: int, said: str
) -> None:
    result = owner.private("share", *words, "--yes")
    assert (result.code, said in result.err) == (code, True), result.text
    assert changes(server) == []


def test_who_is_no_owner_is_told_and_what_was_done_is_said(
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
    assert "only an owner has" in result.err
    assert "Done before: nothing." in result.err
    assert shown_to(server, token) == {"api"}
