"""Together with the real, unmodified command-line client of anaconda.org."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest

from tests.integration.conftest import PASSWORD
from tests.integration.owners import OWNER_SCOPES, give_account
from tests.integration.runner import Conda
from tests.server import Anaconda, Server

PYTHON = os.environ.get("ANACONDA_CLIENT_PYTHON")
START = "import sys; from anaconda_cli_base.cli import app; sys.argv[0] = 'anaconda'; app()"

pytestmark = [
    pytest.mark.hard,
    pytest.mark.skipif(
        not PYTHON,
        reason="ANACONDA_CLIENT_PYTHON does not name an interpreter with anaconda-client",
    ),
]
Client = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def client(conda: Conda, server: Server) -> Client:
    """Run ``anaconda org ...`` as the same user."""
    folder = conda.home / "client"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "config.yaml").write_text(f"url: {server.api}\n")
    conda.environment["BINSTAR_CONFIG_DIR"] = str(folder)
    environment = {**conda.environment, "ANACONDA_CLIENT_LEGACY_INTERACTIVE_LOGIN": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(PYTHON), "-c", START, "org", *words],
            env=environment,
            input="",
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
            check=False,
        )
        conda.files_of_others[:] = folder.rglob("*.token")
        return done

    return run


def test_login_of_the_client_is_imported_and_its_token_is_listed(
    conda: Conda, server: Server, world: Anaconda, client: Client
) -> None:
    done = client("login", "--username", "alice", "--password", PASSWORD)
    assert done.returncode == 0, done.stderr
    (token,) = world.tokens.values()
    (used,) = conda.ok("private", "whoami", "--json").data["identities"]
    assert (used["account"], used["token_name"]) == ("alice", token.name)
    imported = conda.ok("private", "import", "--from", "anaconda-client").out
    assert f"Imported alice's account at {server.api}" in imported
    assert client("logout").returncode == 0
    assert world.tokens == {}
    # The client has revoked the token.
    assert conda.private("whoami").code == 4


def test_import_does_not_need_the_files_of_the_client(
    conda: Conda, server: Server, world: Anaconda, client: Client
) -> None:
    client("login", "--username", "alice", "--password", PASSWORD)
    (token,) = world.tokens.values()
    conda.ok("private", "import", "--from", "anaconda-client")
    for file in conda.files_of_others:
        file.unlink()
    assert conda.ok("private", "whoami", "--json").data["identities"][0]["account"] == "alice"
    (listed,) = conda.ok("private", "token", "list", "--json").data["tokens"]
    assert (listed["name"], listed["used_here_for"]) == (token.name, ["owners' commands"])


def test_token_that_we_create_is_listed_and_removed_by_the_client(
    conda: Conda, server: Server, world: Anaconda, client: Client
) -> None:
    owned = world.add_token("alice", OWNER_SCOPES, name="owner")
    world.bearers[owned] = "alice"
    give_account(conda, server.api, owned)
    conda.ok("private", "token", "create", "--for", "my-org", "--name", "from-conda-private")
    client("login", "--username", "alice", "--password", PASSWORD)
    listed = client("auth", "--list")
    assert "from-conda-private" in listed.stdout + listed.stderr
    assert "conda:download" in listed.stdout + listed.stderr
    removed = client("auth", "--remove", "from-conda-private")
    assert removed.returncode == 0, removed.stderr
    assert conda.private("check", "my-org").code == 4


def test_group_that_we_create_is_shown_by_the_client(
    conda: Conda, server: Server, world: Anaconda, client: Client
) -> None:
    world.add_user("bob")
    give_account(conda, server.api, world.add_token("alice", OWNER_SCOPES))
    conda.ok("private", "share", "my-org/hello-private", "--with", "bob")
    client("login", "--username", "alice", "--password", PASSWORD)
    for action, name in (
        ("show", "'permission': 'read'"),
        ("members", "bob"),
        ("packages", "hello-private"),
    ):
        done = client("groups", action, "my-org/hello-private-readers")
        assert done.returncode == 0, done.stderr
        assert name in done.stdout + done.stderr, done.stdout + done.stderr


def test_group_that_the_client_creates_is_used_by_us(
    conda: Conda, server: Server, world: Anaconda, client: Client
) -> None:
    world.add_user("bob")
    client("login", "--username", "alice", "--password", PASSWORD)
    assert client("groups", "add", "my-org/partners", "--perms", "read").returncode == 0
    words = ("share", "my-org/hello-private", "--with", "bob", "--group", "partners", "--json")
    shared = conda.ok("private", *words).data
    assert (shared["group_created"], shared["permission"]) == (False, "read")
    assert world.accounts["my-org"].groups["partners"].members == {"bob"}


def test_exported_account_is_used_by_the_client_and_can_be_imported_again(
    conda: Conda, server: Server, world: Anaconda, client: Client
) -> None:
    owned = world.add_token("alice", OWNER_SCOPES, name="owner")
    world.bearers[owned] = "alice"
    give_account(conda, server.api, owned)
    before = client("whoami")
    assert "alice" not in before.stdout + before.stderr
    conda.ok("private", "export", "--to", "anaconda-client", "--yes")  # into a file of the client
    after = client("whoami")
    assert "alice" in after.stdout + after.stderr
    conda.ok("private", "import", "--from", "anaconda-client")
