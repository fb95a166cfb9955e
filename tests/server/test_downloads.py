"""Channels show everybody what they may see, and say no in every style."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from . import Anaconda, Server, build_package
from .asking import get, names
from .conftest import PASSWORD, PRIVATE
from .model import now


@pytest.mark.parametrize("scopes", [[], ["conda:download"], ["conda"], ["repos"], ["all"]])
def test_token_that_may_download_sees_private_package(
    world: Anaconda, server: Server, scopes: list[str]
) -> None:
    token = world.add_token("alice", scopes=scopes)
    assert names(f"{server.conda}/t/{token}/alice") == {PRIVATE}


@pytest.mark.parametrize("scopes", [["api:read"], ["api"], ["pypi:download"]])
def test_wrong_scope_leaves_private_package_out(
    world: Anaconda, server: Server, scopes: list[str]
) -> None:
    token = world.add_token("alice", scopes=scopes)
    assert names(f"{server.conda}/t/{token}/alice") == set()


def test_expired_unknown_and_foreign_tokens_leave_private_package_out(
    world: Anaconda, server: Server
) -> None:
    expired = world.add_token("alice", expires=now() - timedelta(seconds=1))
    foreign = world.add_token("bob")
    for token in (expired, "al-unknown", foreign):
        assert names(f"{server.conda}/t/{token}/alice") == set()
    assert names(f"{server.conda}/alice") == set()


def test_every_form_of_a_token_opens_the_channel_unless_switched_off(
    world: Anaconda, server: Server
) -> None:
    world.forms.add("x-api-key")
    token = world.add_token("alice")
    forms: dict[str, dict[str, Any]] = {
        "token": {"headers": {"Authorization": f"token {token}"}},
        "bearer": {"headers": {"Authorization": f"Bearer {token}"}},
        "basic": {"auth": (token, "")},
        "x-api-key": {"headers": {"X-API-Key": token}},
    }
    for form, options in forms.items():
        assert names(f"{server.conda}/alice", **options) == {PRIVATE}, form
        world.forms.remove(form)
        assert names(f"{server.conda}/alice", **options) == set(), form
    assert [request.credential for request in server.requests[::2]] == list(forms)


def test_token_in_the_path_is_no_part_of_an_address_when_switched_off(
    world: Anaconda, server: Server
) -> None:
    world.forms.remove("path")
    url = f"{server.conda}/t/{world.add_token('alice')}/alice/noarch/repodata.json"
    assert get(url).status_code == 404


def test_password_opens_the_channel_only_when_switched_on(world: Anaconda, server: Server) -> None:
    assert names(f"{server.conda}/alice", auth=("alice", PASSWORD)) == set()
    world.forms.add("password")
    assert names(f"{server.conda}/alice", auth=("alice", PASSWORD)) == {PRIVATE}
    assert names(f"{server.conda}/alice", auth=("alice", "wrong")) == set()


def test_channel_root_is_the_label_main(world: Anaconda, server: Server, packages: Path) -> None:
    other = build_package(world.folder, "only-dev", "1.0")
    world.add_package("alice", other, labels=["dev"])
    assert names(f"{server.conda}/alice") == set()
    assert names(f"{server.conda}/alice/label/main") == set()
    assert names(f"{server.conda}/alice/label/dev") == {"only-dev-1.0-0.conda"}


def test_unknown_owner_label_and_subdir_are_not_found(world: Anaconda, server: Server) -> None:
    for path in ("/nobody/noarch", "/alice/label/nope/noarch", "/alice/osx-64"):
        assert get(f"{server.conda}{path}/repodata.json").status_code == 404
    world.unknown_label = 200
    assert names(f"{server.conda}/alice/label/nope") == set()


@pytest.mark.parametrize("style", ["401", "403", "404"])
def test_other_styles_refuse_the_whole_channel(world: Anaconda, server: Server, style: str) -> None:
    world.style, world.challenge = style, 'Basic realm="Artifactory Realm"'
    refused = get(f"{server.conda}/alice/noarch/repodata.json")
    assert refused.status_code == int(style)
    assert refused.headers.get("WWW-Authenticate") == (world.challenge if style == "401" else None)
    assert names(f"{server.conda}/t/{world.add_token('alice')}/alice") == {PRIVATE}
    assert names(f"{server.conda}/acme") == set()


def test_group_reaches_the_packages_it_names(
    world: Anaconda, server: Server, packages: Path
) -> None:
    world.add_package("acme", packages / PRIVATE, private=True)
    secret = build_package(world.folder, "other", "1.0")
    world.add_package("acme", secret, private=True)
    url = f"{server.conda}/t/{world.add_token('bob')}/acme"
    assert names(url) == set()
    world.add_group("acme", "readers", members=["bob"], packages=["hello-private"])
    assert names(url) == {PRIVATE}


def test_owner_token_and_organization_token_see_the_organization(
    world: Anaconda, server: Server, packages: Path
) -> None:
    world.add_package("acme", packages / PRIVATE, private=True)
    owner = world.add_token("alice")
    organization = world.add_token("alice", for_user="acme")
    assert names(f"{server.conda}/t/{owner}/acme") == {PRIVATE}
    assert names(f"{server.conda}/t/{organization}/acme") == {PRIVATE}
    assert names(f"{server.conda}/t/{organization}/alice") == set()


def test_collaborator_sees_the_package(world: Anaconda, server: Server) -> None:
    world.accounts["alice"].packages["hello-private"].collaborators["bob"] = "read"
    assert names(f"{server.conda}/t/{world.add_token('bob')}/alice") == {PRIVATE}


@pytest.mark.parametrize(
    "name",
    [
        "channeldata.json",
        "noarch/repodata.json.zst",
        "noarch/repodata.json.bz2",
        "noarch/current_repodata.json",
        "noarch/current_repodata.json.zst",
        "noarch/repodata_shards.msgpack.zst",
        "linux-64/repodata.json",
    ],
)
def test_index_comes_in_every_form(server: Server, name: str) -> None:
    assert get(f"{server.conda}/alice/{name}").status_code == 200


def test_files_of_the_indexer_itself_are_not_served(server: Server) -> None:
    for name in ("noarch/index.html", "noarch/repodata_from_packages.json", "noarch/.cache/x"):
        assert get(f"{server.conda}/alice/{name}").status_code == 404


def test_unchanged_index_is_not_sent_again(server: Server) -> None:
    url = f"{server.conda}/alice/noarch/repodata.json"
    tag = get(url).headers["ETag"]
    assert get(url, headers={"If-None-Match": tag}).status_code == 304


def test_notices_are_not_found_until_they_are_set(world: Anaconda, server: Server) -> None:
    assert get(f"{server.conda}/alice/notices.json").status_code == 404
    world.notices["alice"] = {"notices": []}
    assert get(f"{server.conda}/alice/notices.json").json() == {"notices": []}


def test_package_file_is_on_the_files_origin_for_a_while(
    world: Anaconda, server: Server, packages: Path
) -> None:
    token = world.add_token("alice")
    url = f"{server.conda}/t/{token}/alice/noarch/{PRIVATE}"
    link = get(url).headers["Location"]
    assert link.startswith(server.files)
    assert get(link).content == (packages / PRIVATE).read_bytes()
    assert get(link, headers={"Authorization": f"token {token}"}).status_code == 400
    assert get(link.replace("Signature=", "Signature=0")).status_code == 403
    world.clock = lambda: now() + timedelta(seconds=61)
    assert get(link).status_code == 403


def test_private_file_is_not_found_without_the_right(world: Anaconda, server: Server) -> None:
    url = f"{server.conda}/alice/noarch/{PRIVATE}"
    assert get(url).status_code == 404
    world.private_file = 401
    assert get(url).status_code == 401
