"""Through the API, owners share packages by groups, collaborators, labels and copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from . import Anaconda, Server
from .asking import ask, names
from .conftest import PRIVATE

Say = Callable[..., requests.Response]


@pytest.fixture
def alice(world: Anaconda, server: Server, packages: Path) -> Say:
    """Calls to the API by the owner of acme, which has the private package too."""
    world.add_package("acme", packages / PRIVATE, private=True)
    return _caller(world, server, "alice")


@pytest.fixture
def bob(world: Anaconda, server: Server) -> Say:
    """Calls to the API by somebody who owns nothing."""
    return _caller(world, server, "bob")


def _caller(world: Anaconda, server: Server, login: str) -> Say:
    headers = {"Authorization": f"token {world.add_token(login)}"}

    def say(method: str, path: str, body: Any = None) -> requests.Response:
        return ask(method, server.api + path, headers=headers, json=body)

    return say


def test_group_gives_its_members_its_packages(
    world: Anaconda, server: Server, alice: Say, bob: Say
) -> None:
    channel = f"{server.conda}/t/{world.add_token('bob')}/acme"
    group = "/group/acme/readers"
    assert alice("POST", group, {"perms": "read"}).status_code == 204
    assert alice("PUT", f"{group}/members/bob").status_code == 204
    assert names(channel) == set()
    assert alice("PUT", f"{group}/packages/hello-private").status_code == 204
    assert names(channel) == {PRIVATE}
    assert bob("GET", f"{group}/members/bob").status_code == 204
    assert [entry["login"] for entry in bob("GET", f"{group}/members").json()] == ["bob"]
    assert [entry["name"] for entry in bob("GET", f"{group}/packages").json()] == ["hello-private"]
    assert alice("DELETE", f"{group}/packages/hello-private").status_code == 204
    assert names(channel) == set()
    assert alice("DELETE", f"{group}/members/bob").status_code == 204
    assert alice("GET", f"{group}/members/bob").status_code == 404


def test_groups_are_the_business_of_the_organization(alice: Say, bob: Say) -> None:
    assert bob("GET", "/groups/acme").status_code == 401
    assert bob("POST", "/group/acme/mine", {"perms": "admin"}).status_code == 401
    assert bob("GET", "/groups").json() == []
    assert [group["name"] for group in alice("GET", "/groups/acme").json()] == ["owners"]
    assert alice("POST", "/group/acme/odd", {"perms": "odd"}).status_code == 400
    assert alice("PUT", "/group/acme/owners/packages/nothing").status_code == 404
    assert alice("PUT", "/group/acme/nothing/members/bob").status_code == 404


def test_collaborator_is_added_by_an_administrator(alice: Say, bob: Say) -> None:
    path = "/packages/alice/hello-private/collaborators"
    assert bob("PUT", f"{path}/bob").status_code == 404
    assert alice("PUT", f"{path}/bob").status_code == 201
    assert bob("GET", "/package/alice/hello-private").status_code == 200
    assert [entry["login"] for entry in bob("GET", path).json()] == ["bob"]
    assert bob("DELETE", f"{path}/bob").status_code == 401
    assert alice("DELETE", f"{path}/bob").status_code == 201
    assert bob("GET", "/package/alice/hello-private").status_code == 404


def test_reader_does_not_write_and_writer_does(world: Anaconda, alice: Say, bob: Say) -> None:
    change = ("PATCH", "/package/acme/hello-private", {"public_attrs": {"summary": "mine"}})
    world.add_group("acme", "team", "read", ["bob"], ["hello-private"])
    assert bob(*change).status_code == 401
    world.add_group("acme", "team", "write", ["bob"], ["hello-private"])
    assert bob(*change).json()["summary"] == "mine"
    assert bob("POST", "/package/acme/new", {}).status_code == 200
    assert bob("POST", "/package/alice/new", {}).status_code == 401


def test_locked_label_takes_nothing_more(world: Anaconda, alice: Say) -> None:
    assert alice("POST", "/channels/alice/dev/lock").status_code == 201
    assert alice("POST", "/channels/alice/dev", {"package": "hello-public"}).status_code == 403
    assert alice("DELETE", "/channels/alice/dev/lock").status_code == 201
    assert alice("POST", "/channels/alice/dev", {"package": "hello-public"}).status_code == 201
    files = alice("GET", "/channels/alice/dev").json()["files"]
    assert len(files) == 2


def test_removed_label_is_gone_and_its_files_are_not(world: Anaconda, alice: Say) -> None:
    assert alice("POST", "/channels/alice/dev/copy/beta").status_code == 201
    assert alice("DELETE", "/channels/alice/dev", {}).status_code == 201
    assert alice("GET", "/channels/alice/dev").status_code == 404
    assert set(alice("GET", "/channels/alice").json()) == {"main", "beta"}
    (file,) = world.accounts["alice"].packages["hello-private"].files.values()
    assert file.labels == {"main", "beta"}


def test_copy_keeps_private_packages_private(world: Anaconda, server: Server, alice: Say) -> None:
    path = "/copy/package/alice/hello-private/1.0/"
    wish = {"to_owner": "acme", "from_channel": "dev", "to_channel": "beta"}
    assert alice("POST", path, wish).status_code == 409
    assert alice("PATCH", path, wish).json() == []
    assert len(alice("PUT", path, wish).json()) == 1
    del world.accounts["acme"].packages["hello-private"]
    assert len(alice("POST", path, wish).json()) == 1
    assert not world.accounts["acme"].packages["hello-private"].public
    assert names(f"{server.conda}/acme/label/beta") == set()
    own = {"from_channel": "dev", "to_channel": "beta"}
    assert len(alice("POST", path, own).json()) == 1
    assert len(alice("GET", "/channels/alice/beta").json()["files"]) == 1


def test_package_that_exists_is_made_as_the_world_says(world: Anaconda, alice: Say) -> None:
    wish = {"public": True}
    assert alice("POST", "/package/alice/hello-private", wish).status_code == 409
    world.existing_package = 200
    assert alice("POST", "/package/alice/hello-private", wish).json()["public"] is False


def test_listings_show_what_the_caller_may_see(alice: Say, bob: Say) -> None:
    def listed(say: Say, path: str) -> list[str]:
        return sorted(entry["full_name"] for entry in say("GET", path).json())

    assert listed(bob, "/packages/alice") == ["alice/hello-public"]
    assert listed(bob, "/search?name=HELLO") == ["alice/hello-public"]
    assert listed(alice, "/packages") == ["alice/hello-private", "alice/hello-public"]
    assert listed(alice, "/packages/alice?access=private") == ["alice/hello-private"]
    assert listed(alice, "/search?name=hello&platform=linux-64") == ["alice/hello-public"]
    assert [entry["login"] for entry in alice("GET", "/user/orgs").json()] == ["acme"]
