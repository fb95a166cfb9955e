"""Private channels of anaconda.com, with a real conda: the owner shares, the user installs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.owners import shown_to
from tests.integration.runner import Conda
from tests.server import PERSONALITIES, Anaconda, Server
from tests.server.settings import API_KEY

CHANNEL = "my-ns/my-channel"


@pytest.fixture
def place(world: Anaconda, server: Server, packages: dict) -> str:
    """The address of a private channel of alice's with one package."""
    world.personality = PERSONALITIES["anaconda-cloud"]
    world.add_user("bob")
    world.add_private_channel(CHANNEL, owners=["alice"])
    world.add_package(CHANNEL, packages["hello-private-1.0"])
    return server.channel("my-ns", channel="my-channel")


def test_user_installs_from_a_channel_after_the_owner_shared_it(
    new_conda: Callable[[str], Conda], server: Server, world: Anaconda, place: str
) -> None:
    owner, user = new_conda(server.conda), new_conda(server.conda)
    api, key, other = (
        f"{server.api}/repo",
        world.add_token("alice", API_KEY),
        world.add_token("bob", API_KEY),
    )
    words = ("private", "login", place, "--scheme", "bearer", "--token-stdin")
    refused = user.run(*words, stdin=other)
    assert refused.code == 4
    account = ("private", "login", "--account", api, "--token-stdin")
    assert f"Logged in to {api} as alice" in owner.ok(*account, stdin=key).out
    assert shown_to(server, key) == {"api"}
    owner.ok("private", "share", CHANNEL, "--with", "bob")
    assert "(1 package, 1 private)" in user.ok(*words, stdin=other).out
    user.create("new", "hello-private")
    assert (user.prefix("new") / "bin" / "hello-private").is_file()
    owner.ok("private", "unshare", CHANNEL, "--with", "bob", "--yes")
    assert user.private("check").code == 4
