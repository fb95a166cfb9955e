"""``conda private whoami``: for an account, and for a channel's login."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.owners import changes, give_account, shown_to
from tests.integration.runner import Conda
from tests.server import Anaconda, Server
from tests.server.model import now


@pytest.mark.hard
def test_account_shows_its_organizations_and_groups(
    conda: Conda, server: Server, world: Anaconda, token: str
) -> None:
    world.accounts["alice"].name = "Alice\x1b[2J A."
    expires = now() + timedelta(days=9, hours=1)
    full = world.add_token("alice", ["api", "conda"], expires, "full")
    conda.login("my-org", "--api-url", server.api, token=token)
    give_account(conda, server.api, full)
    server.clear()
    text = conda.ok("private", "whoami").out
    assert f"alice (Alice[2J A.) at {server.api}" in text
    assert "my-org/owners (admin)" in text
    assert "in 9 days" in text
    (found,) = conda.ok("private", "whoami", "--json").data["identities"]
    assert (found["account"], found["token_name"], found["scopes"]) == (
        "alice",
        "full",
        ["api", "conda"],
    )
    assert found["organizations"] == ["my-org", "other"]
    assert found["used_for"] == "owners' commands"
    assert shown_to(server, token) == set()
    assert changes(server) == []


@pytest.mark.hard
def test_login_of_a_channel_shows_its_scopes(conda: Conda, server: Server, token: str) -> None:
    conda.login("my-org", "--api-url", server.api, token=token)
    server.clear()
    text = conda.ok("private", "whoami", "my-org").out
    assert f"alice at {server.api}" in text
    assert "not reported" in text
    assert "lacks the scope api:read" in text
    by_api = conda.ok("private", "whoami", "--api-url", server.api, "--json")
    (found,) = by_api.data["identities"]
    assert (found["used_for"], found["groups"]) == (f"{server.conda}/my-org", None)
    assert shown_to(server, token) == {"api"}


@pytest.mark.hard
def test_server_without_an_api_is_2_and_no_account_is_4(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", token=token)
    server.clear()
    result = conda.private("whoami", "my-org")
    assert (result.code, "The API of the server of" in result.err) == (2, True)
    missing = conda.private("whoami", "--api-url", server.api)
    assert (missing.code, "AccountMissingError" in missing.err) == (4, True)
    assert server.requests == []
