"""The people API: the paths of its requests, and unexpected answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conda_private.model.exceptions import ServerError, UsageError
from conda_private.model.facts import Group, Profile
from conda_private.server.api import Api
from conda_private.server.people import AnacondaPeople
from tests.server_api.conftest import Wire

GROUP = Group("my-org", "readers/all", "read")


@pytest.fixture
def people(api: Api) -> AnacondaPeople:
    """The people API over the fake connection."""
    return AnacondaPeople(api)


def test_profile_is_that_of_the_credential_or_of_a_name(people: AnacondaPeople, wire: Wire) -> None:
    wire.says({"login": "alice", "name": "Alice\x1b", "user_type": "user"})
    assert people.profile() == Profile("alice", "user", "Alice")
    wire.says({"login": "my-org", "name": None, "user_type": "org"})
    assert people.profile("my-org") == Profile("my-org", "org", "")
    wire.says({"login": "odd", "user_type": ["org"]})
    assert people.profile("odd").kind == "user"
    assert [path for _, path, _ in wire.sent] == ["/user", "/user/my-org", "/user/odd"]


def test_every_change_has_its_own_path(people: AnacondaPeople, wire: Wire) -> None:
    wire.says({})
    people.create_group(GROUP)
    people.add_member(GROUP, "b&b")
    people.add_package(GROUP, "a+b")
    people.add_collaborator("alice", "pkg", "bob")
    assert wire.sent == [
        ("POST", "/group/my-org/readers%2Fall", {"perms": "read"}),
        ("PUT", "/group/my-org/readers%2Fall/members/b%26b", None),
        ("PUT", "/group/my-org/readers%2Fall/packages/a%2Bb", None),
        ("PUT", "/packages/alice/pkg/collaborators/bob", None),
    ]


@pytest.mark.parametrize("login", ["..", "."])
def test_user_name_that_would_change_the_path_is_not_sent(
    people: AnacondaPeople, wire: Wire, login: str
) -> None:
    with pytest.raises(UsageError):
        people.add_member(GROUP, login)
    assert wire.sent == []


def test_names_are_read_from_records_and_from_texts(people: AnacondaPeople, wire: Wire) -> None:
    wire.says([{"login": "bob"}, "carol\x1b"])
    assert people.members(GROUP) == {"bob", "carol"}
    assert people.organizations() == ("bob", "carol")
    assert people.collaborators("alice", "pkg") == {"bob", "carol"}
    wire.says([{"name": "pkg"}])
    assert people.packages_of(GROUP) == {"pkg"}
    assert [path for _, path, _ in wire.sent] == [
        "/group/my-org/readers%2Fall/members",
        "/user/orgs",
        "/packages/alice/pkg/collaborators",
        "/group/my-org/readers%2Fall/packages",
    ]


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ([{"name": "a", "permission": "read"}], [Group("org", "a", "read")]),
        ([{"name": "a", "perms": "write", "owner": "x"}], [Group("x", "a", "write")]),
        ({"groups": [{"name": "a", "owner": {"login": "x"}}]}, [Group("x", "a", "")]),
        ([{"name": "a", "owner": {}}], [Group("org", "a", "")]),
        ([], []),
    ],
)
def test_groups_are_read_from_a_list_and_from_a_wrapped_list(
    people: AnacondaPeople, wire: Wire, said: Any, groups: list[Group]
) -> None:
    wire.says(said)
    assert list(people.groups("org")) == groups
    people.groups()
    assert [path for _, path, _ in wire.sent] == ["/groups/org", "/groups"]


ASK: dict[str, Callable[[AnacondaPeople], Any]] = {
    "profile": lambda people: people.profile(),
    "organizations": lambda people: people.organizations(),
    "groups": lambda people: people.groups(),
    "members": lambda people: people.members(GROUP),
    "packages": lambda people: people.packages_of(GROUP),
}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK.keys())
@pytest.mark.parametrize("said", [{"ok": 1}, "x", 5, None])
def test_answer_in_another_format_is_a_clear_error(
    people: AnacondaPeople, wire: Wire, said: Any, ask: Callable[[AnacondaPeople], Any]
) -> None:
    wire.says(said)
    with pytest.raises(ServerError, match="did not return"):
        ask(people)


@pytest.mark.parametrize("record", [{}, {"name": ""}, [], "x", None])
def test_group_in_another_format_is_a_clear_error(
    people: AnacondaPeople, wire: Wire, record: Any
) -> None:
    wire.says([record])
    with pytest.raises(ServerError, match="did not return a group"):
        people.groups("org")
