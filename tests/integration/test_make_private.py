"""``conda private make-private``: reserve a package, or open the page of a public one."""

from __future__ import annotations

import pytest

from tests.integration.owners import OWNER_SCOPES, changes, give_account
from tests.integration.runner import Conda
from tests.server import Anaconda, Fault, Server

NEW, PUBLIC = "my-org/new", "my-org/hello-public"
pytestmark = pytest.mark.hard
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def owner(conda: Conda, server: Server, world: Anaconda) -> Conda:
    """Alice with an account, and a browser that writes down what it opens."""
    browser = conda.folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{conda.folder}/opened"\n')
    browser.chmod(0o755)
    conda.environment["BROWSER"] = str(browser)
    give_account(conda, server.api, world.add_token("alice", OWNER_SCOPES, name="owner"))
    return conda


def test_new_package_is_reserved_as_private_once(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    result = owner.ok("private", "make-private", NEW, "--json").data
    assert (result["package"], result["reserved"]) == (NEW, True)
    assert world.accounts["my-org"].packages["new"].public is False
    assert changes(server) == [("POST", "/api/package/my-org/new", 200)]
    server.clear()
    assert "is already private" in owner.ok("private", "make-private", NEW).out
    assert changes(server) == []


def test_page_of_a_public_package_is_opened_only_when_asked(owner: Conda, server: Server) -> None:
    page = f"{server.api.removesuffix('/api')}/{PUBLIC}"
    shown = owner.private("make-private", PUBLIC)
    assert shown.code == 1
    assert f"open {page}, and choose Settings > Admin > Private" in shown.err
    opened = owner.folder / "opened"
    assert not opened.exists()
    result = owner.private("make-private", PUBLIC, "--open")
    assert (result.code, "my-org/hello-public is still public." in result.err) == (1, True)
    assert opened.read_text().strip() == page
    assert changes(server) == []


def test_preview_changes_nothing(owner: Conda, server: Server) -> None:
    assert "Would reserve my-org/new" in owner.ok("private", "make-private", NEW, "--dry-run").out
    assert owner.private("make-private", PUBLIC, "--open", "--dry-run").code == 1
    assert not (owner.folder / "opened").exists()
    assert changes(server) == []


def test_machine_without_a_browser_gets_the_address(owner: Conda) -> None:
    owner.environment["BROWSER"] = "/nowhere/browser"
    result = owner.private("make-private", PUBLIC, "--open")
    assert (result.code, "No browser could be started" in result.err) == (1, True)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "You can not create a private package."),
        (402, "Payment required"),
        (403, "Your plan allows 0 private packages"),
    ],
)
def test_plan_limit_is_shown_in_the_words_of_the_server(
    owner: Conda, server: Server, status: int, said: str
) -> None:
    server.fail("/package/my-org/new$", "api", how=Fault.status(404, JSON, b"{}"), times=1)
    body = f'{{"error": "{said}"}}'.encode()
    server.fail("/package/my-org/new$", "api", how=Fault.status(status, JSON, body))
    result = owner.private("make-private", NEW)
    assert (result.code, said.rstrip(".") in result.err) == (1, True)
    assert "ask the owner of the account to change its plan" in result.err


def test_other_users_packages_are_refused(conda: Conda, server: Server, world: Anaconda) -> None:
    world.add_user("bob")
    give_account(conda, server.api, world.add_token("bob", OWNER_SCOPES), "bob")
    result = conda.private("make-private", NEW)
    assert (result.code, "Only an owner has permission" in result.err) == (4, True)
    assert conda.private("make-private", "my-org").code == 2
    assert conda.private("make-private", "nobody/new").code == 1
