"""A new kind of store needs one module and one row: every verb works with it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conda.cli.main import main

from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError
from conda_private.model.secret import Secret
from conda_private.model.source import KINDS, Source, storages
from tests.home import home_in
from tests.server import Anaconda, Server, build_package, serve
from tests.stores import toy

OWNER_SCOPES = ("api:read", "api:write", "api:modify-group")
Run = Callable[..., str]


@pytest.fixture
def world(tmp_path: Path) -> Anaconda:
    """``my-org`` of alice, with a private package."""
    world = Anaconda()
    world.add_user("alice")
    world.add_organization("my-org", owners=["alice"])
    world.add_package("my-org", build_package(tmp_path, "hello", "1.0"), private=True)
    return world


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on the loopback."""
    with serve(world) as server:
        yield server
        assert server.errors == []


@pytest.fixture
def channel(server: Server) -> str:
    """The address of a channel with a private package."""
    return f"{server.conda}/my-org"


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that gives access to the channel."""
    return world.add_token("alice", scopes=["conda:download"], name="laptop")


@pytest.fixture
def owner_token(world: Anaconda) -> str:
    """A token for the owners' commands."""
    token = world.add_token("alice", scopes=OWNER_SCOPES, name="owner")
    world.bearers[token] = "alice"
    return token


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(KINDS, "toy", toy.ROW)
    yield
    toy.STORED.clear()
    toy.PROVIDED.clear()


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs ``conda private WORDS`` in this process, with a home of its own; it must succeed."""
    for name in ("BINSTAR_CONFIG_DIR", "XDG_CONFIG_HOME", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

    def conda_private(*words: str, stdin: str = "") -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        machine.resolver.cache_clear()
        code = main("private", *words)
        out, err = capfd.readouterr()
        assert code == 0, out + err
        return str(out)

    home = tmp_path / "home"
    home.mkdir()
    with home_in(home):
        yield conda_private


def login(run: Run, channel: str, server: Server, *words: str, stdin: str = "") -> str:
    """Log in to the channel, without a change of any ``.condarc``."""
    options = ("--api-url", server.api, "--add-channel", "none", "--condarc", "unused")
    return run("login", channel, *options, *words, stdin=stdin)


def test_login_stores_the_credential_under_its_address(
    run: Run, channel: str, server: Server, token: str
) -> None:
    out = login(run, channel, server, "--storage", "toy", "--token-stdin", stdin=token)
    assert "stored in  toy store toy" in out
    assert {channel: Secret(token)} == toy.STORED
    (listed,) = json.loads(run("list", "--json"))["logins"]
    assert (listed["address"], listed["source"]) == (channel, "toy")
    files = [path for path in Path.home().rglob("*") if path.is_file()]
    assert files
    assert not any(token in path.read_text() for path in files)


def test_credential_authenticates_a_request(
    run: Run, channel: str, server: Server, token: str
) -> None:
    login(run, channel, server, "--storage", "toy", "--token-stdin", stdin=token)
    machine.resolver.cache_clear()
    resolver = machine.resolver()
    found = resolver.find(f"{channel}/noarch/repodata.json")
    assert found is not None
    assert resolver.secret(found) == Secret(token)


def test_rotate_replaces_the_credential_and_logout_deletes_it(
    run: Run, channel: str, server: Server, world: Anaconda, token: str, owner_token: str
) -> None:
    login(run, channel, server, "--storage", "toy", "--token-stdin", stdin=token)
    run("login", "--account", server.api, "--storage", "toy", "--token-stdin", stdin=owner_token)
    account = {key: secret for key, secret in toy.STORED.items() if key != channel}
    run("token", "rotate", channel)
    new = toy.STORED[channel].reveal()
    assert new != token
    assert {each.value for each in world.tokens.values()} == {new, owner_token}
    run("logout", channel)
    assert account == toy.STORED
    assert json.loads(run("list", "--json"))["logins"] == []


def test_credential_of_an_account_has_a_key_that_no_login_can_have(
    run: Run, server: Server, owner_token: str
) -> None:
    run("login", "--account", server.api, "--storage", "toy", "--token-stdin", stdin=owner_token)
    ((key, secret),) = toy.STORED.items()
    assert secret == Secret(owner_token)
    assert key != server.api
    with pytest.raises(AddressError):
        Address.parse(key)
    run("logout", "--account", server.api)
    assert toy.STORED == {}
    assert json.loads(run("list", "--json"))["accounts"] == []


def test_account_and_login_at_one_address_have_two_credentials(
    run: Run, server: Server, token: str, owner_token: str
) -> None:
    words = ("--storage", "toy", "--no-verify", "--token-stdin")
    login(run, server.api, server, *words, stdin=token)
    run("login", "--account", server.api, *words, stdin=owner_token)
    assert toy.STORED[server.api] == Secret(token)
    assert sorted(map(Secret.reveal, toy.STORED.values())) == sorted((token, owner_token))
    run("logout", "--account", server.api)
    assert {server.api: Secret(token)} == toy.STORED


def test_login_that_moves_to_another_store_is_deleted_from_the_old_one(
    run: Run, channel: str, server: Server, token: str
) -> None:
    login(run, channel, server, "--storage", "toy", "--token-stdin", stdin=token)
    login(run, channel, server, "--storage", "file", "--token-stdin", stdin=token)
    assert toy.STORED == {}


def test_storage_can_be_given_and_proposed() -> None:
    assert "toy" in storages()
    assert Source.proposed("toy") == Source.storage("toy") == Source("toy")


def test_storage_is_in_the_help(run: Run) -> None:
    shown = " ".join(run("login", "--help").split())
    assert "auto (default), keyring, keyring:MODULE.CLASS, file, helper:NAME, toy" in shown


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new kind of reference."""
    monkeypatch.setitem(KINDS, "toy-reference", toy.REFERENCE_ROW)


@pytest.mark.usefixtures("reference")
def test_option_of_a_new_reference_is_in_the_help(run: Run) -> None:
    shown = " ".join(run("login", "--help").split())
    assert "--from-toy NAME store no credential; read the toy NAME each time" in shown


@pytest.mark.usefixtures("reference")
def test_login_with_a_new_reference_stores_no_credential_and_reads_it(
    run: Run, channel: str, server: Server, token: str
) -> None:
    toy.PROVIDED["mine"] = Secret(token)
    login(run, channel, server, "--from-toy", "mine")
    (listed,) = json.loads(run("list", "--json"))["logins"]
    assert listed["source"] == "toy-reference:mine"
    assert toy.STORED == {}
    machine.resolver.cache_clear()
    found = machine.resolver().find(f"{channel}/noarch/repodata.json")
    assert found is not None
    assert machine.resolver().secret(found) == Secret(token)
    run("logout", channel)
    assert {"mine": Secret(token)} == toy.PROVIDED
