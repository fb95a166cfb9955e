"""A move over real requests to the mock server, stopped before and after each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conda_private.actions.move import (
    Edges,
    MovePlan,
    copy_files,
    plan_move,
    remove_source,
    require_complete,
)
from conda_private.http.client import send
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AlreadyExistsError,
    NotFoundError,
    PublicPackageError,
    RequestRefusedError,
    ServerError,
)
from conda_private.model.facts import PackageName
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.package_files import AnacondaPackageFiles
from conda_private.server.packages import AnacondaPackages
from conda_private.server.people import AnacondaPeople
from tests.server import Anaconda, Fault, Server, build_package, serve

SOURCE, TARGET = PackageName("alice", "hello"), PackageName("my-org", "hello")
PAGE = "https://anaconda.org/my-org/hello"
LABELS = {"1.0": {"dev"}, "2.0": {"dev", "main"}, "3.0": {"main"}}
JSON = {"Content-Type": "application/json"}


class KilledError(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three versions of the package, and another build of the first."""
    folder = tmp_path_factory.mktemp("packages")
    versions = {version: build_package(folder, "hello", version) for version in LABELS}
    (folder / "other").mkdir()
    other = build_package(folder / "other", "hello", "1.0", files={"share/x": b"x"})
    return {**versions, "other": other}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """One server for all tests of this module; each test changes its accounts."""
    with serve(Anaconda()) as server:
        yield server
        assert not server.errors


@pytest.fixture
def world(running: Server, files: dict[str, Path]) -> Anaconda:
    """Alice with a private package, and her organization."""
    running.heal()
    fill(running.world, files)
    return running.world


def fill(world: Anaconda, files: dict[str, Path]) -> None:
    """Put everything back to the beginning."""
    world.copies_stay_private, world.copies_publish = False, False
    world.accounts.clear()
    world.add_user("alice")
    world.add_organization("my-org", owners=["alice"])
    for version, labels in LABELS.items():
        world.add_package("alice", files[version], labels=labels, private=True)


@pytest.fixture
def edges(running: Server, world: Anaconda) -> Edges:
    """The server, with alice's token."""
    return edges_of(running)


def edges_of(server: Server, how: Callable[..., Any] = send) -> Edges:
    token = Secret(server.world.add_token("alice"))
    api = Api(Address.parse(server.api), token, send=how, warn=print)
    return Edges(AnacondaPeople(api), AnacondaPackages(api), AnacondaPackageFiles(api))


class Stopping:
    """Sends requests, and ends the process at the n-th, before or after the server has it."""

    def __init__(self, at: int, *, after: bool, watch: Callable[[], None]) -> None:
        self.at, self.after, self.watch = at, after, watch
        self.count = 0

    def __call__(self, *request: Any) -> Any:
        self.count += 1
        if self.count == self.at and not self.after:
            raise KilledError
        response = send(*request)
        self.watch()
        if self.count == self.at:
            raise KilledError
        return response


def move(edges: Edges) -> MovePlan:
    """The whole move, without the question."""
    plan = plan_move(SOURCE, TARGET, PAGE, edges)
    copy_files(plan, edges)
    remove_source(plan, edges)
    return plan


def labels_at(world: Anaconda, owner: str) -> Mapping[str, set[str]]:
    """The labels of each version of the package of an owner."""
    package = world.accounts[owner].packages.get("hello")
    return {file.version: file.labels for file in package.files.values()} if package else {}


def assert_moved(world: Anaconda) -> None:
    assert "hello" not in world.accounts["alice"].packages
    assert world.accounts["my-org"].packages["hello"].public is False
    assert labels_at(world, "my-org") == LABELS


def test_package_is_reserved_as_private_before_the_first_copy(
    running: Server, world: Anaconda, edges: Edges
) -> None:
    running.clear()
    plan = move(edges)
    assert_moved(world)
    assert (plan.is_new, plan.files, len(plan.missing), plan.others) == (True, 3, 3, 0)
    changes = [f"{r.method} {r.path}" for r in running.requests if r.method != "GET"]
    base = "/api/copy/package/alice/hello"
    assert changes == [
        "POST /api/package/my-org/hello",
        f"POST {base}/1.0/noarch/hello-1.0-0.conda",
        f"POST {base}/2.0/noarch/hello-2.0-0.conda",
        "POST /api/channels/my-org/main",
        f"POST {base}/3.0/noarch/hello-3.0-0.conda",
        "DELETE /api/package/alice/hello",
    ]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_move_that_is_killed_at_any_request_loses_nothing_and_can_be_repeated(
    running: Server, world: Anaconda, files: dict[str, Path], after: bool
) -> None:
    def watch() -> None:
        target = world.accounts["my-org"].packages.get("hello")
        assert target is None or not target.public
        assert LABELS in (labels_at(world, "alice"), labels_at(world, "my-org"))

    at = 0
    while True:
        at += 1
        fill(world, files)
        stopping = Stopping(at, after=after, watch=watch)
        try:
            move(edges_of(running, stopping))
        except KilledError:
            watch()
        else:
            break
        if "hello" in world.accounts["alice"].packages:
            move(edges_of(running))
        else:
            with pytest.raises(NotFoundError, match="it is done"):
                move(edges_of(running))
        assert_moved(world)
    assert at == stopping.count + 1 > 10


def test_plan_changes_nothing(running: Server, world: Anaconda, edges: Edges) -> None:
    running.clear()
    plan_move(SOURCE, TARGET, PAGE, edges)
    assert {request.method for request in running.requests} == {"GET"}


def test_public_target_gets_no_file(
    running: Server, world: Anaconda, edges: Edges, files: dict[str, Path]
) -> None:
    world.add_package("my-org", files["1.0"], private=False)
    running.clear()
    with pytest.raises(PublicPackageError, match="make-private my-org/hello"):
        move(edges)
    assert set(labels_at(world, "my-org")) == {"1.0"}
    assert labels_at(world, "alice") == LABELS
    assert {request.method for request in running.requests} == {"GET"}


def test_copy_that_a_server_publishes_is_removed_at_once(world: Anaconda, edges: Edges) -> None:
    world.copies_publish = True
    with pytest.raises(PublicPackageError, match="was removed") as caught:
        move(edges)
    assert "alice/hello is unchanged" in caught.value.cause
    assert labels_at(world, "my-org") == {}
    assert labels_at(world, "alice") == LABELS


def test_different_file_of_the_same_name_is_kept(
    world: Anaconda, edges: Edges, files: dict[str, Path]
) -> None:
    world.add_package("my-org", files["other"], private=True)
    with pytest.raises(AlreadyExistsError, match=r"another noarch/hello-1\.0-0"):
        move(edges)
    assert labels_at(world, "alice") == LABELS


def test_files_that_are_there_are_not_copied_again(
    world: Anaconda, edges: Edges, files: dict[str, Path]
) -> None:
    world.add_package("my-org", files["2.0"], labels=["main"], private=True)
    world.add_package("my-org", files["1.0"], labels=["dev", "old"])
    plan = plan_move(SOURCE, TARGET, PAGE, edges)
    missing = [(each.file.version, each.is_there, each.labels) for each in plan.missing]
    assert missing == [("2.0", True, ("dev",)), ("3.0", False, ("main",))]
    copy_files(plan, edges)
    require_complete(plan, edges)
    assert labels_at(world, "my-org")["1.0"] == {"dev", "old"}


def test_other_files_of_the_target_are_counted_and_kept(
    world: Anaconda, edges: Edges, files: dict[str, Path]
) -> None:
    world.add_package("my-org", files["3.0"], labels=["main"], private=True)
    del world.accounts["alice"].packages["hello"].files["noarch/hello-3.0-0.conda"]
    assert move(edges).others == 1
    assert_moved(world)


def test_upload_in_the_meantime_is_not_removed(
    world: Anaconda, edges: Edges, files: dict[str, Path]
) -> None:
    source = world.accounts["alice"].packages["hello"]
    late = source.files.pop("noarch/hello-3.0-0.conda")
    plan = plan_move(SOURCE, TARGET, PAGE, edges)
    copy_files(plan, edges)
    source.files[late.basename] = late
    with pytest.raises(ServerError, match="lacks files or labels"):
        remove_source(plan, edges)
    assert labels_at(world, "alice") == LABELS


def test_target_that_was_made_public_in_the_meantime_keeps_the_source(
    world: Anaconda, edges: Edges
) -> None:
    plan = plan_move(SOURCE, TARGET, PAGE, edges)
    copy_files(plan, edges)
    world.accounts["my-org"].packages["hello"].public = True
    with pytest.raises(PublicPackageError):
        remove_source(plan, edges)
    assert labels_at(world, "alice") == LABELS


def test_file_without_a_label_or_checksum_is_an_error_before_any_change(
    world: Anaconda, edges: Edges
) -> None:
    file = world.accounts["alice"].packages["hello"].files["noarch/hello-2.0-0.conda"]
    file.labels = set()
    with pytest.raises(ServerError, match="has no label"):
        move(edges)
    file.labels, file.sha256, file.md5 = {"main"}, "", ""
    with pytest.raises(ServerError, match="has no checksum"):
        move(edges)
    assert "hello" not in world.accounts["my-org"].packages


def test_refusal_says_what_was_copied_and_a_repetition_continues(
    running: Server, world: Anaconda, edges: Edges
) -> None:
    body = b'{"error": "Label main is locked"}'
    running.fail("/channels/my-org/main", "api", how=Fault.status(403, JSON, body))
    with pytest.raises(Exception, match="1 of 3 files were copied") as caught:
        move(edges)
    assert "alice/hello is unchanged" in str(caught.value)
    running.heal()
    move(edges)
    assert_moved(world)


def test_plan_without_private_packages_copies_nothing(world: Anaconda, edges: Edges) -> None:
    world.accounts["my-org"].may_be_private = False
    with pytest.raises(RequestRefusedError, match="You can not create a private package"):
        move(edges)
    assert "hello" not in world.accounts["my-org"].packages


def test_missing_package_or_owner_is_an_error(world: Anaconda, edges: Edges) -> None:
    with pytest.raises(NotFoundError) as caught:
        plan_move(PackageName("alice", "helo"), PackageName("my-org", "helo"), PAGE, edges)
    assert "it is done" not in caught.value.cause
    with pytest.raises(NotFoundError):
        plan_move(SOURCE, PackageName("my-rog", "hello"), PAGE, edges)


def test_public_package_becomes_private(world: Anaconda, edges: Edges) -> None:
    world.accounts["alice"].packages["hello"].public = True
    assert move(edges).was_public
    assert_moved(world)
