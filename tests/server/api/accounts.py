"""Who there is: the server itself, users and organizations."""

from __future__ import annotations

from typing import Any

from ..model import OWNERS, Account
from ..wire import Answer, as_json
from .routing import ANYBODY, Api, route


@route("GET", "/?", ANYBODY)
def root(api: Api) -> Answer:
    """Say that the server is there."""
    return as_json({"ok": 1})


@route("GET", "/authentication-type", ANYBODY)
def authentication_type(api: Api) -> Answer:
    """Say how one signs in."""
    return as_json({"authentication_type": api.world.authentication_type})


@route("GET", "/user", "api:read")
def current_user(api: Api) -> Answer:
    """Show the caller."""
    return as_json(profile(api.account(api.principal.login)))


@route("GET", "/user/orgs", "api:read")
def current_organizations(api: Api) -> Answer:
    """List the organizations of the caller."""
    return as_json(organizations(api, api.principal.login))


@route("GET", "/user/{login}", ANYBODY)
def user(api: Api, login: str) -> Answer:
    """Show an account."""
    return as_json(profile(api.account(login)))


@route("GET", "/users/{login}/orgs", ANYBODY)
def user_organizations(api: Api, login: str) -> Answer:
    """List the organizations of a user."""
    return as_json(organizations(api, api.account(login).login))


def profile(account: Account) -> dict[str, Any]:
    """What the API shows of an account."""
    return {
        "login": account.login,
        "name": account.name,
        "user_type": account.kind,
        "created_at": str(account.created),
        "company": "",
        "description": "",
        "location": "",
        "url": "",
    }


def organizations(api: Api, login: str) -> list[dict[str, Any]]:
    """The organizations that a user is in, by any group."""
    accounts = [each for each in api.world.accounts.values() if each.kind == "org"]
    return [
        {**profile(account), "is_owner": login in owners(account)}
        for account in accounts
        if account.kind == "org"
        and any(login in group.members for group in account.groups.values())
    ]


def owners(account: Account) -> set[str]:
    """The logins of the owners of an organization."""
    return account.groups[OWNERS].members if OWNERS in account.groups else set()
