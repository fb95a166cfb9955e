"""Who may do what. Nothing here knows about HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .credentials import Principal
from .model import CHANNEL, OWNERS, Account, Group, Package

if TYPE_CHECKING:
    from .world import Anaconda

READ = frozenset({"read", "write", "admin"})
WRITE = frozenset({"write", "admin"})
ADMIN = frozenset({"admin"})


def has_scope(world: Anaconda, who: Principal, scope: str) -> bool:
    """Whether the scopes of a principal include one, by itself or in a wider one."""
    wide = {scope, "all", *world.wider.get(scope, ())}
    return not who.scopes or bool(wide.intersection(who.scopes))


def may_see(world: Anaconda, who: Principal | None, package: Package, scope: str) -> bool:
    """Whether someone may read a package: anyone may when it is public."""
    if package.public:
        return True
    return who is not None and has_scope(world, who, scope) and holds(world, who, package, READ)


def holds(world: Anaconda, who: Principal, package: Package, perms: frozenset[str]) -> bool:
    """Whether someone has one of ``perms`` on a package, whatever the scopes."""
    owner = world.accounts[package.owner]
    if who.login == owner.login or package.collaborators.get(who.login) in perms:
        return True
    return any(_gives(group, who, package, perms, owner) for group in owner.groups.values())


def _gives(
    group: Group, who: Principal, package: Package, perms: frozenset[str], owner: Account
) -> bool:
    has_all = group.name == OWNERS or owner.kind == CHANNEL
    reaches = has_all or package.name in group.packages
    return reaches and group.perms in perms and who.login in group.members


def owns(who: Principal, owner: Account) -> bool:
    """Whether someone is the account or an owner of the organization."""
    group = owner.groups.get(OWNERS)
    return who.login == owner.login or (group is not None and who.login in group.members)


def may_add(who: Principal, owner: Account) -> bool:
    """Whether someone may add packages to an account: owners, and groups that may write."""
    groups = owner.groups.values()
    writes = any(who.login in group.members and group.perms in WRITE for group in groups)
    return owns(who, owner) or writes


def access(who: Principal | None, channel: Account) -> str:
    """The access that someone has to a channel of anaconda.com: "" if none was given."""
    names = {"owners": "owner", "collaborators": "collaborator", "viewers": "viewer"}
    groups = (channel.groups[name] for name in names)
    found = (names[group.name] for group in groups if who and who.login in group.members)
    return next(found, "")


def may_read(who: Principal | None, channel: Account) -> bool:
    """Whether someone may read a channel of anaconda.com, which can be empty."""
    return channel.privacy == "public" or bool(access(who, channel))
