"""``conda private token``: create, list, rotate and revoke tokens at a real server."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta

import pexpect
import pytest

from tests.integration.conftest import PASSWORD
from tests.integration.owners import OWNER_SCOPES, changes, give_account, shown_to, state
from tests.integration.runner import Conda
from tests.server import Anaconda, Fault, Server
from tests.server.model import now


@pytest.fixture
def owned(world: Anaconda) -> str:
    """A token with the scopes of an owner, with which this server also creates tokens."""
    token = world.add_token("alice", OWNER_SCOPES, name="owner")
    world.bearers[token] = "alice"
    return token


@pytest.fixture
def owner(conda: Conda, server: Server, owned: str) -> Conda:
    """A user with an account."""
    give_account(conda, server.api, owned)
    return conda


@pytest.mark.hard
def test_token_is_created_for_a_channel_and_installs_from_it(
    owner: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    result = owner.ok(
        *("private", "token", "create", "--for", "my-org", "--label", "dev"),
        *("--name", "my laptop/1", "--expires", "2d", "--json"),
    )
    (created,) = (each for each in world.tokens.values() if each.value != owned)
    assert (created.name, created.scopes) == ("my laptop/1", ("conda:download",))
    assert timedelta(days=1, hours=23) < (created.expires or now()) - now() <= timedelta(days=2)
    entry = result.data["login"]
    assert (entry["token_name"], entry["address"]) == (
        "my laptop/1",
        f"{server.conda}/my-org/label/dev",
    )
    assert result.data["wider_than_download"] == []
    assert created.value not in result.text
    server.clear()
    assert owner.create("env", "hello-private").code == 0
    assert shown_to(server, created.value) == {"conda"}
    assert shown_to(server, owned) == set()


def test_shown_token_is_alone_on_standard_output_and_nowhere_else(
    owner: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    before = state(owner)
    words = ("private", "token", "create", "--show")
    dry = owner.ok(*words, "--pypi", "--dry-run", "--json")
    assert dry.data["scopes"] == ["conda:download", "pypi:download"]
    assert changes(server) == []
    plain = owner.ok(*words, "--name", "ci")
    as_json = owner.ok(*words, "--json", "--scopes", "conda:download,pypi:download")
    tokens = {each.name: each for each in world.tokens.values()}
    assert plain.out == f"{tokens['ci'].value}\n"
    assert 'Token "ci" (scopes: conda:download). It will not be shown again:' in plain.err
    assert as_json.err == ""
    shown = as_json.data["token"]
    assert world.tokens[shown].scopes == ("conda:download", "pypi:download")
    assert state(owner) == before
    # The requested token is shown once; nothing else shows it.
    for text in (plain.out.strip(), shown):
        assert owner.seen.count(text) == 1
        owner.seen = owner.seen.replace(text, "")


@pytest.mark.hard
def test_token_that_nobody_reads_is_revoked_and_the_command_fails(
    owner: Conda, world: Anaconda, owned: str
) -> None:
    before = set(world.tokens)
    reader, writer = os.pipe()
    os.close(reader)
    words = [owner.executable, "private", "token", "create", "--show", "--name", "ci"]
    options = {"env": owner.environment, "stderr": subprocess.PIPE, "text": True}
    done = subprocess.run(words, stdout=writer, check=False, **options)  # type: ignore[call-overload]
    os.close(writer)
    owner.seen += done.stderr
    assert done.returncode == 1
    assert "The token was not shown." in done.stderr
    assert "The new token was revoked" in done.stderr
    assert set(world.tokens) == before


def test_name_in_use_and_unknown_scope_are_refused(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    words = ("token", "create", "--show")
    taken = owner.private(*words, "--name", "owner")
    assert (taken.code, taken.out) == (1, "")
    assert 'Token with name "owner" already exists' in taken.err
    unknown = owner.private(*words, "--scopes", "conda:donwload")
    assert (unknown.code, unknown.out) == (2, "")
    assert "conda:download" in unknown.err
    assert owner.private(*words, "--scopes", " , ").code == 2
    assert len(world.tokens) == 1
    assert [status for *_, status in changes(server)] == [400]


def test_server_that_requires_a_password_gets_it_once(
    owner: Conda, server: Server, world: Anaconda
) -> None:
    world.bearers.clear()
    words = ("token", "create", "--for", "my-org", "--label", "dev", "--add-channel", "none")
    missing = owner.private(*words)
    assert missing.code == 2
    assert "conda private token create --password-stdin" in missing.err
    result = owner.private(*words, "--password-stdin", stdin=PASSWORD)
    assert result.code == 0, result.text
    signed = [each.path for each in server.requests if each.credential == "basic"]
    assert signed == ["/api/authentications"]


def test_token_for_a_failed_login_is_revoked(
    owner: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    server.fail("/noarch/", "conda", how=Fault.status(404))
    result = owner.private("token", "create", "--for", "my-org")
    assert result.code == 1
    assert "The new token was revoked." in result.err
    assert set(world.tokens) == {owned}
    assert not owner.condarc.exists()


@pytest.mark.hard
def test_token_of_one_server_is_not_created_for_another_or_sent_to_it(
    owner: Conda, server: Server, world: Anaconda, token: str
) -> None:
    far = "https://conda.example.org/team"
    created = owner.private("token", "create", "--for", far)
    owner.login(far, "--no-verify", token=token)
    server.clear()
    rotated = owner.private("token", "rotate", far)
    for result in (created, rotated):
        assert result.code == 2
        assert "--api-url" in result.err
    assert shown_to(server, token) == set()
    assert changes(server) == []


@pytest.mark.hard
def test_list_shows_scopes_and_uses(
    owner: Conda, server: Server, world: Anaconda, token: str, owned: str
) -> None:
    world.add_token("alice", name="\x1b[2Jodd\r\nname" + "x" * 500)
    world.tokens[token].expires = now() + timedelta(days=20, hours=1)
    owner.login("my-org", "--api-url", server.api, token=token)
    world.response_headers |= {
        "Conda-Token-Warning": "expires\x1b soon",
        "X-Anaconda-Read-Only": "1",
    }
    result = owner.ok("private", "token", "list")
    assert "in 20 days" in result.out
    assert f"{server.conda}/my-org" in result.out
    assert "all (no restriction)" in result.out
    assert "\x1b" not in result.text
    assert "Warning: The server's warning about this token: expires soon" in result.err
    assert "Warning: The server is in read-only mode" in result.err
    data = owner.ok("private", "token", "list", "--json").data
    assert [bool(each["expires"]) for each in data["tokens"]] == [True, False, False]
    assert data["organization"] is None
    tokens = {each["name"]: each for each in data["tokens"]}
    assert tokens["laptop"]["used_here_for"] == [f"{server.conda}/my-org"]
    (odd,) = tokens.keys() - {"laptop", "owner"}
    assert (odd.isprintable(), tokens[odd]["scopes"]) == (True, [])
    assert len(data["warnings"]) == 2
    assert changes(server) == []
    assert not any(value in result.text for value in world.tokens)


@pytest.mark.hard
def test_revoke_revokes_the_token_of_that_name(
    owner: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    world.add_token("alice", name="old/laptop & co")
    world.add_token("alice", for_user="my-org", name="ci")
    words = ("token", "revoke", "old/laptop & co")
    alone = owner.private(*words)
    assert alone.code == 2
    assert "conda private token revoke 'old/laptop & co' --yes" in alone.err
    assert "Would revoke the token" in owner.private(*words, "--dry-run").out
    assert owner.private("token", "revoke", "none", "--yes").code == 1
    assert changes(server) == []
    result = owner.ok("private", *words, "--yes", "--json")
    assert (result.data["revoked"], result.data["used_here_for"]) == ("old/laptop & co", [])
    assert changes(server) == [("DELETE", "/api/authentications/name/old%2Flaptop%20%26%20co", 201)]
    owner.ok("private", "token", "revoke", "ci", "--org", "my-org", "--yes")
    assert set(world.tokens) == {owned}


def test_rotation_gives_every_login_of_the_token_the_new_one(
    owner: Conda, server: Server, world: Anaconda, token: str, owned: str
) -> None:
    owner.login("my-org", "--api-url", server.api, token=token)
    # This login does not know the name of its token, or the API of its server.
    owner.login("my-org", "--label", "dev", "--no-verify", token=token)
    other = world.add_token("alice", ["conda:download"], name="other")
    owner.login("other", "--no-verify", token=other)
    before = state(owner)
    dry = owner.ok("private", "token", "rotate", "my-org", "--dry-run", "--json")
    assert len(dry.data["addresses"]) == 2
    assert (state(owner), len(world.tokens)) == (before, 3)
    result = owner.ok("private", "token", "rotate", "my-org", "--json")
    assert token not in world.tokens
    (new,) = (each for each in world.tokens.values() if each.value not in (owned, other))
    assert new.name == f"laptop-{now():%Y-%m-%d}"
    assert new.scopes == ("conda:download",)
    assert [each["token_name"] for each in result.data["rotated"]] == [new.name] * 2
    assert result.data["old"] == {"name": "laptop", "revoked": True}
    server.clear()
    assert owner.create("env", "hello-private", "on-main").code == 0
    assert shown_to(server, new.value) == {"conda"}
    assert owner.files_with(token) == []


@pytest.mark.hard
def test_rotation_that_fails_leaves_a_working_token(
    owner: Conda, server: Server, world: Anaconda, token: str, owned: str
) -> None:
    owner.login("my-org", "--api-url", server.api, token=token)
    before = state(owner)
    server.fail("/noarch/", "conda", how=Fault.status(404))
    failed = owner.private("token", "rotate", "my-org")
    assert failed.code == 1
    assert "The new token was revoked. The old token is still in use." in failed.err
    assert (state(owner), set(world.tokens)) == (before, {token, owned})
    server.heal()
    server.fail("/api/authentications$", "api", how=Fault.status(500))
    assert owner.private("token", "rotate", "my-org").code == 1
    assert (state(owner), set(world.tokens)) == (before, {token, owned})


@pytest.mark.hard
def test_rotation_does_not_revoke_the_token_of_the_account(
    owner: Conda, server: Server, world: Anaconda, owned: str
) -> None:
    world.tokens[owned].scopes = ()
    login = owner.login("my-org", "--api-url", server.api, token=owned)
    assert "This token can do more than download: everything." in login.err
    assert "conda private token create --for my-org" in login.err
    result = owner.private("token", "rotate", "my-org")
    assert result.code == 2
    assert "--keep-old" in result.err
    assert set(world.tokens) == {owned}
    rotated = owner.ok("private", "token", "rotate", "my-org", "--keep-old", "--json")
    assert rotated.data["old"] == {"name": "owner", "revoked": False}
    assert len(world.tokens) == 2


@pytest.mark.parametrize(
    ("value", "scopes", "words"),
    [
        ("unknown", None, "This domain requires token authentication"),
        ("ex-pired", (), "Authentication token has expired"),
        ("na-rrow", ("conda:download",), "lacks the scope api:read"),
    ],
)
def test_refusal_quotes_the_message_of_the_server(
    conda: Conda, server: Server, world: Anaconda, value: str, scopes: tuple[str, ...], words: str
) -> None:
    if scopes is not None:
        past = now() - timedelta(seconds=1) if value == "ex-pired" else None
        world.add_token("alice", scopes, past, value=value)
    world.response_headers["X-Anaconda-Lockdown"] = "1"
    give_account(conda, server.api, value)
    result = conda.private("token", "list", "--json")
    assert result.code == 4
    assert words in result.data["message"]
    assert "lockdown mode" in result.data["message"]
    assert value not in result.text


@pytest.mark.parametrize(("answer", "code", "left"), [("n", 2, 2), ("y", 0, 1)])
def test_answer_at_the_terminal_decides_whether_a_token_is_revoked(
    owner: Conda, world: Anaconda, answer: str, code: int, left: int
) -> None:
    world.add_token("alice", name="old")
    owner.run("--version")  # writes conda's settings
    process = pexpect.spawn(
        str(owner.executable),
        ["private", "token", "revoke", "old"],
        env=owner.environment,
        cwd=owner.folder,
        timeout=30,
        encoding="utf-8",
    )
    process.expect(r"will stop working everywhere it is used\.\s+Revoke it\? \[y/N\] ")
    process.sendline(answer)
    process.expect(pexpect.EOF)
    process.wait()
    assert (process.exitstatus, len(world.tokens)) == (code, left)


@pytest.mark.hard
def test_reference_or_missing_token_is_not_rotated(
    owner: Conda, server: Server, token: str
) -> None:
    words = ("my-org", "--no-verify", "--from-env", "MY_TOKEN")
    owner.ok("private", "login", *words)
    result = owner.private("token", "rotate", "my-org")
    assert (result.code, "cannot be replaced in env:MY_TOKEN." in result.err) == (2, True)
    unset = owner.private("login", "--account", server.api, "--from-env", "MY_TOKEN")
    assert (unset.code, "The variable MY_TOKEN is not set." in unset.err) == (4, True)
    owner.secrets_file.unlink()
    gone = owner.private("token", "list")
    assert (gone.code, f"conda private login --account {server.api}" in gone.err) == (4, True)
    assert server.requests == []


@pytest.mark.hard
def test_logout_revokes_the_token_at_the_server_when_asked(
    conda: Conda, server: Server, world: Anaconda, token: str
) -> None:
    conda.login("my-org", "--api-url", server.api, token=token)
    conda.login("my-org", "--label", "dev", "--api-url", server.api, token=token)
    result = conda.ok("private", "logout", "my-org", "--revoke")
    assert "revoked at the server" in result.out
    assert f"the login for {server.conda}/my-org/label/dev had the same token" in result.out
    assert changes(server) == [("DELETE", "/api/authentications", 201)]
    assert token not in world.tokens
    server.clear()
    before = state(conda)
    refused = conda.private("logout", "--all", "--revoke")
    assert (refused.code, 'alice\'s token "laptop"' in refused.err) == (2, True)
    assert (state(conda), server.requests) == (before, [])
    # The token of the other login is already revoked, which is not a failure.
    assert conda.private("logout", "--all", "--revoke", "--yes", "--json").code == 0
