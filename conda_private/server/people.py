"""People API: users, organizations, groups, and their package permissions."""

from __future__ import annotations

from typing import Any

from conda_private.model.facts import Group, Profile
from conda_private.server.api import Api
from conda_private.server.errors import unexpected_answer
from conda_private.server.words import printable


class AnacondaPeople:
    """The requests about users and groups, to an API like that of anaconda.org.

    Every method raises ``CondaPrivateError`` if the API refuses the request.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def profile(self, login: str = "") -> Profile:
        """Return an account; without a name, the one that the credential belongs to."""
        answer = self._api.get("user", *([login] if login else []))
        if not isinstance(answer, dict) or not answer.get("login"):
            raise unexpected_answer("an account")
        login, name = printable(answer["login"]), printable(answer.get("name"))
        return Profile(login, "org" if answer.get("user_type") == "org" else "user", name)

    def organizations(self, login: str = "") -> tuple[str, ...]:
        """Return the organizations of a user; without a name, those of the account."""
        return _logins(self._api.get(*(("users", login) if login else ("user",)), "orgs"))

    def groups(self, organization: str = "") -> tuple[Group, ...]:
        """Return the groups of an organization; without a name, the groups of the account."""
        answer = self._api.get("groups", *([organization] if organization else []))
        # Some servers wrap the list.
        records = answer.get("groups") if isinstance(answer, dict) else answer
        if not isinstance(records, list):
            raise unexpected_answer("a list of groups")
        return tuple(_group(record, organization) for record in records)

    def members(self, group: Group) -> frozenset[str]:
        """Return the users in a group."""
        return frozenset(_logins(self._api.get(*_path(group), "members")))

    def packages_of(self, group: Group) -> frozenset[str]:
        """Return the packages that a group has access to."""
        return frozenset(_names(self._api.get(*_path(group), "packages"), "name"))

    def create_group(self, group: Group) -> None:
        """Create a group."""
        self._api.post(*_path(group), content={"perms": group.permission})

    def add_member(self, group: Group, login: str) -> None:
        """Add a user to a group."""
        self._api.put(*_path(group), "members", login)

    def add_package(self, group: Group, package: str) -> None:
        """Give a group access to a package."""
        self._api.put(*_path(group), "packages", package)

    def collaborators(self, owner: str, package: str) -> frozenset[str]:
        """Return the users with access to a personal package, except its owner."""
        return frozenset(_logins(self._api.get("packages", owner, package, "collaborators")))

    def add_collaborator(self, owner: str, package: str, login: str) -> None:
        """Give a user access to a personal package."""
        self._api.put("packages", owner, package, "collaborators", login)

    def remove_member(self, group: Group, login: str) -> None:
        """Remove a user from a group."""
        self._api.delete(*_path(group), "members", login)

    def remove_collaborator(self, owner: str, package: str, login: str) -> None:
        """Take a user's access to a package away."""
        self._api.delete("packages", owner, package, "collaborators", login)


def _path(group: Group) -> tuple[str, str, str]:
    return "group", group.organization, group.name


def _group(record: Any, organization: str) -> Group:
    if not isinstance(record, dict) or not record.get("name"):
        raise unexpected_answer("a group")
    owner = record.get("owner")
    if isinstance(owner, dict):
        owner = owner.get("login")
    permission = printable(record.get("permission") or record.get("perms"))
    return Group(printable(owner) or organization, printable(record["name"]), permission)


def _logins(answer: Any) -> tuple[str, ...]:
    return _names(answer, "login")


def _names(answer: Any, key: str) -> tuple[str, ...]:
    if not isinstance(answer, list):
        raise unexpected_answer("a list of names")
    return tuple(printable(each.get(key) if isinstance(each, dict) else each) for each in answer)
