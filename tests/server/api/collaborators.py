"""Collaborators: users who may work on one package of somebody else's."""

from __future__ import annotations

from ..rights import ADMIN, holds
from ..wire import Answer, Refusal, as_json
from .accounts import profile
from .finding import package_of
from .routing import NOT_AUTHORIZED, Api, not_found, route

COLLABORATORS = "/packages/{login}/{name}/collaborators"


@route("GET", COLLABORATORS, "api:read")
def collaborators(api: Api, login: str, name: str) -> Answer:
    """List the collaborators of a package."""
    package = package_of(api, login, name)
    perms = sorted(package.collaborators.items())
    return as_json([{**profile(api.account(user)), "permission": perm} for user, perm in perms])


@route("PUT", COLLABORATORS + "/{user}", "api:write")
def add(api: Api, login: str, name: str, user: str) -> Answer:
    """Add a collaborator."""
    collaborator = api.account(user).login
    _table(api, login, name)[collaborator] = api.world.collaborator_perms
    return as_json({}, 201)


@route("DELETE", COLLABORATORS + "/{user}", "api:write")
def remove(api: Api, login: str, name: str, user: str) -> Answer:
    """Remove a collaborator."""
    if _table(api, login, name).pop(user, None) is None:
        raise not_found(user)
    return as_json({}, 201)


def _table(api: Api, login: str, name: str) -> dict[str, str]:
    package = package_of(api, login, name)
    if not holds(api.world, api.principal, package, ADMIN):
        raise Refusal(401, NOT_AUTHORIZED)
    return package.collaborators
