"""Packages: list, search, show, make, change and remove them."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Package
from ..rights import may_see
from ..wire import Answer, Refusal, as_json
from .finding import open_for, package_of, writable
from .records import full_record, package_record
from .routing import Api, data, route

NO_PRIVATE = "You can not create a private package."


@route("GET", "/packages", "api:read")
def own_packages(api: Api) -> Answer:
    """List the packages of the caller."""
    return _listing(api, api.account(api.principal.login).packages.values())


@route("GET", "/packages/{login}", "api:read", optional=True)
def packages(api: Api, login: str) -> Answer:
    """List the packages of an account."""
    return _listing(api, api.account(login).packages.values())


@route("GET", "/search", "api:read", optional=True)
def search(api: Api) -> Answer:
    """Search all accounts for a part of a name."""
    part = api.call.query.get("name", "").lower()
    accounts = api.world.accounts.values()
    found = [package for account in accounts for package in account.packages.values()]
    return _listing(api, [package for package in found if part in package.name.lower()])


def _listing(api: Api, found: Iterable[Package]) -> Answer:
    seen = [package for package in found if may_see(api.world, api.who, package, "api:read")]
    return as_json([package_record(package) for package in seen if _matches(api, package)])


def _matches(api: Api, package: Package) -> bool:
    query = api.call.query
    record = package_record(package)
    kind = query.get("package_type", query.get("type"))
    access = "public" if package.public else "private"
    wanted = [
        (kind, record["package_types"]),
        (query.get("platform"), record["conda_platforms"]),
        (query.get("access"), [access]),
    ]
    return all(value is None or value in values for value, values in wanted)


@route("GET", "/package/{login}/{name}", "api:read", optional=True)
def show(api: Api, login: str, name: str) -> Answer:
    """Show a package."""
    return as_json(full_record(package_of(api, login, name)))


@route("POST", "/package/{login}/{name}", "api:write")
def create(api: Api, login: str, name: str) -> Answer:
    """Make a package; nothing else decides whether it is private."""
    account = open_for(api, login)
    wish = data(api.call)
    public = bool(wish.get("public", True))
    if not public and not account.may_be_private:
        raise Refusal(400, NO_PRIVATE)
    if name in account.packages:
        return _existing(api, account.packages[name])
    package = Package(login, name, public, wish.get("public_attrs") or {})
    account.packages[name] = package
    return as_json(full_record(package))


def _existing(api: Api, package: Package) -> Answer:
    if api.world.existing_package != 200:
        raise Refusal(api.world.existing_package, f'Package "{package.name}" already exists')
    return as_json(full_record(package))


@route("PATCH", "/package/{login}/{name}", "api:write")
def change(api: Api, login: str, name: str) -> Answer:
    """Change the attributes of a package; ``public`` is none of them."""
    package = writable(api, login, name)
    package.attrs.update(data(api.call).get("public_attrs") or {})
    return as_json(full_record(package))


@route("DELETE", "/package/{login}/{name}", "api:write")
def remove(api: Api, login: str, name: str) -> Answer:
    """Remove a package with all its files."""
    package = writable(api, login, name)
    del api.account(login).packages[package.name]
    return as_json({}, 201)
