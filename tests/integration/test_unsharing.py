"""``conda private share --list`` and ``unshare``, and the requests that the server gets."""

from __future__ import annotations

import pytest

from tests.integration.owners import OWNER_SCOPES, changes, give_account
from tests.integration.runner import Conda
from tests.server import Anaconda, Server

PACKAGE = "my-org/hello-private"
pytestmark = pytest.mark.hard
UNSHARE = ("unshare", PACKAGE, "--with", "bob", "carol")


@pytest.fixture
def owner(conda: Conda, server: Server, world: Anaconda) -> Conda:
    """Alice with an account; bob can install two packages through a group, carol none."""
    for name in ("bob", "carol"):
        world.add_user(name)
    world.add_group("my-org", "a team/1", "read", ["bob"], ["hello-private", "on-main"])
    give_account(conda, server.api, world.add_token("alice", OWNER_SCOPES, name="owner"))
    return conda


def test_access_is_listed_and_taken_away_after_a_confirmation(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    listed = owner.ok("private", "share", PACKAGE, "--list", "--json").data
    assert listed["users"] == [
        {"user": "alice", "through": "group", "group": "owners", "permission": "admin"},
        {"user": "bob", "through": "group", "group": "a team/1", "permission": "read"},
    ]
    refused = owner.private(*UNSHARE)
    assert refused.code == 2
    assert "bob will also lose access to on-main (group: a team/1)." in refused.err
    assert changes(server) == []
    done = owner.ok("private", *UNSHARE, "--yes", "--json").data
    assert done["removed"] == [{"user": "bob", "group": "a team/1"}]
    assert done["without_access"] == ["carol"]
    assert changes(server) == [("DELETE", "/api/group/my-org/a%20team%2F1/members/bob", 204)]
    assert world.accounts["my-org"].groups["a team/1"].members == set()


def test_list_says_who_else_can_install_the_package(
    owner: Conda, world: Anaconda, packages: dict[str, str]
) -> None:
    text = owner.ok("private", "share", PACKAGE, "--list").out
    assert "bob    group a team/1  read" in text
    assert "conda private token list --org my-org" in text
    public = owner.ok("private", "share", "my-org/hello-public", "--list").out
    assert "my-org/hello-public is public: everyone can install it." in public
    world.add_package("alice", packages["hello-public-1.0"], private=True)  # type: ignore[arg-type]
    world.accounts["alice"].packages["hello-public"].collaborators["bob"] = "write"
    personal = owner.ok("private", "share", "alice/hello-public", "--list").out
    assert personal.splitlines()[1:3] == ["alice  owner", "bob    collaborator"]
    assert "--org" not in personal


def test_preview_and_repetition_change_nothing(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    dry = owner.ok("private", *UNSHARE, "--dry-run")
    assert "Would stop sharing my-org/hello-private" in dry.out
    assert "note: bob will also lose access to on-main" in dry.out
    assert changes(server) == []
    done = owner.ok("private", *UNSHARE, "--yes")
    assert "removed    bob from the group a team/1" in done.out
    server.clear()
    again = owner.ok("private", *UNSHARE)
    assert "no access  bob, carol" in again.out
    assert changes(server) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("unshare", "my-org/none", "--with", "bob"), 1, "could not be found"),
        (("unshare", PACKAGE, "--with", "bbo"), 1, "could not be found"),
        (("unshare", PACKAGE, "--with", "alice"), 2, "alice is an owner of my-org."),
        (("unshare", "hello-private", "--with", "bob"), 2, "conda private unshare my-org/my-pack"),
        (("share", PACKAGE), 2, "one of the arguments --with --list is required"),
        (("share", PACKAGE, "--list", "--with", "bob"), 2, "not allowed with argument"),
    ],
)
def test_missing_or_invalid_names_change_nothing(
    owner: Conda, server: Server, words: tuple[str, ...], code: int, said: str
) -> None:
    result = owner.private(*words, "--yes")
    assert (result.code, said in result.err) == (code, True), result.text
    assert changes(server) == []


def test_user_who_is_not_an_owner_is_refused(conda: Conda, server: Server, world: Anaconda) -> None:
    for name in ("bob", "carol"):
        world.add_user(name)
    world.add_group("my-org", "readers", "read", ["bob", "carol"], ["hello-private"])
    give_account(conda, server.api, world.add_token("bob", OWNER_SCOPES), "bob")
    result = conda.private("unshare", PACKAGE, "--with", "carol", "--yes")
    assert result.code == 4
    assert "Only an owner has permission" in result.err
    assert "Done so far: nothing." in result.err
