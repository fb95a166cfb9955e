"""A package counts as reserved only when the server says that it is private."""

from __future__ import annotations

import pytest

from conda_private.actions.reserving import find_package, require_private, reserve
from conda_private.model.exceptions import (
    AccessDeniedError,
    AlreadyExistsError,
    PublicPackageError,
    RequestRefusedError,
    ServerError,
)
from conda_private.model.facts import PackageFacts, PackageName
from tests.actions.fake_api import FakePackages

PACKAGE = PackageName("my-org", "hello")
PAGE = "https://anaconda.org/my-org/hello"


class Refusing(FakePackages):
    """Refuses to show a package."""

    def package(self, owner: str, name: str) -> PackageFacts:
        raise AccessDeniedError("no")


def test_package_that_is_missing_is_none_and_a_refusal_is_an_error() -> None:
    assert find_package(PACKAGE, FakePackages()) is None
    there = PackageFacts("hello", public=False)
    assert find_package(PACKAGE, FakePackages({"hello": there})) == there
    with pytest.raises(AccessDeniedError):
        find_package(PACKAGE, Refusing())


def test_reserved_package_is_read_back() -> None:
    packages = FakePackages()
    reserve(PACKAGE, packages, PAGE)
    assert packages.reserved == [PACKAGE]


@pytest.mark.parametrize(("public", "error"), [(True, PublicPackageError), (None, ServerError)])
def test_package_that_is_not_private_afterwards_is_an_error(
    public: bool | None, error: type[ServerError]
) -> None:
    with pytest.raises(error) as caught:
        reserve(PACKAGE, FakePackages(creates=public), PAGE)
    assert type(caught.value) is error
    assert PAGE in caught.value.next_step


def test_package_that_someone_else_created_as_public_is_an_error() -> None:
    public = PackageFacts("hello", public=True)
    with pytest.raises(PublicPackageError, match="Settings > Admin > Private"):
        reserve(PACKAGE, FakePackages({"hello": public}), PAGE)


def test_package_without_access_is_not_taken_for_a_new_one() -> None:
    packages = FakePackages(error=AlreadyExistsError('"hello" exists', cause="Names..."))
    with pytest.raises(AlreadyExistsError) as caught:
        reserve(PACKAGE, packages, PAGE)
    assert "your account has no access to it" in caught.value.cause
    assert "token" not in str(caught.value)


def test_refusal_is_raised_unchanged() -> None:
    refused = RequestRefusedError("You can not create a private package.")
    with pytest.raises(RequestRefusedError) as caught:
        reserve(PACKAGE, FakePackages(error=refused), PAGE)
    assert caught.value is refused


def test_private_package_passes() -> None:
    require_private(PACKAGE, PackageFacts("hello", public=False), PAGE)
