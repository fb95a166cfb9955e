"""``import`` from netrc, rattler, mamba and URLs of files, and from whatever is there."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.server import Anaconda, Server


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that gives access to the channel."""
    return world.add_token("alice", scopes=["conda:download"], name="theirs")


def write(file: Path, text: str) -> Path:
    """Write a file that only this user can read, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o600)
    return file


def uses(*channels: str) -> None:
    """Let conda use these channels."""
    write(Path.home() / ".condarc", json.dumps({"channels": channels}))


def as_netrc(host: str, token: str) -> Path:
    return write(
        Path.home() / ".netrc", f"machine other.org password x\nmachine {host} password {token}\n"
    )


def as_rattler(host: str, token: str) -> Path:
    content = {"*.example.org": {"BasicHTTP": {"username": "a", "password": "b"}}}
    file = Path.home() / ".rattler" / "credentials.json"
    return write(file, json.dumps({**content, host: {"CondaToken": token}}))


def as_mamba(host: str, token: str) -> Path:
    password = base64.b64encode(b"p").decode()
    content = {
        "example.org": {"type": "BasicHTTPAuthentication", "user": "a", "password": password},
        f"{host}/my-org": {"type": "CondaToken", "token": token},
        host: {"type": "BearerToken", "token": "of-the-whole-host"},
    }
    return write(Path.home() / ".mamba" / "auth" / "authentication.json", json.dumps(content))


def logins(run: Run) -> list[str]:
    """The addresses of the logins."""
    return [each["address"] for each in json.loads(run("list", "--json")[1])["logins"]]


@pytest.mark.parametrize(
    ("tool", "put"), [("netrc", as_netrc), ("rattler", as_rattler), ("mamba", as_mamba)]
)
def test_credential_for_a_host_becomes_a_login_for_each_channel_in_use(
    run: Run, server: Server, token: str, tool: str, put: Callable[[str, str], Path]
) -> None:
    host = "127.0.0.1" if tool != "mamba" else server.conda[7:]
    file = put(host, token)
    before = file.read_text()
    channel = f"{server.conda}/my-org"
    uses(channel, "https://conda.other.example/x")
    code, text = run("import", "--from", tool, "--dry-run")
    assert (code, logins(run)) == (0, []), text
    assert f"Would import {channel} (1 package, 1 private)" in text
    for _ in range(2):
        code, text = run("import", "--from", tool)
        assert code == 0, text
        assert f"unchanged  {tool}'s credential in the file {file}" in text
        assert logins(run) == [channel]
    assert file.read_text() == before
    assert token not in text


def test_file_of_a_tool_can_be_named_with_a_channel(
    run: Run, server: Server, token: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "auth.json", json.dumps({"127.0.0.1": {"CondaToken": token}}))
    code, text = run("import", "--from", "rattler", str(file), f"{server.conda}/my-org")
    assert code == 0, text
    assert logins(run) == [f"{server.conda}/my-org"]


@pytest.mark.parametrize("tool", ["condarc", "environment"])
def test_credential_in_a_url_is_imported(
    run: Run, server: Server, token: str, tmp_path: Path, tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    channel = f"{server.conda}/my-org"
    name = Path.home() / ".condarc" if tool == "condarc" else tmp_path / "environment.yml"
    file = write(name, f"channels:\n  - {server.conda}/t/{token}/my-org\n")
    for words in ((), (str(file),), (channel,)):
        code, text = run("import", "--from", tool, *words)
        assert code in (0, 4), text  # conda still asks with the URL that has the token
        assert f"unchanged  the URL in {file}:2; to clean it:  conda private doctor --fix" in text
        assert token not in text
        assert logins(run) == [channel]
    assert run("doctor", "--fix", str(tmp_path))[0] == 0
    assert token not in file.read_text()


def test_without_from_all_that_is_found_is_shown_and_imported_with_yes(
    run: Run, server: Server, token: str
) -> None:
    channel = f"{server.conda}/my-org"
    uses(channel)
    file = as_netrc("127.0.0.1", token)
    broken = write(Path.home() / ".rattler" / "credentials.json", "{")
    code, text = run("import")
    assert code == 2
    assert f"netrc: the file {file}" in text
    assert "rattler was left out: A credential of another tool could not be read" in text
    assert "There is no terminal to confirm this." in text
    assert logins(run) == []
    broken.unlink()
    code, text = run("import", "--yes")
    assert (code, logins(run)) == (0, [channel]), text
    code, text = run("import")
    assert code == 0
    assert f"netrc: the file {file} (has a login)" in text
    assert token not in text


def test_account_of_anaconda_client_is_shown_with_its_command(run: Run) -> None:
    folder = Path.home() / ".config" / "binstar"
    write(folder / "https%3A%2F%2Fapi.anaconda.org.token", "al-ca-nary-0001")
    code, text = run("import", "--dry-run")
    assert code == 0
    assert "https://api.anaconda.org  anaconda-client:  import --from anaconda-client" in text


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 4, "No other tool or file has a credential"),
        (("--from", "rattler"), 4, "rattler has no credential for a channel that conda uses."),
        (("--from", "mamba"), 4, "There is none in"),
        (("--from", "netrc", "https://a.example.org/x"), 4, "netrc has no credential for https"),
        (("--from", "netrc"), 4, "has credentials for 127.0.0.1, other.org."),
        (("--from", "condarc"), 4, "No URL of a channel has a credential in"),
        (("--from", "environment"), 4, "No URL of a channel has a credential in any file."),
        (("--from", "conda-auth", "FILE"), 2, "conda-auth has no file that can be named."),
        (("FILE",), 2, "It is not known what kind of file this is."),
        (("FILE", "OTHER", "--from", "netrc"), 2, "Only one file can be imported at a time."),
    ],
)
def test_nothing_to_import_is_an_error_with_the_reason(
    run: Run, tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    uses("https://conda.example.org/my-org")
    if "netrc" in words:
        as_netrc("127.0.0.1", "x")
    named = {each: str(write(tmp_path / each, "")) for each in ("FILE", "OTHER")}
    found, text = run("import", *(named.get(word, word) for word in words))
    assert (found, message in text) == (code, True), text


@pytest.mark.parametrize(
    ("tool", "name", "text"),
    [
        ("netrc", ".netrc", "machine"),
        ("rattler", ".rattler/credentials.json", "[]"),
        ("mamba", ".mamba/auth/authentication.json", "{"),
        (
            "mamba",
            ".mamba/auth/authentication.json",
            '{"a": {"type": "BasicHTTPAuthentication", "password": "ca-nary"}}',
        ),
    ],
)
def test_broken_file_is_an_error_that_does_not_repeat_it(
    run: Run, tool: str, name: str, text: str
) -> None:
    uses("https://a.example.org/x")
    file = write(Path.home() / name, text)
    code, shown = run("import", "--from", tool)
    assert code == 1
    assert f"A credential of another tool could not be read: the file {file}." in shown
    assert "ca-nary" not in shown
