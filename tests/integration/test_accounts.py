"""An account: the credential for the owners' commands, which is never used for downloads."""

from __future__ import annotations

import json

import pytest

from tests.integration.conftest import PASSWORD
from tests.integration.owners import (
    OWNER_SCOPES,
    changes,
    give_account,
    give_client_login,
    shown_to,
    state,
)
from tests.integration.runner import Conda
from tests.server import Anaconda, Server

JUST_MINE = ("--override-channels", "-c", "my-org/label/dev")


@pytest.fixture
def owned(world: Anaconda) -> str:
    """A token with the scopes for the owners' commands."""
    return world.add_token("alice", OWNER_SCOPES, name="owner")


def test_login_asks_the_server_for_the_user_and_stores_the_token(
    conda: Conda, server: Server, owned: str
) -> None:
    result = conda.login("--account", server.api, "--json", token=owned)
    assert result.err == ""
    account = result.data["account"]
    assert (account["api"], account["user"], account["token_name"]) == (
        server.api,
        "alice",
        "owner",
    )
    assert (account["source"], result.data["warnings"]) == ("file", [])
    assert result.data["token_scopes"] == list(OWNER_SCOPES)
    assert [each.path for each in server.requests] == ["/api/authentication", "/api/user"]
    listed = conda.private("list").out
    assert f"{server.api}" in listed
    assert "never used for downloads" in listed
    assert 'alice\'s token "owner"' in listed


def test_dry_run_stores_nothing(conda: Conda, server: Server, owned: str) -> None:
    conda.run("--version")
    before = state(conda)
    result = conda.login("--account", server.api, "--dry-run", token=owned)
    assert f'Would log in to {server.api} as alice, token "owner"' in result.out
    assert "nothing was changed (--dry-run)" in result.out
    assert state(conda) == before
    assert changes(server) == []


def test_token_that_can_only_download_is_no_account(
    conda: Conda, server: Server, token: str
) -> None:
    result = conda.private("login", "--account", server.api, "--token-stdin", stdin=token)
    assert result.code == 4
    assert "expected: api:read" in result.err
    assert "lacks the scope api:read" in result.err
    assert "Nothing was stored." in result.err
    assert not conda.secrets_file.exists()


@pytest.mark.parametrize("below", ["", "/my-org"])
def test_account_at_the_address_of_a_channel_authenticates_no_download(
    conda: Conda, server: Server, world: Anaconda, below: str
) -> None:
    full = world.add_token("alice", name="full")
    give_account(conda, server.conda + below, full)
    result = conda.create("env", *JUST_MINE, "hello-private")
    assert result.code != 0
    assert any(each.path.startswith("/my-org/") for each in server.requests)
    assert shown_to(server, full) == set()


def test_token_of_a_channel_is_not_used_for_an_owners_command(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    full = world.add_token("alice", name="full")
    conda.login("my-org", "--api-url", server.api, token=full)
    server.clear()
    result = conda.private("token", "list", "--api-url", server.api)
    assert result.code == 4
    assert "AccountMissingError" in result.err
    assert f"conda private login --account {server.api}" in result.err
    assert server.requests == []


@pytest.mark.hard
def test_token_of_anaconda_client_is_used_where_there_is_no_own_account(
    conda: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    theirs = world.add_token("alice", name="theirs")
    file = give_client_login(conda, server.api, theirs)
    assert conda.private("whoami", "--json").data["identities"][0]["token_name"] == "theirs"
    assert shown_to(server, theirs) == {"api"}
    # The login of an account refers to it, and logging out leaves it alone.
    conda.ok("private", "login", "--account", server.api)
    conda.ok("private", "logout", "--account", server.api)
    assert file.read_text() == theirs
    give_account(conda, server.api, owned)
    server.clear()
    assert conda.private("whoami", "--json").data["identities"][0]["token_name"] == "owner"
    assert shown_to(server, theirs) == set()


def test_password_is_exchanged_for_a_token_with_an_owners_scopes(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    words = ("--account", server.api, "--username", "alice")
    result = conda.login(*words, token=PASSWORD)
    (token,) = world.tokens.values()
    assert token.scopes == OWNER_SCOPES
    assert token.name.startswith("conda-private-")
    assert f'Logged in to {server.api} as alice, token "{token.name}"' in result.out
    assert conda.files_with(token.value) == [conda.secrets_file]
    signed = [each for each in server.requests if each.credential == "basic"]
    assert [(each.method, each.path) for each in signed] == [("POST", "/api/authentications")]
    # A second login does not replace the first one's token at the server.
    conda.login(*words, token=PASSWORD)
    assert len(world.tokens) == 2


def test_new_token_that_cannot_be_stored_is_revoked(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    world.scopes.pop("api:read")
    words = ("login", "--account", server.api, "--username", "alice", "--password-stdin")
    result = conda.private(*words, stdin=PASSWORD)
    assert result.code == 1
    assert "Invalid scopes: api:read" in result.err
    world.scopes["api:read"] = ""
    conda.data_folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    conda.secrets_file.write_text("rubbish")
    conda.secrets_file.chmod(0o600)
    result = conda.private(*words, stdin=PASSWORD)
    assert result.code == 1
    assert "FileFormatError" in result.err
    assert "The new token was revoked." in result.err
    assert world.tokens == {}


def test_server_that_takes_no_passwords_gets_none(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    world.authentication_type = "browser"
    words = ("--username", "alice", "--password-stdin")
    for login in (("--account", server.api), ("my-org", "--api-url", server.api)):
        result = conda.private("login", *login, *words, stdin=PASSWORD)
        assert result.code == 4
        assert "conda private import --from anaconda-client" in result.err
        assert "in a browser" in result.err
    assert {each.path for each in server.requests} == {"/api/authentication-type"}
    assert not conda.secrets_file.exists()


def test_wrong_password_is_refused_and_the_alternative_is_named(
    conda: Conda, server: Server
) -> None:
    words = ("login", "--account", server.api, "--username", "alice", "--password-stdin", "--json")
    result = conda.private(*words, stdin="a wrong one")
    assert result.code == 4
    assert "Invalid username or password" in result.data["message"]
    assert "import --from anaconda-client" in result.data["message"]
    assert "a wrong one" not in result.text


def test_logout_deletes_the_token_and_revokes_it_when_asked(
    conda: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    give_account(conda, server.api, owned)
    before = state(conda)
    dry = conda.ok("private", "logout", "--account", server.api, "--revoke", "--dry-run")
    assert f"Would log out of the account at {server.api}" in dry.out
    assert state(conda) == before
    assert changes(server) == []
    result = conda.ok("private", "logout", "--account", server.api, "--revoke", "--json")
    assert result.data["accounts"][0]["api"] == server.api
    assert changes(server) == [("DELETE", "/api/authentications", 201)]
    assert owned not in world.tokens
    assert not conda.secrets_file.exists()
    assert conda.private("logout", "--account", server.api).code == 4


def test_logout_of_an_account_with_a_revoked_token_works(
    conda: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    give_account(conda, server.api, owned)
    del world.tokens[owned]
    conda.ok("private", "logout", "--account", server.api, "--revoke")
    assert not conda.secrets_file.exists()


def test_api_without_tls_on_another_machine_gets_nothing(conda: Conda) -> None:
    far = "http://api.example.org/api"
    give_account(conda, far, "ca-nary-1")
    give_client_login(conda, far, "ca-nary-2")
    for words in (
        ("login", "--account", far, "--token-stdin"),
        ("share", "my-org/x", "--with", "bob"),
        ("import", "--from", "anaconda-client", "--json"),
    ):
        result = conda.private(*words, stdin="ca-nary-3")
        assert "InsecureUrlError" in result.text, words
        assert result.code == 2
    assert "conda private login --account https://api.example.org/api" in result.text or (
        json.loads(result.out)["failed"][0]["api"] == far
    )


def test_account_is_not_for_a_channel(conda: Conda, server: Server) -> None:
    for words in (("login", "my-org"), ("logout", "--all")):
        result = conda.private(*words, "--account", server.api)
        assert (result.code, "UsageError" in result.err) == (2, True)
    assert server.requests == []


def test_two_accounts_have_to_be_told_apart(conda: Conda, server: Server, owned: str) -> None:
    give_account(conda, server.api, owned)
    give_account(conda, "https://api.example.org", "another-one")
    result = conda.private("whoami")
    assert result.code == 2
    assert f"--api-url {server.api}" in result.err
    assert conda.private("whoami", "--api-url", server.api).code == 0
