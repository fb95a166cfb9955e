"""Users, organizations, groups and collaborators."""

from __future__ import annotations

from typing import Any

from conda_private.model.records import Group, Profile
from conda_private.server.api import Api
from conda_private.server.tokens import unreadable
from conda_private.server.words import plain


class AnacondaPeople:
    """The calls of one API about who there is and who may what."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def profile(self, login: str = "") -> Profile:
        """An account; the asking one without a name."""
        answer = self._api.get("user", *([login] if login else []))
        if not isinstance(answer, dict) or not answer.get("login"):
            raise unreadable("an account")
        login, name = plain(answer["login"]), plain(answer.get("name"))
        return Profile(login, "org" if answer.get("user_type") == "org" else "user", name)

    def organizations(self) -> tuple[str, ...]:
        """Those that the asking account is in."""
        return _logins(self._api.get("user", "orgs"))

    def groups(self, organization: str = "") -> tuple[Group, ...]:
        """The groups of an organization, or those that the asking account is in."""
        answer = self._api.get("groups", *([organization] if organization else []))
        # Some servers wrap the list.
        records = answer.get("groups") if isinstance(answer, dict) else answer
        if not isinstance(records, list):
            raise unreadable("its groups")
        return tuple(_group(record, organization) for record in records)

    def members(self, group: Group) -> frozenset[str]:
        """Who is in a group."""
        return frozenset(_logins(self._api.get(*_path(group), "members")))

    def packages_of(self, group: Group) -> frozenset[str]:
        """What a group reaches."""
        return frozenset(_names(self._api.get(*_path(group), "packages"), "name"))

    def make(self, group: Group) -> None:
        """Make a group."""
        self._api.post(*_path(group), content={"perms": group.permission})

    def add_member(self, group: Group, login: str) -> None:
        """Put somebody into a group."""
        self._api.put(*_path(group), "members", login)

    def add_package(self, group: Group, package: str) -> None:
        """Let a group reach a package."""
        self._api.put(*_path(group), "packages", package)

    def collaborators(self, owner: str, package: str) -> frozenset[str]:
        """Who may work on a personal package beside its owner."""
        return frozenset(_logins(self._api.get("packages", owner, package, "collaborators")))

    def add_collaborator(self, owner: str, package: str, login: str) -> None:
        """Add one."""
        self._api.put("packages", owner, package, "collaborators", login)


def _path(group: Group) -> tuple[str, str, str]:
    return "group", group.organization, group.name


def _group(record: Any, organization: str) -> Group:
    if not isinstance(record, dict) or not record.get("name"):
        raise unreadable("a group")
    owner = record.get("owner")
    if isinstance(owner, dict):
        owner = owner.get("login")
    permission = plain(record.get("permission") or record.get("perms"))
    return Group(plain(owner) or organization, plain(record["name"]), permission)


def _logins(answer: Any) -> tuple[str, ...]:
    return _names(answer, "login")


def _names(answer: Any, key: str) -> tuple[str, ...]:
    if not isinstance(answer, list):
        raise unreadable("a list of names")
    return tuple(plain(each.get(key) if isinstance(each, dict) else each) for each in answer)
