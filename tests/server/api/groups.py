"""Groups of an organization: who is in them and what they reach."""

from __future__ import annotations

from typing import Any

from ..model import Account, Group
from ..rights import owns
from ..wire import Answer, Refusal, as_json
from .accounts import profile
from .finding import owned
from .records import package_record
from .routing import NOT_AUTHORIZED, Api, data, not_found, route

PERMS = ("read", "write", "admin")
NOTHING = Answer(204)


@route("GET", "/groups", "api:read")
def own_groups(api: Api) -> Answer:
    """List the groups that the caller is in."""
    login = api.principal.login
    accounts = [each for each in api.world.accounts.values() if each.kind == "org"]
    pairs = [(account, group) for account in accounts for group in account.groups.values()]
    return as_json([_record(org, group) for org, group in pairs if login in group.members])


@route("GET", "/groups/{organization}", "api:read")
def groups(api: Api, organization: str) -> Answer:
    """List the groups of an organization."""
    account = _inside(api, organization)
    return as_json([_record(account, group) for group in account.groups.values()])


@route("GET", "/group/{organization}/{name}", "api:read")
def show(api: Api, organization: str, name: str) -> Answer:
    """Show a group."""
    account = _inside(api, organization)
    return as_json(_record(account, _group(account, name)))


@route("POST", "/group/{organization}/{name}", "api:modify-group")
def create(api: Api, organization: str, name: str) -> Answer:
    """Make a group, or give one other permissions."""
    account = owned(api, organization)
    perms = data(api.call).get("perms", "read")
    if perms not in PERMS:
        raise Refusal(400, f"Unknown permission {perms}")
    account.groups.setdefault(name, Group(name)).perms = perms
    return NOTHING


@route("GET", "/group/{organization}/{name}/members", "api:read")
def members(api: Api, organization: str, name: str) -> Answer:
    """List the members of a group."""
    group = _group(_inside(api, organization), name)
    return as_json([profile(api.account(login)) for login in sorted(group.members)])


@route("GET", "/group/{organization}/{name}/members/{login}", "api:read")
def is_member(api: Api, organization: str, name: str, login: str) -> Answer:
    """Say whether someone is in a group."""
    if login not in _group(_inside(api, organization), name).members:
        raise not_found(login)
    return NOTHING


@route("PUT", "/group/{organization}/{name}/members/{login}", "api:modify-group")
def add_member(api: Api, organization: str, name: str, login: str) -> Answer:
    """Add somebody to a group."""
    group = _group(owned(api, organization), name)
    group.members.add(api.account(login).login)
    return NOTHING


@route("DELETE", "/group/{organization}/{name}/members/{login}", "api:modify-group")
def remove_member(api: Api, organization: str, name: str, login: str) -> Answer:
    """Take somebody out of a group."""
    _take(_group(owned(api, organization), name).members, login)
    return NOTHING


@route("GET", "/group/{organization}/{name}/packages", "api:read")
def packages(api: Api, organization: str, name: str) -> Answer:
    """List the packages that a group reaches."""
    account = _inside(api, organization)
    names = sorted(_group(account, name).packages & account.packages.keys())
    return as_json([package_record(account.packages[name]) for name in names])


@route("PUT", "/group/{organization}/{name}/packages/{package}", "api:modify-group")
def add_package(api: Api, organization: str, name: str, package: str) -> Answer:
    """Let a group reach a package."""
    account = owned(api, organization)
    if package not in account.packages:
        raise not_found(package)
    _group(account, name).packages.add(package)
    return NOTHING


@route("DELETE", "/group/{organization}/{name}/packages/{package}", "api:modify-group")
def remove_package(api: Api, organization: str, name: str, package: str) -> Answer:
    """Take a package away from a group."""
    _take(_group(owned(api, organization), name).packages, package)
    return NOTHING


def _inside(api: Api, organization: str) -> Account:
    account = api.account(organization)
    who = api.principal
    if not owns(who, account) and not any(
        who.login in group.members for group in account.groups.values()
    ):
        raise Refusal(401, NOT_AUTHORIZED)
    return account


def _group(account: Account, name: str) -> Group:
    if name not in account.groups:
        raise not_found(name)
    return account.groups[name]


def _take(names: set[str], name: str) -> None:
    if name not in names:
        raise not_found(name)
    names.remove(name)


def _record(account: Account, group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "owner": account.login,
        "permission": group.perms,
        "members_count": len(group.members),
        "repos_count": len(group.packages),
    }
