"""``import`` from anaconda-auth and conda-auth: shown, verified, stored, and repeatable."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_private.model.address import Address
from conda_private.model.secret import Secret
from conda_private.model.source import KINDS
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.patience import Patience
from tests.cli.conftest import Run
from tests.server import Anaconda, Server
from tests.stores.test_contract import _Keyring

BACKEND = _Keyring()


def open_store(source: object, tell: object) -> KeyringStore:
    """A keyring in this process, in the place of the system's."""
    return KeyringStore(Patience(10), lambda: BACKEND)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Keyring]:
    """The items of this user's keyring."""
    row = KINDS["keyring"]._replace(module=__name__)
    monkeypatch.setitem(KINDS, "keyring", row)
    yield BACKEND
    BACKEND.items.clear()


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that gives access to the channel."""
    return world.add_token("alice", scopes=["conda:download"], name="theirs")


def settings(**content: object) -> None:
    """The user's configuration of conda."""
    (Path.home() / ".condarc").write_text(json.dumps(content))


def has_anaconda_auth(server: Server, *tokens: str, api_key: str = "") -> Path:
    """What anaconda-auth has in its file for this server."""
    record = {"api_key": api_key, "repo_tokens": [{"org_name": "x", "token": t} for t in tokens]}
    encoded = base64.b64encode(json.dumps(record).encode()).decode()
    file = Path.home() / ".anaconda" / "keyring"
    file.parent.mkdir()
    file.write_text(json.dumps({"Anaconda Cloud": {server.conda[7:]: encoded}}))
    return file


def has_conda_auth(
    keyring: _Keyring, server: Server, token: str, *, auth: str = "token", **record: str
) -> None:
    """What conda-auth has in the keyring, and in conda's settings, for ``my-org``."""
    target = f"{server.conda}/my-org"
    settings(channel_settings=[{"channel": target, "auth": auth, "auth_target": target}])
    item = {"target": target, "auth_type": auth, "token": token, **record}
    keyring.items[f"conda-auth::credential::{target}", "credential"] = json.dumps(item)


def imported(run: Run, *words: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
    """The exit code and the JSON output of an import."""
    code, text = run("import", "--from", *words, "--json")
    return code, json.loads(text[text.index("{") :])


def secrets() -> dict[str, Secret]:
    """The credentials that are stored, by address."""
    items = BACKEND.items.items()
    return {user: Secret(value) for (service, user), value in items if service == "conda-private"}


@pytest.mark.usefixtures("keyring")
def test_credential_of_anaconda_auth_is_imported_for_the_channels_that_conda_uses(
    run: Run, server: Server, token: str
) -> None:
    file = has_anaconda_auth(server, api_key=token)
    before = file.read_text()
    channel = f"{server.conda}/my-org"
    settings(channels=[channel, "https://conda.example.org/other"])
    code, text = run("import", "--from", "anaconda-auth", "--dry-run")
    assert (code, secrets()) == (0, {}), text
    assert f"Would import {channel} (1 package, 1 private)" in text
    for _ in range(2):
        code, text = run("import", "--from", "anaconda-auth")
        assert code == 0, text
        assert f"Imported {channel} (1 package, 1 private)" in text
        assert f"unchanged  anaconda-auth's credential in the file {file}" in text
        assert secrets() == {channel: Secret(token)}
    assert file.read_text() == before
    (only,) = json.loads(run("list", "--json")[1])["logins"]
    assert (only["address"], only["scheme"], only["listed_as"]) == (channel, "bearer", None)


@pytest.mark.hard
@pytest.mark.usefixtures("keyring")
def test_token_of_an_organization_is_used_if_the_key_gives_no_access(
    run: Run, server: Server, token: str
) -> None:
    has_anaconda_auth(server, token, api_key="no-such-key")
    code, data = imported(run, "anaconda-auth", f"{server.conda}/my-org")
    assert code == 0
    assert [each["scheme"] for each in data["imported"]] == ["token"]
    assert secrets() == {f"{server.conda}/my-org": Secret(token)}


@pytest.mark.usefixtures("keyring")
def test_credential_that_gives_no_access_is_not_stored_and_others_are(
    run: Run, server: Server, world: Anaconda, token: str
) -> None:
    has_anaconda_auth(server, api_key=token)
    world.add_organization("other")
    channels = [f"{server.conda}/other", f"{server.conda}/my-org"]
    code, data = imported(run, "anaconda-auth", *channels)
    assert code == 4
    assert [each["address"] for each in data["failed"]] == channels[:1]
    assert [each["address"] for each in data["imported"]] == channels[1:]
    assert list(secrets()) == channels[1:]


@pytest.mark.usefixtures("keyring")
def test_tool_without_a_credential_says_how_to_get_one(run: Run, server: Server) -> None:
    for tool, command in (("anaconda-auth", "anaconda login"), ("conda-auth", "conda auth login")):
        code, text = run("import", "--from", tool)
        assert code == 4
        assert f"{tool} has no credential." in text
        assert f"Next:  {command}" in text
    assert server.requests == []


@pytest.mark.usefixtures("keyring")
def test_credential_for_channels_that_conda_does_not_use_asks_for_their_names(
    run: Run, server: Server, token: str
) -> None:
    has_anaconda_auth(server, api_key=token)
    settings(channels=["https://conda.example.org/other"])
    code, text = run("import", "--from", "anaconda-auth")
    assert code == 4
    assert "conda uses no channel that the credential of anaconda-auth is for" in text
    assert "conda private import --from anaconda-auth https://repo.anaconda.cloud" in text
    for tool in ("anaconda-auth", "conda-auth"):
        code, text = run("import", "--from", tool, "https://conda.example.org/other")
        assert code == 4
        assert f"{tool} has no credential for https://conda.example.org/other." in text
    assert server.requests == []


def test_token_of_conda_auth_is_imported_for_the_channels_of_its_entries(
    run: Run, server: Server, token: str, keyring: _Keyring
) -> None:
    has_conda_auth(keyring, server, token)
    item = dict(keyring.items)
    for words in ((), (f"{server.conda}/my-org",)):
        code, data = imported(run, "conda-auth", *words)
        assert [each["address"] for each in data["imported"]] == [f"{server.conda}/my-org"]
        assert secrets() == {f"{server.conda}/my-org": Secret(token)}
        assert code == 0
        assert data["imported"][0]["instead_of"] == {
            "handler": "token",
            "source": str(Path.home() / ".condarc"),
        }
    assert (
        "replaces the auth handler token (~/.condarc)" in run("import", "--from", "conda-auth")[1]
    )
    assert item.items() <= keyring.items.items()


def test_import_that_conda_does_not_use_is_4_and_says_why(
    run: Run, server: Server, token: str, keyring: _Keyring
) -> None:
    has_conda_auth(keyring, server, token)
    (Path.home() / ".conda").mkdir()
    (Path.home() / ".condarc").rename(Path.home() / ".conda" / ".condarc")
    assert run("import", "--from", "conda-auth", "--dry-run")[0] == 0
    code, text = run("import", "--from", "conda-auth")
    assert code == 4
    assert "Warning: conda does not use" in text


@pytest.mark.hard
def test_password_of_conda_auth_is_imported_with_its_username(
    run: Run, server: Server, world: Anaconda, keyring: _Keyring
) -> None:
    world.forms |= {"password"}
    world.accounts["alice"].password = "a password"
    has_conda_auth(keyring, server, "", auth="http-basic", username="alice", password="a password")
    _, data = imported(run, "conda-auth")
    assert [(each["scheme"], each["username"]) for each in data["imported"]] == [("basic", "alice")]
    assert secrets() == {f"{server.conda}/my-org": Secret("a password")}


@pytest.mark.hard
def test_entry_for_a_whole_server_is_for_the_channels_that_conda_uses_there(
    run: Run, server: Server, token: str, keyring: _Keyring
) -> None:
    pattern = f"{server.conda}/*"
    entries = [
        {"channel": pattern, "auth": "token"},
        {"channel": "http://*.example.org/a*b", "auth": "token"},
        {"channel": f"{server.conda}/my-org", "auth": "another"},
    ]
    settings(channel_settings=entries, channels=[f"{server.conda}/my-org"])
    keyring.items[f"conda-auth::token::{pattern}", "token"] = token
    _, data = imported(run, "conda-auth")
    assert [each["address"] for each in data["imported"]] == [f"{server.conda}/my-org"]


@pytest.mark.hard
def test_without_a_keyring_the_file_is_imported_and_the_login_is_in_a_file(
    run: Run, server: Server, token: str
) -> None:
    has_anaconda_auth(server, api_key=token)
    code, data = imported(run, "anaconda-auth", f"{server.conda}/my-org")
    assert code == 0
    assert [each["source"] for each in data["imported"]] == ["file"]


@pytest.mark.usefixtures("keyring")
def test_credential_is_not_sent_without_tls(run: Run) -> None:
    record = base64.b64encode(b'{"api_key": "ca-nary"}').decode()
    file = Path.home() / ".anaconda" / "keyring"
    file.parent.mkdir()
    file.write_text(json.dumps({"Anaconda Cloud": {"conda.example.org": record}}))
    address = Address.parse("http://conda.example.org/my-org")
    code, data = imported(run, "anaconda-auth", str(address))
    assert code == 2
    assert [each["error"] for each in data["failed"]] == ["InsecureUrlError"]


def test_channel_with_anaconda_client_is_a_usage_error(run: Run) -> None:
    code, text = run("import", "--from", "anaconda-client", "my-org")
    assert code == 2
    assert "The login of anaconda-client is not for a channel" in text
