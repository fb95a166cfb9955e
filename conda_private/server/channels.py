"""Channels API: the channels of anaconda.com, their packages, and who can read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conda_private.model.anaconda import ChannelName
from conda_private.model.channel_api import PRIVATE, ChannelFacts
from conda_private.model.facts import PackageFacts, Profile
from conda_private.server.api import Api
from conda_private.server.errors import unexpected_answer
from conda_private.server.words import printable

_PAGE = 100  # items in one answer, as anaconda-client asks for them


class AnacondaComChannels:
    """The requests about channels, to an API like that of anaconda.com.

    Every method raises ``CondaPrivateError`` if the API refuses the request.

    Args:
        api: the API, opened above its part for channels: ``https://HOST/api``.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def profile(self) -> Profile:
        """Return the user that the credential belongs to."""
        answer = self._api.get("account")
        found = answer.get("user") if isinstance(answer, dict) else None
        user = found if isinstance(found, dict) else {}
        login = user.get("username") or user.get("email")
        if not login:
            raise unexpected_answer("an account")
        names = (printable(user.get(key)) for key in ("first_name", "last_name"))
        return Profile(printable(login), full_name=" ".join(filter(None, names)))

    def organizations(self) -> tuple[str, ...]:
        """Return the namespaces of the user."""
        answer = self._api.get("auth", "organizations", "my")
        if not isinstance(answer, list):
            raise unexpected_answer("a list of organizations")
        return tuple(printable(each.get("name")) for each in answer if isinstance(each, dict))

    def channels(self) -> Iterator[ChannelFacts]:
        """Yield the channels that the user owns, and those that are shared with the user."""
        for record in self._pages("repo", "account", "channels", include_subchannels="true"):
            # A namespace is in the list as well; it has no parent.
            if isinstance(record, dict) and record.get("parent"):
                yield _facts(record)

    def channel(self, name: ChannelName) -> ChannelFacts:
        """Return one channel."""
        return _facts(self._api.get(*_path(name)))

    def make_private(self, name: ChannelName) -> None:
        """Make a channel private."""
        self._api.put(*_path(name), content={"privacy": PRIVATE})

    def share(self, name: ChannelName, user: str, grant: str) -> None:
        """Give a user access to a channel."""
        self._sharing(name, {"action": "share", "user": user, "grant": grant})

    def unshare(self, name: ChannelName, user: str) -> None:
        """Take a user's access to a channel away."""
        self._sharing(name, {"action": "unshare", "user": user})

    def packages(self, name: ChannelName) -> Iterator[PackageFacts]:
        """Yield the packages of a channel."""
        return map(_package, self._pages(*_path(name), "artifacts"))

    def _sharing(self, name: ChannelName, content: dict[str, object]) -> None:
        path = ("repo", "namespaces", name.namespace, "channels", name.name, "sharing")
        self._api.post(*path, content=content)

    def _pages(self, *path: str, **query: str) -> Iterator[Any]:
        """Yield the items of a list that the server returns in pages."""
        seen = 0
        while True:
            page = {**query, "offset": str(seen), "limit": str(_PAGE)}
            answer = self._api.get(*path, query=page)
            items = answer.get("items") if isinstance(answer, dict) else None
            if not isinstance(items, list):
                raise unexpected_answer("a list")
            yield from items
            seen += len(items)
            total = answer.get("total_count")
            # An empty page ends the list, whatever the server reports as its length.
            if not items or seen >= (total if isinstance(total, int) else seen):
                return


def _path(name: ChannelName) -> tuple[str, ...]:
    return "repo", "channels", name.namespace, "subchannels", name.name


def _facts(record: Any) -> ChannelFacts:
    if not isinstance(record, dict) or not record.get("name"):
        raise unexpected_answer("a channel")
    owners, packages = record.get("owners"), record.get("artifact_count")
    return ChannelFacts(
        path="/".join(printable(record.get(key)) for key in ("parent", "name")),
        privacy=printable(record.get("privacy")),
        access=printable(record.get("access")),
        packages=packages if isinstance(packages, int) else 0,
        owners=tuple(map(printable, owners)) if isinstance(owners, list) else (),
    )


def _package(record: Any) -> PackageFacts:
    if not isinstance(record, dict) or not record.get("name"):
        raise unexpected_answer("a package")
    versions = record.get("available_versions")
    family = printable(record.get("family"))
    return PackageFacts(
        name=printable(record["name"]),
        version=printable(versions[-1]) if isinstance(versions, list) and versions else "",
        kinds=(family,) if family else (),
    )
