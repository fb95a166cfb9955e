"""Logging out of an account whose token is already revoked."""

from __future__ import annotations

from tests.integration.runner import Conda
from tests.server import Anaconda, Server

SCOPES = ["api:read", "api:write"]


def test_account_with_a_revoked_token_can_be_logged_out_with_revoke(
    conda: Conda, world: Anaconda, server: Server
) -> None:
    token = world.add_token("alice", scopes=SCOPES)
    conda.login("--account", server.api, token=token)
    del world.tokens[token]
    assert conda.ok("private", "logout", "--account", server.api, "--revoke")
    assert conda.files_with(token) == []
    assert conda.ok("private", "list", "--json").data["accounts"] == []
