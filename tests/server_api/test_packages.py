"""The packages of an account, in any format that an API may return."""

from __future__ import annotations

from typing import Any

import pytest

from conda_private.model.exceptions import NotFoundError, ServerError
from conda_private.model.facts import PackageFacts, PackageName
from conda_private.server.api import Api
from conda_private.server.packages import AnacondaPackages
from tests.server_api.conftest import Wire, answer

RECORD = {
    "name": "hello",
    "latest_version": "2.0",
    "public": False,
    "package_types": ["conda", "pypi"],
    "files": [{"labels": ["main", "dev"]}, {"labels": ["dev"]}],
}


@pytest.fixture
def packages(api: Api) -> AnacondaPackages:
    """The packages API over the fake connection."""
    return AnacondaPackages(api)


def test_one_package_has_the_labels_of_all_its_files(
    packages: AnacondaPackages, wire: Wire
) -> None:
    wire.says(RECORD)
    expected = PackageFacts("hello", "2.0", False, ("conda", "pypi"), ("dev", "main"))
    assert packages.package("my-org", "hel lo") == expected
    assert wire.sent == [("GET", "/package/my-org/hel%20lo", None)]


def test_package_is_reserved_as_private(packages: AnacondaPackages, wire: Wire) -> None:
    wire.says({})
    packages.reserve(PackageName("my-org", "hel lo"))
    content = {"public": False, "publish": False, "public_attrs": {}}
    assert wire.sent == [("POST", "/package/my-org/hel%20lo", content)]


def test_list_is_sorted_and_labels_are_requested_for_each_package(
    packages: AnacondaPackages, wire: Wire
) -> None:
    wire.says([{"name": "b"}, {"name": "a", "public": True}])
    listed = packages.packages("my-org")
    assert listed == (PackageFacts("a", public=True), PackageFacts("b"))
    wire.says(RECORD)
    assert [each.name for each in packages.with_labels("my-org", listed)] == ["hello"] * 2
    assert {path for _, path, _ in wire.sent} == {
        "/packages/my-org",
        "/package/my-org/a",
        "/package/my-org/b",
    }
    assert list(packages.with_labels("my-org", ())) == []


def test_first_package_is_handed_on_before_all_labels_are_requested(
    packages: AnacondaPackages, wire: Wire
) -> None:
    wire.says(RECORD)
    names = (PackageFacts(str(number)) for number in range(100))
    assert next(packages.with_labels("my-org", names)).labels == ("dev", "main")
    assert len(list(names)) > 80


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("package_types", odd) for odd in (None, 5, "conda", {"conda": 1})),
        *(("files", odd) for odd in (None, 5, "x", {}, [5], [None], [{}], [{"labels": 5}])),
        ("files", [{"labels": "main"}]),
        *(("public", odd) for odd in (None, "yes", 1)),
        ("latest_version", ["1.0"]),
    ],
)
def test_invalid_fields_of_a_package_are_ignored(
    packages: AnacondaPackages, wire: Wire, field: str, value: Any
) -> None:
    wire.says({**RECORD, field: value})
    found = packages.package("my-org", "hello")
    assert found.name == "hello"
    if field == "public":
        assert found.public is None
    if field == "files":
        assert found.labels == ()
    if field == "package_types":
        assert found.kinds == ()


@pytest.mark.parametrize("said", [{}, {"name": ""}, {"name": "\x1b"}, [], None, "x", 5])
def test_package_without_a_name_is_a_clear_error(
    packages: AnacondaPackages, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError, match="did not return a package"):
        packages.package("my-org", "hello")


@pytest.mark.parametrize("said", [{}, None, "x", 5])
def test_answer_that_is_not_a_list_is_a_clear_error(
    packages: AnacondaPackages, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError, match="did not return a list of packages"):
        packages.packages("my-org")


def test_refusal_of_one_package_is_raised(packages: AnacondaPackages, wire: Wire) -> None:
    wire.says(answer({"error": '"a" could not be found'}, 404))
    with pytest.raises(NotFoundError):
        list(packages.with_labels("my-org", [PackageFacts("a"), PackageFacts("b")]))
