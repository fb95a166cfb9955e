"""``conda private move``: the question, the exit codes, and a process that is killed."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.integration.owners import OWNER_SCOPES, changes, give_account
from tests.integration.runner import Conda
from tests.server import Anaconda, Fault, Server

MOVE = ("move", "alice/hello-private", "--to", "my-org")
LABELS = {"1.0": {"dev", "main"}, "2.0": {"dev"}}


@pytest.fixture
def owner(conda: Conda, server: Server, world: Anaconda, packages: dict[str, Path]) -> Conda:
    """Alice with an account and a private package of her own, which my-org does not have."""
    del world.accounts["my-org"].packages["hello-private"]
    for version, labels in LABELS.items():
        path = packages[f"hello-private-{version}"]
        world.add_package("alice", path, labels=labels, private=True)
    give_account(conda, server.api, world.add_token("alice", OWNER_SCOPES, name="owner"))
    return conda


def labels_at(world: Anaconda, owner: str) -> dict[str, set[str]]:
    """The labels of each version of the package of an owner."""
    package = world.accounts[owner].packages.get("hello-private")
    return {file.version: file.labels for file in package.files.values()} if package else {}


def assert_moved(world: Anaconda) -> None:
    assert "hello-private" not in world.accounts["alice"].packages
    assert world.accounts["my-org"].packages["hello-private"].public is False
    assert labels_at(world, "my-org") == LABELS


def test_original_is_removed_only_after_a_confirmation(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    refused = owner.private(*MOVE)
    assert refused.code == 2
    assert "Nothing was removed: alice/hello-private and its copy" in refused.err
    assert labels_at(world, "alice") == labels_at(world, "my-org") == LABELS
    server.clear()
    moved = owner.ok("private", *MOVE, "--yes", "--json").data
    assert (moved["moved_to"], moved["files"], moved["files_copied"]) == (
        "my-org/hello-private",
        2,
        0,
    )
    assert changes(server) == [("DELETE", "/api/package/alice/hello-private", 201)]
    assert_moved(world)


@pytest.mark.hard
def test_preview_changes_nothing(owner: Conda, server: Server) -> None:
    shown = owner.ok("private", *MOVE, "--dry-run").out
    assert "Would move alice/hello-private to my-org/hello-private" in shown
    assert "package  reserved as private" in shown
    assert changes(server) == []


@pytest.mark.hard
def test_files_are_not_added_to_others_without_a_confirmation(
    owner: Conda, server: Server, world: Anaconda, packages: dict[str, Path]
) -> None:
    world.add_package("my-org", packages["hello-private-2.0"], private=True)
    del world.accounts["alice"].packages["hello-private"].files["noarch/hello-private-2.0-0.conda"]
    refused = owner.private(*MOVE)
    assert (refused.code, "my-org/hello-private already has other files (1)" in refused.err) == (
        2,
        True,
    )
    assert changes(server) == []


@pytest.mark.hard
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("alice/none", "--to", "my-org"), 1, "could not be found"),
        (("alice/hello-private", "--to", "my-rog"), 1, "could not be found"),
        (("alice/hello-private", "--to", "alice"), 2, "not a valid new owner"),
        (("alice/hello-private", "--to", "../x"), 2, "not a valid new owner"),
        (("hello-private", "--to", "my-org"), 2, "conda private move my-org/my-package --to"),
        (("my-org/hello-public", "--to", "other"), 1, "other/hello-public is public"),
    ],
)
def test_invalid_names_and_public_targets_change_nothing(
    owner: Conda, server: Server, words: tuple[str, ...], code: int, said: str
) -> None:
    result = owner.private("move", *words, "--yes")
    assert (result.code, said in result.err) == (code, True), result.text
    assert changes(server) == []


@pytest.mark.hard
def test_user_who_cannot_add_packages_changes_nothing(
    conda: Conda, server: Server, world: Anaconda, packages: dict[str, Path]
) -> None:
    world.add_user("bob")
    world.add_package("bob", packages["hello-private-1.0"], private=True)
    give_account(conda, server.api, world.add_token("bob", OWNER_SCOPES), "bob")
    result = conda.private("move", "bob/hello-private", "--to", "other", "--yes")
    assert (result.code, "Only an owner has permission" in result.err) == (4, True), result.text
    assert "bob/hello-private is unchanged" in result.err
    assert set(labels_at(world, "bob")) == {"1.0"}


@pytest.mark.hard
@pytest.mark.parametrize("path", ["/package/my-org/", "/copy/", "/channels/", "/package/alice/"])
def test_process_that_is_killed_loses_nothing_and_can_be_repeated(
    owner: Conda, server: Server, world: Anaconda, path: str
) -> None:
    owner.private("whoami")  # writes the settings of this conda
    server.clear()
    server.fail(path, "api", how=Fault.slow(2))
    process = subprocess.Popen(
        [owner.executable, "private", *MOVE, "--yes"], env=owner.environment, cwd=owner.folder
    )
    waiting = threading.Timer(1.5, process.send_signal, [signal.SIGKILL])
    waiting.start()
    assert process.wait(timeout=60) == -signal.SIGKILL
    time.sleep(2.5)  # the server may still do what it was asked for
    server.heal()
    assert LABELS in (labels_at(world, "alice"), labels_at(world, "my-org"))
    owner.ok("private", *MOVE, "--yes")
    assert_moved(world)
