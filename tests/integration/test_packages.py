"""``conda private packages``: from the API with an account, from the channel without one."""

from __future__ import annotations

import pytest

from tests.integration.owners import changes, give_account, shown_to
from tests.integration.runner import Conda
from tests.server import Anaconda, Server

ALL = {
    "hello-private": (False, ["dev"], "1.0"),
    "hello-public": (True, ["main"], "1.0"),
    "on-main": (False, ["main"], "1.0"),
}


def listed(conda: Conda, *words: str) -> dict[str, tuple[object, ...]]:
    """Return the listed packages, and the source of the list."""
    data = conda.ok("private", "packages", *words, "--json").data
    found = {each["name"]: each for each in data["packages"]}
    shown = {
        name: (each["public"], each["labels"], each["version"]) for name, each in found.items()
    }
    return {"asked": data["asked"], **shown}


@pytest.fixture
def account(world: Anaconda) -> str:
    """A token that can read through the API."""
    return world.add_token("alice", ["api:read"], name="reader")


@pytest.mark.hard
def test_account_sees_every_label(conda: Conda, server: Server, account: str, token: str) -> None:
    conda.login("my-org", token=token)
    give_account(conda, server.api, account)
    server.clear()
    assert listed(conda, "my-org") == {"asked": "api", **ALL}
    assert listed(conda, "my-org", "--label", "dev", "--private") == {
        "asked": "api",
        "hello-private": ALL["hello-private"],
    }
    assert {each.origin for each in server.requests} == {"api"}
    assert shown_to(server, account) == {"api"}
    assert shown_to(server, token) == set()
    assert changes(server) == []


@pytest.mark.hard
def test_without_an_account_the_channel_is_read_with_its_login(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", token=token)
    conda.login("my-org", "--label", "dev", token=token)
    server.clear()
    assert listed(conda, "my-org") == {
        "asked": "channel",
        "hello-public": (True, [], "1.0"),
        "on-main": (False, [], "1.0"),
    }
    assert listed(conda, "my-org/label/dev", "--public") == {"asked": "channel"}
    assert {each.origin for each in server.requests} == {"conda"}
    text = conda.ok("private", "packages", "my-org").out
    assert "PACKAGE" in text
    assert "on-main" in text


def test_channel_without_login_or_account_is_4(conda: Conda, server: Server) -> None:
    result = conda.private("packages", "my-org")
    assert (result.code, "NotLoggedInError" in result.err) == (4, True)
    assert conda.private("packages", server.conda).code in (2, 4)
    assert server.requests == []


def test_names_of_a_hostile_server_move_no_cursor(
    conda: Conda, server: Server, world: Anaconda, account: str
) -> None:
    shown = world.accounts["my-org"].packages
    odd = "a/b\x1b[2J c?d"
    shown[odd] = shown.pop("on-main")
    shown[odd].name = odd
    give_account(conda, server.api, account)
    result = conda.private("packages", "my-org")
    assert "\x1b" not in result.text
    # The shown name differs from the real one, so the request for its details fails.
    assert (result.code, "could not be found" in result.err) == (1, True)
