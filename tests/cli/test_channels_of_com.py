"""The commands for channels of anaconda.com, in process: what they ask, change, and report."""

from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conda.base.context import reset_context

from conda_private.cli.verbs import execute, parse
from conda_private.composition import machine, servers
from conda_private.model.address import Address
from conda_private.model.anaconda import COM_API
from conda_private.model.exceptions import (
    AccessDeniedError,
    AccountMissingError,
    AddressError,
    CondaPrivateError,
    NoTerminalError,
    NotFoundError,
    RequestRefusedError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.known_servers import ANACONDA_API
from conda_private.model.login import Account
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.home import home_in
from tests.server import Anaconda, Fault, Server, build_package, serve
from tests.server.settings import API_KEY

JSON = {"Content-Type": "application/json"}
CHANNEL = "my-ns/my-channel"
SHARING = "POST /api/repo/namespaces/my-ns/channels/my-channel/sharing"
PRIVACY = "PUT /api/repo/channels/my-ns/subchannels/my-channel"


class Terminal(io.StringIO):
    """A terminal at which a user has typed something."""

    def isatty(self) -> bool:
        return True


class Owner:
    """Alice, who has an account at anaconda.com."""

    def __init__(self, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
        self.server, self.world, self._capsys = server, server.world, capsys
        self.api = f"{server.api}/repo"

    def run(self, *words: str) -> str:
        """Run a command, which must succeed; return its standard output."""
        arguments, _ = parse(ArgumentParser(prog="conda private"), words, None)
        reset_context(argparse_args={"json": bool(arguments.json)})
        self._capsys.readouterr()
        assert execute(arguments) == 0
        return self._capsys.readouterr().out

    def data(self, *words: str) -> Any:
        """Run it with ``--json``."""
        return json.loads(self.run(*words, "--json"))

    def sent(self) -> list[tuple[str, Any]]:
        """The requests that change something; the list is then empty again."""
        found = [r for r in self.server.requests if r.method != "GET"]
        self.server.clear()
        return [(f"{r.method} {r.path}", json.loads(r.body)) for r in found]

    def members(self, group: str) -> set[str]:
        """The users with a role."""
        return self.world.accounts[CHANNEL].groups[group].members


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package."""
    return build_package(tmp_path_factory.mktemp("packages"), "hello", "1.0")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests of this module."""
    with serve(Anaconda()) as server:
        yield server
        assert not server.errors


@pytest.fixture
def owner(
    server: Server,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Owner]:
    """A private and a public channel of alice's, and one that bob shares with her."""
    world = server.world
    world.accounts.clear()
    server.heal()
    for name in ("alice", "bob", "carol"):
        world.add_user(name, name=f"{name.title()} Example")
    world.add_organization("my-ns", owners=["alice"])
    world.add_private_channel(CHANNEL, owners=["alice"])
    world.add_private_channel("my-ns/open", owners=["alice"], privacy="public")
    world.add_private_channel("bobs/tools", owners=["bob"]).groups["viewers"].members.add("alice")
    world.add_private_channel("bobs/own", owners=["bob"])
    for channel in (CHANNEL, "my-ns/open"):
        world.add_package(channel, file)
    world.sharing_limit = None
    world.shared_again = 200
    world.com_error = "message"
    owner = Owner(server, capsys)
    token = Secret(world.add_token("alice", API_KEY))
    account = Account(Address.parse(owner.api), FILE, user="alice")
    monkeypatch.setattr(servers, "accounts", lambda: (account,))
    monkeypatch.setattr(servers, "secret_of", lambda account: token)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    server.clear()
    yield owner
    reset_context(argparse_args={})


def refused(owner: Owner, *words: str) -> CondaPrivateError:
    with pytest.raises(CondaPrivateError) as caught:
        owner.run(*words)
    return caught.value


def test_channels_are_listed_with_access_and_privacy(owner: Owner) -> None:
    lines = owner.run("channels").splitlines()
    assert [line.split() for line in lines] == [
        ["CHANNEL", "ACCESS", "PRIVACY", "PACKAGES"],
        [CHANNEL, "owner", "private", "1"],
        ["my-ns/open", "owner", "public", "1"],
        ["bobs/tools", "viewer", "private", "0"],
    ]
    listed = owner.data("channels")
    assert listed["api"] == owner.api
    first = {"name": CHANNEL, "access": "owner", "privacy": "private", "packages": 1}
    assert listed["channels"][0] == first


def test_list_of_channels_is_read_to_its_last_page(owner: Owner) -> None:
    for number in range(230):
        owner.world.add_private_channel(f"my-ns/n{number}", owners=["alice"])
    assert len(owner.data("channels")["channels"]) == 233
    assert len(owner.server.requests) == 3


def test_empty_page_ends_a_list_that_should_be_longer(owner: Owner) -> None:
    body = b'{"items": [], "total_count": 7}'
    owner.server.fail("account/channels", "api", how=Fault.status(200, JSON, body))
    assert owner.run("channels") == "No channels.\n"
    assert len(owner.server.requests) == 1


@pytest.mark.parametrize("body", [b"[]", b'{"items": 1}', b'{"items": [{"parent": "a"}]}'])
def test_answer_that_is_no_list_of_channels_is_an_error(owner: Owner, body: bytes) -> None:
    owner.server.fail("account/channels", "api", how=Fault.status(200, JSON, body))
    assert isinstance(refused(owner, "channels"), ServerError)


def test_channels_of_anaconda_org_are_not_shared_with_users(owner: Owner) -> None:
    error = refused(owner, "channels", "--on", "anaconda.org")
    assert (error.return_code, error.next_step) == (2, "conda private channels --on anaconda.com")


def test_packages_are_listed_by_the_api(owner: Owner) -> None:
    place = f"{owner.server.conda}/repo/{CHANNEL}"
    words = ("packages", place, "--api-url", owner.api)
    assert owner.data(*words)["packages"] == [
        {"name": "hello", "version": "1.0", "public": False, "kinds": ["conda"], "labels": []}
    ]
    assert owner.run(*words, "--public") == "No packages.\n"
    assert "hello" in owner.run(*words, "--private")
    other = ("packages", place.replace("my-channel", "open"), "--api-url", owner.api)
    assert owner.data(*other, "--public")["packages"][0]["public"] is True
    error = refused(owner, "packages", owner.server.conda, "--api-url", owner.api)
    assert isinstance(error, AddressError)


def test_whoami_shows_the_user_and_the_namespaces(owner: Owner) -> None:
    text = owner.run("whoami")
    assert text.startswith(f"alice (Alice Example) at {owner.api}\n")
    assert "organizations  my-ns" in text
    assert "scopes" not in text
    assert "groups" not in text
    (found,) = owner.data("whoami")["identities"]
    assert (found["account"], found["scopes"], found["groups"]) == ("alice", None, None)


def test_channel_is_shared_with_a_role(owner: Owner) -> None:
    text = owner.run("share", CHANNEL, "--with", "bob", "carol", "bob")
    assert "role   viewer" in text
    assert f"They run:  conda private login {CHANNEL} --on anaconda.com" in text
    content = {"action": "share", "user": "bob", "grant": "read"}
    assert owner.sent() == [(SHARING, content), (SHARING, {**content, "user": "carol"})]
    assert owner.members("viewers") == {"bob", "carol"}
    data = owner.data("share", CHANNEL, "--with", "bob", "--role", "collaborator")
    assert (data["channel"], data["role"], data["users_added"]) == (
        CHANNEL,
        "collaborator",
        ["bob"],
    )
    assert owner.sent() == [(SHARING, {**content, "grant": "write"})]
    assert owner.members("collaborators") == {"bob"}


def test_preview_of_sharing_changes_nothing(owner: Owner) -> None:
    assert "Would share" in owner.run("share", CHANNEL, "--with", "bob", "--dry-run")
    assert "Would stop" in owner.run("unshare", CHANNEL, "--with", "bob", "--dry-run")
    assert "public" in owner.run("share", "my-ns/open", "--with", "bob", "--dry-run")
    assert "public" in owner.run("unshare", "my-ns/open", "--with", "bob", "--dry-run")
    assert owner.sent() == []


def test_public_channel_is_shared_only_after_a_confirmation(owner: Owner) -> None:
    error = refused(owner, "share", "my-ns/open", "--with", "bob")
    assert isinstance(error, NoTerminalError)
    assert "everyone can already install from it" in error.cause
    assert owner.sent() == []
    assert "✓" in owner.run("share", "my-ns/open", "--with", "bob", "--yes")


def test_channel_that_is_shared_already_is_no_error(owner: Owner) -> None:
    owner.run("share", CHANNEL, "--with", "bob")
    owner.world.shared_again = 409
    data = owner.data("share", CHANNEL, "--with", "bob", "carol")
    assert (data["users_added"], data["had_access"]) == (["carol"], ["bob"])


def test_unknown_user_is_named_with_what_was_done(owner: Owner) -> None:
    error = refused(owner, "share", CHANNEL, "--with", "bob", "nobody", "carol")
    assert isinstance(error, NotFoundError)
    assert "the user nobody" in error.what
    assert "Done so far: bob has access." in error.cause
    assert owner.members("viewers") == {"bob"}


@pytest.mark.parametrize("key", ["message", "detail", "error"])
def test_plan_limit_is_shown_in_the_words_of_the_server(owner: Owner, key: str) -> None:
    owner.world.sharing_limit, owner.world.com_error = 0, key
    error = refused(owner, "share", CHANNEL, "--with", "bob")
    assert isinstance(error, RequestRefusedError)
    assert "A channel of this plan can only have 0 collaborators" in error.what
    assert "Done so far: nothing." in error.cause


def test_other_users_channels_are_refused(owner: Owner) -> None:
    assert isinstance(refused(owner, "share", "bobs/tools", "--with", "carol"), AccessDeniedError)
    error = refused(owner, "share", "bobs/own", "--with", "carol")
    assert isinstance(error, NotFoundError)
    assert "anaconda channel create bobs/own --private" in error.next_step


def test_access_is_taken_away_only_after_a_confirmation(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.members("collaborators").add("bob")
    words = ("unshare", CHANNEL, "--with", "bob")
    assert isinstance(refused(owner, *words), NoTerminalError)
    assert owner.sent() == []
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert "removed  bob" in owner.run(*words)
    assert owner.sent() == [(SHARING, {"action": "unshare", "user": "bob"})]
    assert owner.members("collaborators") == set()
    assert owner.data(*words, "--yes")["removed"] == [{"user": "bob"}]


def test_owner_keeps_the_access(owner: Owner) -> None:
    error = refused(owner, "unshare", CHANNEL, "--with", "bob", "alice", "--yes")
    assert (error.return_code, error.what) == (2, f"alice is an owner of {CHANNEL}.")
    assert owner.sent() == []


def test_list_shows_owners_and_what_is_not_reported(owner: Owner) -> None:
    text = owner.run("share", CHANNEL, "--list")
    assert text.splitlines()[1].split() == ["alice", "owner"]
    assert "not the users with whom it is shared" in text
    assert "everyone can install" in owner.run("share", "my-ns/open", "--list")
    data = owner.data("share", CHANNEL, "--list")
    assert data["users"] == [{"user": "alice", "role": "owner"}]
    assert (data["complete"], data["privacy"]) == (False, "private")
    assert owner.sent() == []


def test_public_channel_is_made_private_and_read_back(owner: Owner) -> None:
    words = ("make-private", "my-ns/open")
    assert "Would make" in owner.run(*words, "--dry-run")
    assert owner.sent() == []
    text = owner.run(*words)
    assert "Made my-ns/open private (it was public)" in text
    assert owner.sent() == [(PRIVACY.replace("my-channel", "open"), {"privacy": "private"})]
    assert owner.world.accounts["my-ns/open"].privacy == "private"
    assert "already private" in owner.run(*words)
    assert owner.data(*words)["changed"] is False
    assert owner.sent() == []


def test_change_that_the_server_did_not_make_is_an_error(owner: Owner) -> None:
    how = Fault.status(200, JSON, b'{"name": "open", "parent": "my-ns", "privacy": "public"}')
    owner.server.fail("subchannels/open", "api", how=how)
    assert "is still public" in refused(owner, "make-private", "my-ns/open").what


def test_expired_key_leads_to_the_login_at_that_server(owner: Owner) -> None:
    owner.world.tokens.clear()
    error = refused(owner, "channels")
    assert isinstance(error, TokenRefusedError)
    assert error.next_step == f"conda private login --account {owner.api}"


@pytest.mark.parametrize("name", ["My-ns/channel", "my-ns/1st", f"{'n' * 64}/x"])
def test_name_that_is_not_allowed_is_refused_before_a_request(owner: Owner, name: str) -> None:
    for words in (("share", name, "--list"), ("make-private", name)):
        assert "not the name of a channel on anaconda.com" in refused(owner, *words).what
    assert owner.server.requests == []


def test_options_of_the_other_server_are_refused(owner: Owner) -> None:
    error = refused(owner, "share", CHANNEL, "--with", "bob", "--group", "readers")
    assert "--group does not apply" in error.what
    words = ("share", "my-org/x", "--with", "bob", "--role", "viewer", "--on", "anaconda.org")
    assert "--role does not apply" in refused(owner, *words).what
    assert owner.server.requests == []


@pytest.fixture
def two_accounts(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> Owner:
    """The account at anaconda.com, and one at anaconda.org; requests would fail."""
    both = tuple(Account(api, FILE, user="alice") for api in (ANACONDA_API, COM_API))
    monkeypatch.setattr(servers, "accounts", lambda: both)
    return owner


def test_name_on_two_servers_with_accounts_is_not_guessed(two_accounts: Owner) -> None:
    command = f"conda private share {CHANNEL} --with bob carol"
    error = refused(two_accounts, "share", CHANNEL, "--with", "bob", "carol")
    assert error.return_code == 2
    assert error.next_step == f"{command} --on anaconda.com\nor\n{command} --on anaconda.org"
    error = refused(two_accounts, "make-private", CHANNEL)
    assert error.next_step.startswith(f"conda private make-private {CHANNEL} --on anaconda.com\n")
    error = refused(two_accounts, "unshare", CHANNEL, "--with", "bob")
    assert error.next_step.endswith("--with bob --on anaconda.org")
    error = refused(two_accounts, "share", CHANNEL, "--list")
    assert f"share {CHANNEL} --list --on anaconda.com" in error.next_step


@pytest.mark.parametrize(("answer", "kind"), [("1", "channel"), ("2", "package")])
def test_terminal_is_asked_which_account_is_meant(
    two_accounts: Owner, answer: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "channels", lambda api, secret: pytest.fail("channel"))
    monkeypatch.setattr(servers, "people", lambda api, secret: pytest.fail("package"))
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    with pytest.raises(pytest.fail.Exception, match=kind):
        two_accounts.run("share", CHANNEL, "--list")


def test_address_and_option_name_the_server(
    two_accounts: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "accounts", lambda: ())
    there = f"https://repo.anaconda.cloud/repo/{CHANNEL}"
    for words in (("share", there), ("share", CHANNEL, "--on", "anaconda.com")):
        error = refused(two_accounts, *words, "--list")
        assert isinstance(error, AccountMissingError)
        assert error.next_step == "conda private login --account anaconda.com"
    error = refused(two_accounts, "share", CHANNEL, "--on", "anaconda.org", "--list")
    assert error.next_step == "conda private login --account"


def test_api_key_is_neither_created_nor_revoked_by_a_command(owner: Owner, tmp_path: Path) -> None:
    words = ("login", "--account", owner.api, "--username", "alice", "--storage", "file")
    error = refused(owner, *words)
    assert (error.return_code, "no API key for a password" in error.what) == (2, True)
    assert error.next_step.endswith(f"conda private login --account {owner.api}")
    with home_in(tmp_path):
        account = Account(Address.parse(owner.api), FILE)
        machine.records().add_account(account)
        error = refused(owner, "logout", "--account", owner.api, "--revoke")
        assert error.return_code == 2
        assert error.next_step.endswith(f"conda private logout --account {owner.api}")
        assert machine.records().accounts() == (account,)
    assert owner.server.requests == []


def test_key_that_the_server_refuses_is_not_stored(
    owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("unknown-key"))
    words = ("login", "--account", owner.api, "--token-stdin", "--storage", "file")
    with home_in(tmp_path):
        error = refused(owner, *words)
        assert isinstance(error, TokenRefusedError)
        assert "Nothing was stored." in error.cause
        assert machine.records().accounts() == ()


def test_commands_about_tokens_do_not_use_the_account_at_anaconda_com(owner: Owner) -> None:
    error = refused(owner, "token", "list", "--api-url", owner.api)
    assert (error.return_code, "has no tokens" in error.what) == (2, True)
    missing = refused(owner, "token", "list")
    assert isinstance(missing, AccountMissingError)
    assert owner.server.requests == []


def test_whoami_has_to_be_told_which_of_two_accounts_is_meant(
    two_accounts: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "You have accounts at" in refused(two_accounts, "whoami").cause
    monkeypatch.setattr(servers, "channels", lambda api, secret: pytest.fail(str(api)))
    with pytest.raises(pytest.fail.Exception, match=r"https://anaconda\.com/api/repo"):
        two_accounts.run("whoami", "--on", "anaconda.com")
