"""Reserve a package as private, so that its first upload is not public."""

from __future__ import annotations

from conda_private.model.exceptions import (
    AlreadyExistsError,
    NotFoundError,
    PublicPackageError,
    ServerError,
)
from conda_private.model.facts import PackageFacts, PackageName
from conda_private.model.ports import PackageApi


def find_package(package: PackageName, packages: PackageApi) -> PackageFacts | None:
    """Return a package; None if there is none, or the account has no access to it."""
    try:
        return packages.package(*package)
    except NotFoundError:
        return None


def require_private(package: PackageName, facts: PackageFacts, page: str) -> None:
    """Return if a package is private.

    Args:
        package: the package.
        facts: what the server reports about it.
        page: its web page.

    Raises:
        PublicPackageError: it is public.
        ServerError: the server does not report it.
    """
    if facts.public is None:
        raise ServerError(
            f"The server does not report whether {package} is private.",
            cause="Its answer has no field for it.",
            next_step=f"open {page}",
        )
    if facts.public:
        raise PublicPackageError.at(package, page)


def reserve(package: PackageName, packages: PackageApi, page: str) -> None:
    """Create a private package without files, and read it back.

    Args:
        package: the package, which does not exist as far as the account can see.
        packages: the server's packages.
        page: its web page.

    Raises:
        AlreadyExistsError: there is one that the account has no access to.
        PublicPackageError: it is public, for example because someone else was faster.
        CondaPrivateError: the server refused it, for example because of the account's plan.
    """
    try:
        packages.reserve(package)
    except AlreadyExistsError as error:
        raise AlreadyExistsError(
            error.what,
            cause=f"There is a package {package}, and your account has no access to it.",
            next_step=f"ask an owner of {package.owner}, or choose another name",
        ) from error
    require_private(package, packages.package(*package), page)
