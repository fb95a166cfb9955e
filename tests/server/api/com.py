"""The channels of anaconda.com: list, show, make, change, share and remove them.

From what anaconda-client 1.16.0 sends and needs. What it does not show is a setting of the world.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..model import CHANNEL, COLLABORATORS, OWNERS, VIEWERS, Account
from ..rights import access, may_read
from ..wire import Answer, Refusal, as_json
from .accounts import organizations
from .routing import ANY_TOKEN, Api, data, route

PATHS = ("repo", "auth/", "account")
NAME = re.compile(r"[a-z][a-z0-9_-]*")
PRIVACY = ("private", "authenticated", "public")
PATH = "/repo/channels/{ns}/subchannels/{name}"


def refused(world: Any, refusal: Refusal) -> Answer:
    """A refusal as anaconda.com says it."""
    text: Any = refusal.text
    if refusal.status == 401:
        text, key = {"code": "auth_required", "message": text}, "error"
    else:
        key = world.com_error
        text = {"message": text} if key == "error" else text
    return as_json({key: text}, refusal.status, refusal.headers)


@route("GET", "/account", ANY_TOKEN)
def account(api: Api) -> Answer:
    """Show the caller."""
    who = api.account(api.principal.login)
    first, _, last = who.name.partition(" ")
    user = {"id": who.login, "username": who.login, "email": f"{who.login}@example.org"}
    user |= {"first_name": first, "last_name": last}
    return as_json({"user": user, "profile": {"is_confirmed": True}, "subscriptions": []})


@route("GET", "/auth/account/profile", ANY_TOKEN)
def profile(api: Api) -> Answer:
    """Show the caller's name."""
    return as_json({"username": api.principal.login})


@route("GET", "/auth/organizations/my", ANY_TOKEN)
def my_organizations(api: Api) -> Answer:
    """List the namespaces of the caller."""
    found = organizations(api, api.principal.login)
    return as_json([{"id": each["login"], "name": each["login"]} for each in found])


@route("GET", "/repo/account/channels", ANY_TOKEN)
def my_channels(api: Api) -> Answer:
    """List the channels that the caller owns, and those that are shared with them."""
    found = [each for each in _channels(api) if access(api.who, each)]
    return page(api, [{**record(each), "access": access(api.who, each)} for each in found])


@route("GET", "/repo/channels", ANY_TOKEN)
def readable_channels(api: Api) -> Answer:
    """List the channels that the caller can read."""
    return page(api, [record(each) for each in _channels(api) if may_read(api.who, each)])


@route("GET", PATH, ANY_TOKEN)
def show_channel(api: Api, ns: str, name: str) -> Answer:
    """Show a channel."""
    return as_json(record(channel_of(api, ns, name)))


@route("PUT", PATH, ANY_TOKEN)
def change_channel(api: Api, ns: str, name: str) -> Answer:
    """Change the privacy of a channel."""
    channel = owned(api, ns, name)
    privacy = data(api.call).get("privacy", channel.privacy)
    if privacy not in PRIVACY:
        raise Refusal(422, "privacy is not one of those that there are")
    if privacy == "private" != channel.privacy:
        _within_limit(api, ns)
    changed, channel.privacy = channel.privacy != privacy, privacy
    for package in channel.packages.values():
        package.public = privacy == "public"
    return as_json({"changed": changed})


@route("DELETE", PATH, ANY_TOKEN)
def remove_channel(api: Api, ns: str, name: str) -> Answer:
    """Remove a channel."""
    del api.world.accounts[owned(api, ns, name).login]
    return Answer(204)


@route("POST", "/repo/namespace-channels", ANY_TOKEN)
def create_channel(api: Api) -> Answer:
    """Make a channel in a namespace of the caller."""
    wish, who = data(api.call), api.principal.login
    ns, name = wish.get("namespace") or who, wish["channel_name"]
    if not (NAME.fullmatch(name) and NAME.fullmatch(ns)):
        raise Refusal(422, f"{ns}/{name} is not a name of a channel")
    if ns != who and ns not in {each["login"] for each in organizations(api, who)}:
        raise Refusal(403, f"You may not create channels in {ns}")
    path = f"{ns}/{name}"
    is_new = path not in api.world.accounts
    if is_new:
        privacy = wish.get("privacy", "private")
        if privacy == "private":
            _within_limit(api, ns)
        api.world.add_private_channel(path, [who], privacy)
    return as_json({"channel_path": path, "org_id": ns}, 201 if is_new else 200)


@route("POST", "/repo/namespaces/{ns}/channels/{name}/sharing", ANY_TOKEN)
def share_channel(api: Api, ns: str, name: str) -> Answer:
    """Share a channel with a user, or take it away from them."""
    channel, wish = owned(api, ns, name), data(api.call)
    user = wish["user"].partition("@")[0]
    if user not in api.world.accounts:
        raise Refusal(404, f"User {user} not found")
    viewers, collaborators = channel.groups[VIEWERS].members, channel.groups[COLLABORATORS].members
    group = {"read": viewers, "write": collaborators}.get(wish.get("grant", "read"))
    if group is None or wish["action"] not in ("share", "unshare"):
        raise Refusal(422, "This is neither share nor unshare, with read or write")
    if wish["action"] == "share":
        _refuse_more(api, channel, user, already=user in group)
    for members in (viewers, collaborators):
        members.discard(user)
    if wish["action"] == "share":
        group.add(user)
    return as_json({})


def _refuse_more(api: Api, channel: Account, user: str, *, already: bool) -> None:
    if already and api.world.shared_again != 200:
        raise Refusal(api.world.shared_again, f"The channel is already shared with {user}")
    limit = api.world.sharing_limit
    users = channel.groups[VIEWERS].members | channel.groups[COLLABORATORS].members
    if limit is not None and user not in users and len(users) >= limit:
        raise Refusal(403, f"A channel of this plan can only have {limit} collaborators")


def _within_limit(api: Api, namespace: str) -> None:
    limit, mine = api.world.channel_limit, f"{namespace}/"
    private = [each for each in _channels(api) if each.privacy == "private"]
    if limit is not None and sum(each.login.startswith(mine) for each in private) >= limit:
        raise Refusal(403, f"{namespace} has reached the limit of {limit} private channels")


def _channels(api: Api) -> list[Account]:
    return [each for each in api.world.accounts.values() if each.kind == CHANNEL]


def channel_of(api: Api, namespace: str, name: str) -> Account:
    """A channel that the caller can read, or 404."""
    channel = api.world.accounts.get(f"{namespace}/{name}")
    if channel is None or not may_read(api.who, channel):
        raise Refusal(404, f"Channel {namespace}/{name} not found")
    return channel


def owned(api: Api, namespace: str, name: str) -> Account:
    """A channel that the caller owns, or 403."""
    channel = channel_of(api, namespace, name)
    if access(api.who, channel) != "owner":
        raise Refusal(403, f"You do not own {namespace}/{name}")
    return channel


def record(channel: Account) -> dict[str, Any]:
    """What the API shows of a channel; the access only in the caller's own list."""
    namespace, _, name = channel.login.partition("/")
    return {
        "name": name,
        "parent": namespace,
        "privacy": channel.privacy,
        "description": "",
        "artifact_count": len(channel.packages),
        "download_count": 0,
        "owners": sorted(channel.groups[OWNERS].members),
        "created": str(channel.created),
        "updated": str(channel.created),
    }


def page(api: Api, items: Iterable[dict[str, Any]]) -> Answer:
    """The part of a list that was asked for."""
    found, query = list(items), api.call.query
    start = int(query.get("offset", 0))
    shown = found[start : start + int(query.get("limit", 100))]
    return as_json({"items": shown, "total_count": len(found)})
