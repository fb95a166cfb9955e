"""The channels API: the paths of its requests, and unexpected answers."""

from __future__ import annotations

from typing import Any

import pytest

from conda_private.model.anaconda import ChannelName
from conda_private.model.channel_api import ChannelFacts
from conda_private.model.exceptions import ServerError
from conda_private.model.facts import PackageFacts, Profile
from conda_private.server.api import Api
from conda_private.server.channels import AnacondaComChannels
from tests.server_api.conftest import Wire

NAME = ChannelName("my-ns", "my-channel")


@pytest.fixture
def channels(api: Api) -> AnacondaComChannels:
    """The channels API over the fake connection."""
    return AnacondaComChannels(api)


def test_profile_has_the_name_or_else_the_email(channels: AnacondaComChannels, wire: Wire) -> None:
    wire.says({"user": {"username": "alice", "first_name": "Alice", "last_name": None}})
    assert channels.profile() == Profile("alice", full_name="Alice")
    wire.says({"user": {"username": None, "email": "alice@example.org\x1b"}})
    assert channels.profile() == Profile("alice@example.org")
    assert wire.sent[0][:2] == ("GET", "/account")


@pytest.mark.parametrize("content", [[], {}, {"user": "alice"}, {"user": {"username": ""}}])
def test_answer_without_a_user_is_an_error(
    channels: AnacondaComChannels, wire: Wire, content: Any
) -> None:
    wire.says(content)
    with pytest.raises(ServerError):
        channels.profile()


def test_every_change_has_its_own_path(channels: AnacondaComChannels, wire: Wire) -> None:
    wire.says({})
    channels.make_private(NAME)
    channels.share(NAME, "bob", "write")
    channels.unshare(NAME, "bob@example.org")
    sharing = "/repo/namespaces/my-ns/channels/my-channel/sharing"
    assert wire.sent == [
        ("PUT", "/repo/channels/my-ns/subchannels/my-channel", {"privacy": "private"}),
        ("POST", sharing, {"action": "share", "user": "bob", "grant": "write"}),
        ("POST", sharing, {"action": "unshare", "user": "bob@example.org"}),
    ]


def test_channel_is_read_with_what_is_reported(channels: AnacondaComChannels, wire: Wire) -> None:
    wire.says({"name": "my-channel", "parent": "my-ns", "privacy": "private"})
    assert channels.channel(NAME) == ChannelFacts("my-ns/my-channel", "private")
    record = {"name": "c", "parent": "n", "privacy": "authenticated", "artifact_count": 3}
    wire.says({**record, "owners": ["alice\x1b"]})
    found = channels.channel(NAME)
    assert (found.packages, found.owners) == (3, ("alice",))
    assert (found.is_private, found.is_public) == (False, False)


@pytest.mark.parametrize("content", [None, [], {}, {"name": ""}])
def test_answer_without_a_channel_is_an_error(
    channels: AnacondaComChannels, wire: Wire, content: Any
) -> None:
    wire.says(content)
    with pytest.raises(ServerError):
        channels.channel(NAME)


def test_namespaces_are_not_in_the_list_of_channels(
    channels: AnacondaComChannels, wire: Wire
) -> None:
    namespace = {"name": "my-ns", "parent": None, "privacy": "public"}
    wire.says({"items": [namespace, {"name": "a", "parent": "my-ns", "access": "viewer"}, 7]})
    assert list(channels.channels()) == [ChannelFacts("my-ns/a", "", "viewer")]
    path = "/repo/account/channels?include_subchannels=true&offset=0&limit=100"
    assert [url for _, url, _ in wire.sent] == [path]


def test_packages_have_the_last_of_their_versions(
    channels: AnacondaComChannels, wire: Wire
) -> None:
    one = {"name": "a", "family": "conda", "available_versions": ["1.0", "2.0"]}
    wire.says({"items": [one, {"name": "b"}], "total_count": 2})
    found = [PackageFacts("a", "2.0", kinds=("conda",)), PackageFacts("b")]
    assert list(channels.packages(NAME)) == found
    for wrong in ([], {"items": {}}, {"items": ["a"]}, {"items": [{"family": "conda"}]}):
        wire.says(wrong)
        with pytest.raises(ServerError):
            list(channels.packages(NAME))


def test_namespaces_of_the_user_are_read_from_records(
    channels: AnacondaComChannels, wire: Wire
) -> None:
    wire.says([{"name": "my-ns", "id": "1"}, {"name": "alice"}, None])
    assert channels.organizations() == ("my-ns", "alice")
    wire.says({})
    with pytest.raises(ServerError):
        channels.organizations()
