"""``login CHANNEL --username``: the password is exchanged for a token, and is not stored."""

from __future__ import annotations

from pathlib import Path

import pexpect
import pytest

from tests.integration.owners import changes
from tests.integration.runner import Conda
from tests.server import Anaconda, Fault, Server

PASSWORD = "tr0ub4dor://& 3"


@pytest.fixture(autouse=True)
def bob(world: Anaconda) -> None:
    """A registered user in a group with read access to the private package."""
    world.add_user("bob", password=PASSWORD)
    world.add_group("my-org", "readers", "read", ["bob"], ["hello-private"])


def words(server: Server) -> tuple[str, ...]:
    """Return the arguments of the login."""
    return ("my-org", "--label", "dev", "--username", "bob", "--api-url", server.api)


def test_member_of_a_read_only_group_installs_the_private_package(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    dry = conda.private("login", *words(server), "--dry-run")
    assert (dry.code, server.requests, conda.data_folder.exists()) == (0, [], False)
    result = conda.login(*words(server), token=PASSWORD)
    (token,) = world.tokens.values()
    assert (token.user, token.scopes) == ("bob", ("conda:download",))
    assert "Logged in to my-org/label/dev with bob's token" in result.out
    assert "(1 package, 1 private)" in result.out
    assert "can do more than download" not in result.err
    signed = [(each.origin, each.path) for each in server.requests if "basic" in each.credential]
    assert signed == [("api", "/api/authentications")]
    assert conda.create("env", "hello-private").code == 0


def test_user_in_no_group_gets_the_reason_and_no_token(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    world.accounts["my-org"].groups["readers"].members.clear()
    result = conda.private("login", *words(server), "--password-stdin", stdin=PASSWORD)
    assert result.code == 4
    assert (
        "bob can sign in, but has no access to private packages in my-org/label/dev." in result.err
    )
    assert "conda private share my-org/PACKAGE --with bob" in result.err
    assert "The new token was revoked." in result.err
    assert world.tokens == {}
    assert [method for method, *_ in changes(server)] == ["POST", "DELETE"]
    assert not conda.secrets_file.exists()


@pytest.mark.parametrize("broken", ["secrets.json", "the server"])
def test_token_is_revoked_when_the_login_fails(
    conda: Conda, server: Server, world: Anaconda, broken: str
) -> None:
    if broken == "the server":
        server.fail("/noarch/", "conda", how=Fault.html())
    else:
        conda.data_folder.mkdir(parents=True, mode=0o700)
        conda.secrets_file.mkdir()
    result = conda.private("login", *words(server), "--password-stdin", "--json", stdin=PASSWORD)
    assert result.code == 1
    assert "The new token was revoked." in result.data["message"]
    assert world.tokens == {}
    assert not (conda.data_folder / "credentials.json").exists()


@pytest.mark.parametrize(
    "answer",
    [
        b'{"token": "ne-w\\r\\nX-Evil: 1"}',
        b"[" * 50_000,
        b"<html>ne-w</html>",
    ],
)
def test_answer_without_a_token_is_not_stored_or_requested_again(
    conda: Conda, server: Server, answer: bytes
) -> None:
    kind = {"Content-Type": "application/json"}
    server.fail("/authentications$", "api", how=Fault.status(200, kind, answer))
    result = conda.private("login", *words(server), "--password-stdin", stdin=PASSWORD)
    assert (result.code, "ne-w" in result.text) == (1, False)
    assert "conda private token list" in result.err
    assert not conda.secrets_file.exists()
    assert len(changes(server)) == 1


@pytest.mark.hard
def test_ctrl_c_while_the_token_is_verified_revokes_it(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    server.fail("/noarch/", "conda", how=Fault.slow(2))
    conda.run("--version")  # writes conda's settings
    process = pexpect.spawn(
        str(conda.executable),
        ["private", "login", *words(server)],
        env=conda.environment,
        cwd=conda.folder,
        timeout=30,
        encoding="utf-8",
    )
    process.expect("Password of bob for .* \\(input hidden\\): ")
    assert process.waitnoecho(timeout=10)
    process.sendline(PASSWORD)
    while not any(each.path.endswith("/authentication") for each in server.requests):
        process.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=0.1)
    listing = Path(f"/proc/{process.pid}/cmdline")
    if listing.exists():
        assert PASSWORD.encode() not in listing.read_bytes()
    process.sendintr()
    server.heal()
    process.expect(pexpect.EOF)
    process.wait()
    conda.seen += process.before or ""
    assert process.exitstatus == 130
    assert world.tokens == {}
    assert not conda.secrets_file.exists()


def test_reference_cannot_store_a_token(conda: Conda, server: Server) -> None:
    result = conda.private("login", *words(server), "--from-env", "X")
    assert (result.code, server.requests) == (2, [])
    assert "--scheme basic" in result.err
