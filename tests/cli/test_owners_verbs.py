"""The owners' commands in process, against the mock server: what they ask, change, and report."""

from __future__ import annotations

import io
import json
import sys
import webbrowser
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conda.base.context import reset_context

from conda_private.cli.verbs import execute, parse
from conda_private.composition import servers
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    NoTerminalError,
    NotFoundError,
    PublicPackageError,
    RequestRefusedError,
    UsageError,
)
from conda_private.model.login import Account
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.server import Anaconda, Fault, Server, build_package, serve

JSON = {"Content-Type": "application/json"}


class Terminal(io.StringIO):
    """A terminal at which a user has typed something."""

    def isatty(self) -> bool:
        return True


class Owner:
    """Alice, who runs the owners' commands."""

    def __init__(self, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
        self.server, self.world, self._capsys = server, server.world, capsys

    def run(self, *words: str) -> str:
        """Run a command, which must succeed; return its standard output."""
        server = ("--api-url", self.server.api)
        arguments, _ = parse(ArgumentParser(prog="conda private"), [*words, *server], None)
        reset_context(argparse_args={"json": bool(arguments.json)})
        self._capsys.readouterr()
        assert execute(arguments) == 0
        return self._capsys.readouterr().out

    def data(self, *words: str) -> Any:
        """Run it with ``--json``."""
        return json.loads(self.run(*words, "--json"))

    def changes(self) -> list[str]:
        """The requests that change something; the list is then empty again."""
        found = [f"{r.method} {r.path}" for r in self.server.requests if r.method != "GET"]
        self.server.clear()
        return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package."""
    return build_package(tmp_path_factory.mktemp("packages"), "hello", "1.0")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests of this module."""
    with serve(Anaconda()) as server:
        yield server
        assert not server.errors


@pytest.fixture
def owner(
    server: Server,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Owner]:
    """A private and a public package of my-org, and one of alice's own."""
    world = server.world
    world.accounts.clear()
    server.heal()
    for name in ("alice", "bob", "carol"):
        world.add_user(name)
    world.add_organization("my-org", owners=["alice"])
    world.add_package("my-org", file, labels=["dev"], private=True)
    world.add_organization("other", owners=["alice"])
    world.add_package("other", file)
    world.add_package("alice", file, private=True)
    world.add_group("my-org", "team", "read", ["bob"], ["hello"])
    token = Secret(world.add_token("alice"))
    account = Account(Address.parse(server.api), FILE, user="alice")
    monkeypatch.setattr(servers, "accounts", lambda: (account,))
    monkeypatch.setattr(servers, "secret_of", lambda account: token)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    server.clear()
    yield Owner(server, capsys)
    reset_context(argparse_args={})


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that a browser shows."""
    pages: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda page: pages.append(page) or True)
    return pages


def refused(owner: Owner, *words: str) -> CondaPrivateError:
    with pytest.raises(CondaPrivateError) as caught:
        owner.run(*words)
    return caught.value


def test_list_has_every_way_to_the_package(owner: Owner) -> None:
    owner.world.accounts["my-org"].packages["hello"].collaborators["carol"] = "write"
    assert owner.data("share", "my-org/hello", "--list")["users"] == [
        {"user": "alice", "through": "group", "group": "owners", "permission": "admin"},
        {"user": "bob", "through": "group", "group": "team", "permission": "read"},
        {"user": "carol", "through": "collaborator", "group": None, "permission": None},
    ]
    text = owner.run("share", "my-org/hello", "--list")
    assert "carol  collaborator" in text
    assert "conda private token list --org my-org" in text
    assert "everyone" not in text
    assert owner.changes() == []


def test_list_of_a_personal_package_names_its_owner(owner: Owner) -> None:
    text = owner.run("share", "alice/hello", "--list")
    assert text.splitlines()[1] == "alice  owner"
    assert "--org" not in text
    assert "other/hello is public" in owner.run("share", "other/hello", "--list")


def test_access_is_taken_away_only_after_a_confirmation(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("unshare", "my-org/hello", "--with", "bob", "carol", "bob")
    assert isinstance(refused(owner, *words), NoTerminalError)
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert "Nothing was changed" in refused(owner, *words).what
    assert "note" not in owner.run(*words, "--dry-run")
    assert owner.changes() == []
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    text = owner.run(*words)
    assert "removed    bob from the group team" in text
    assert "no access  carol" in text
    assert "revoke it:  conda private token list --org my-org" in text
    assert owner.changes() == ["DELETE /api/group/my-org/team/members/bob"]
    again = owner.data(*words)
    assert (again["removed"], again["without_access"]) == ([], ["bob", "carol"])
    assert owner.changes() == []


def test_collaborator_of_a_personal_package_is_removed(owner: Owner) -> None:
    owner.world.accounts["alice"].packages["hello"].collaborators["bob"] = "write"
    words = ("unshare", "alice/hello", "--with", "bob", "--yes")
    assert "bob from the collaborators" in owner.run(*words)
    assert owner.changes() == ["DELETE /api/packages/alice/hello/collaborators/bob"]


def test_preview_notes_what_else_is_lost(owner: Owner) -> None:
    owner.world.accounts["my-org"].groups["team"].perms = "write"
    words = ("unshare", "my-org/hello", "--with", "bob", "--dry-run")
    assert "note: bob will also lose the write permission" in owner.run(*words)


@pytest.mark.parametrize("verb", ["unshare", "share"])
def test_text_that_is_no_package_name_gets_an_example_of_its_verb(owner: Owner, verb: str) -> None:
    error = refused(owner, verb, "hello", "--with", "bob")
    assert isinstance(error, UsageError)
    assert error.next_step == f"conda private {verb} my-org/my-package --with USER"


def test_package_is_reserved_once(owner: Owner) -> None:
    words = ("make-private", "my-org/new")
    assert "Would reserve my-org/new as private" in owner.run(*words, "--dry-run")
    assert owner.changes() == []
    assert "anaconda upload --user my-org --private FILE" in owner.run(*words)
    assert owner.world.accounts["my-org"].packages["new"].public is False
    assert owner.changes() == ["POST /api/package/my-org/new"]
    assert owner.data(*words)["reserved"] is False
    assert owner.changes() == []


def test_page_of_a_public_package_is_opened_only_when_asked(
    owner: Owner, opened: list[str]
) -> None:
    words = ("make-private", "other/hello")
    for each in (words, (*words, "--open", "--dry-run")):
        error = refused(owner, *each)
        assert isinstance(error, PublicPackageError)
        assert error.return_code == 1
    assert opened == []
    assert "is still public" in refused(owner, *words, "--open").what
    assert opened == [f"{owner.server.api.removesuffix('/api')}/other/hello"]


def test_machine_without_a_browser_gets_the_address(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda page: False)
    error = refused(owner, "make-private", "other/hello", "--open")
    assert "No browser" in error.cause
    assert "/other/hello" in error.next_step


@pytest.mark.parametrize("status", [400, 402, 403])
def test_plan_limit_is_shown_in_the_words_of_the_server(owner: Owner, status: int) -> None:
    how = Fault.status(status, JSON, b'{"error": "Your plan has no private packages"}')
    owner.server.fail("/new$", "api", how=Fault.status(404, JSON, b"{}"), times=1)
    owner.server.fail("/new$", "api", how=how)
    error = refused(owner, "make-private", "my-org/new")
    assert isinstance(error, RequestRefusedError)
    assert "Your plan has no private packages" in error.what


def test_original_is_removed_only_after_a_confirmation(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    del owner.world.accounts["my-org"].packages["hello"]
    words = ("move", "alice/hello", "--to", "my-org")
    assert "files    1 (1 to copy)" in owner.run(*words, "--dry-run")
    assert owner.changes() == []
    error = refused(owner, *words)
    assert isinstance(error, NoTerminalError)
    assert "Nothing was removed: alice/hello and its copy my-org/hello both exist." in error.cause
    monkeypatch.setattr(sys, "stdin", Terminal("no\n"))
    assert "both exist" in refused(owner, *words).what
    owner.changes()
    moved = owner.data(*words, "--yes")
    assert (moved["moved_to"], moved["files"], moved["files_copied"]) == ("my-org/hello", 1, 0)
    assert owner.changes() == ["DELETE /api/package/alice/hello"]


def test_files_are_not_added_to_others_without_a_confirmation(owner: Owner, file: Path) -> None:
    (there,) = owner.world.accounts["my-org"].packages["hello"].files.values()
    there.basename = "noarch/hello-0.9-0.conda"
    owner.world.accounts["my-org"].packages["hello"].files = {there.basename: there}
    error = refused(owner, "move", "alice/hello", "--to", "my-org")
    assert "my-org/hello already has other files (1)" in error.cause
    assert owner.changes() == []


@pytest.mark.parametrize("target", ["alice", "../my-org", "my org"])
def test_new_owner_is_a_name_and_another_one(owner: Owner, target: str) -> None:
    error = refused(owner, "move", "alice/hello", "--to", target)
    assert (type(error), owner.server.requests) == (UsageError, [])


def test_tokens_that_expire_soon_are_first_and_members_tokens_are_not_in_the_list(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = owner.world
    world.tokens.clear()
    token = world.add_token("alice", name="never")
    for name, days in (("late", 300), ("soon", 3)):
        world.add_token("alice", name=name, expires=world.expiry(days * 86_400))
    monkeypatch.setattr(servers, "secret_of", lambda account: Secret(token))
    listed = owner.data("token", "list")
    assert [each["name"] for each in listed["tokens"]] == ["soon", "late", "never"]
    assert listed["organization"] is None
    assert "own tokens are not in it" not in owner.run("token", "list")
    assert "own tokens are not in it" in owner.run("token", "list", "--org", "my-org")
    assert owner.data("token", "list", "--org", "my-org")["organization"] == "my-org"


def test_package_that_does_not_exist_is_an_error(owner: Owner) -> None:
    for words in (("share", "my-org/none", "--list"), ("move", "my-org/none", "--to", "other")):
        assert isinstance(refused(owner, *words), NotFoundError)
