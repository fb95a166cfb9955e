"""The files of a package: the paths of the requests, and answers in other formats."""

from __future__ import annotations

from typing import Any

import pytest

from conda_private.model.exceptions import ServerError
from conda_private.model.facts import PackageName
from conda_private.model.package_files import FileFacts
from conda_private.server.api import Api
from conda_private.server.package_files import AnacondaPackageFiles
from tests.server_api.conftest import Wire

PACKAGE = PackageName("alice", "hello")
FILE = FileFacts("1.0", "noarch/hello-1.0-0.conda", "ab", frozenset({"dev"}))
RECORD = {"version": "1.0", "basename": FILE.basename, "sha256": "ab", "labels": ["dev"]}


@pytest.fixture
def files(api: Api) -> AnacondaPackageFiles:
    """The API of files over the fake connection."""
    return AnacondaPackageFiles(api)


def test_content_has_every_file_by_version_and_name(
    files: AnacondaPackageFiles, wire: Wire
) -> None:
    old = {"version": "1.0", "basename": "hello.whl", "sha256": None, "md5": "cd", "labels": []}
    wire.says({"name": "hello", "public": False, "files": [RECORD, old]})
    found = files.content(PACKAGE)
    assert found.facts.public is False
    assert found.files[FILE.key] == FILE
    assert found.files["1.0", "hello.whl"].digest == "cd"
    assert wire.sent == [("GET", "/package/alice/hello", None)]


def test_every_change_has_its_own_path(files: AnacondaPackageFiles, wire: Wire) -> None:
    wire.says({})
    files.copy(PACKAGE, FILE, "my-org", "dev")
    files.add_label(PACKAGE, FILE, "a/b")
    files.remove_file(PACKAGE, FILE)
    files.remove(PACKAGE)
    path = "alice/hello/1.0/noarch/hello-1.0-0.conda"
    labels = {"to_owner": "my-org", "from_channel": "dev", "to_channel": "dev"}
    names = {"package": "hello", "version": "1.0", "basename": FILE.basename}
    assert wire.sent == [
        ("POST", f"/copy/package/{path}", labels),
        ("POST", "/channels/alice/a%2Fb", names),
        ("DELETE", f"/dist/{path}", None),
        ("DELETE", "/package/alice/hello", None),
    ]


@pytest.mark.parametrize("listed", [None, "x", {}, 5, ["x"], [None], [{}]])
def test_package_whose_files_are_not_listed_is_not_empty(
    files: AnacondaPackageFiles, wire: Wire, listed: Any
) -> None:
    wire.says({"name": "hello", "files": listed})
    with pytest.raises(ServerError, match="did not return"):
        files.content(PACKAGE)


@pytest.mark.parametrize(
    ("field", "value"), [("version", ""), ("basename", None), ("labels", "dev"), ("labels", None)]
)
def test_file_that_cannot_be_identified_is_an_error(
    files: AnacondaPackageFiles, wire: Wire, field: str, value: Any
) -> None:
    wire.says({"name": "hello", "files": [{**RECORD, field: value}]})
    with pytest.raises(ServerError, match="did not return a file"):
        files.content(PACKAGE)
