"""``login --discover``: asked over TLS at the channel's origin, shown, and used if confirmed."""

from __future__ import annotations

import io
import json
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from conda_private.composition import machine
from conda_private.files import paths
from conda_private.http.discovery import discover
from conda_private.model.address import Address
from conda_private.model.discovery import MAX_SIZE, DiscoveryError
from conda_private.model.exceptions import TlsError
from conda_private.model.schemes import BEARER
from tests.cli.conftest import Run
from tests.server import PERSONALITIES, Anaconda, Fault, Server, serve
from tests.server.discovery import document
from tests.server.issuer import CLIENT, Issuer, issuing

LISTING = ("--add-channel", "none", "--condarc", "unused")
DOCUMENT = "/.well-known/conda-authentication"


@pytest.fixture
def token(world: Anaconda, monkeypatch: pytest.MonkeyPatch) -> str:
    """A token for the channel, in a variable; the server accepts it as a bearer token only."""
    world.forms = {"bearer"}
    token = world.add_token("alice")
    monkeypatch.setenv("MY_TOKEN", token)
    return token


def says(world: Anaconda, **entry: Any) -> None:
    """Let the server say this about its channels."""
    world.discovery = {"version": 1, "channels": [{"path": "/", **entry}]}


def asked(server: Server) -> list[str]:
    """The requests for the document."""
    return [each.path for each in server.requests if "well-known" in each.path]


def test_login_uses_what_the_user_confirmed(
    run: Run, world: Anaconda, server: Server, token: str
) -> None:
    says(world, schemes=["bearer"], scopes={"*": ["conda:download"]},
         tokens="https://conda.example.org/tokens",
         identity={"audience": "conda", "mint": "https://conda.example.org/mint"})  # fmt: skip
    channel = f"{server.conda}/my-org"
    code, text = run("login", channel, "--discover", "--from-env", "MY_TOKEN", *LISTING, "--yes")
    assert code == 0, text
    for words in (
        "127.0.0.1", "says:", "schemes      bearer", "scopes       conda:download",
        "token page   https://conda.example.org/tokens",
        "--from-oidc --audience conda --mint-url https://conda.example.org/mint",
    ):  # fmt: skip
        assert words in text
    (login,) = machine.records().logins()
    assert login.scheme == BEARER
    assert asked(server) == [DOCUMENT]
    (request,) = [each for each in server.requests if each.path == DOCUMENT]
    assert request.credential == "none"


def test_without_confirmation_nothing_is_sent_or_stored(
    run: Run, world: Anaconda, server: Server, token: str
) -> None:
    says(world, schemes=["bearer"], api=f"{server.api}")
    channel = f"{server.conda}/my-org"
    code, text = run("login", channel, "--discover", "--from-env", "MY_TOKEN", *LISTING)
    assert code == 2
    assert "NoTerminalError" in text
    assert f"conda private login {channel} --discover --yes" in text
    assert f"also sent to  {server.api}" in text
    assert [each.path for each in server.requests] == [DOCUMENT]
    assert not paths.logins().exists()


def test_no_other_login_asks_for_it(run: Run, world: Anaconda, server: Server, token: str) -> None:
    says(world, schemes=["token"])
    assert run("login", f"{server.conda}/my-org", "--from-env", "MY_TOKEN", *LISTING)[0] == 0
    assert run("check")[0] == 0
    assert asked(server) == []


def test_option_of_the_user_takes_precedence(
    run: Run, world: Anaconda, server: Server, token: str
) -> None:
    says(world, schemes=["token"], oauth={"issuer": "https://a.example", "client_id": "x"},
         api="https://evil.example/api")  # fmt: skip
    words = ("--scheme", "bearer", "--from-env", "MY_TOKEN", "--api-url", server.api, "--yes")
    code, text = run("login", f"{server.conda}/my-org", "--discover", *words, *LISTING)
    assert code == 0, text
    (login,) = machine.records().logins()
    assert (login.scheme, str(login.source), str(login.api)) == (BEARER, "env:MY_TOKEN", server.api)


@pytest.fixture
def issuer(world: Anaconda, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """An issuer whose tokens are alice's, and a browser in which she is signed in."""
    monkeypatch.setenv("BROWSER", "a-browser")
    monkeypatch.setattr(webbrowser, "open", lambda url: requests.get(url, timeout=5).ok)
    with issuing(world, "alice") as issuer:
        yield issuer


def test_user_signs_in_where_the_server_says(
    run: Run, world: Anaconda, server: Server, issuer: Issuer
) -> None:
    says(world, oauth={"issuer": issuer.url, "client_id": CLIENT})
    code, text = run("login", f"{server.conda}/my-org", "--discover", *LISTING, "--yes")
    assert code == 0, text
    assert f"sign in at  {issuer.url} ({CLIENT})" in text
    assert f"credential  you sign in at {issuer.url}" in text
    (login,) = machine.records().logins()
    assert str(login.source) == f"web:{issuer.url} {CLIENT}"


def test_token_at_hand_is_used_without_a_sign_in(
    run: Run, world: Anaconda, server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(world, schemes=["bearer"], oauth={"issuer": "https://a.example", "client_id": "x"})
    words = ("--from-env", "MY_TOKEN", "--yes")
    code, text = run("login", f"{server.conda}/my-org", "--discover", *words, *LISTING)
    assert code == 0, text
    (login,) = machine.records().logins()
    assert str(login.source) == "env:MY_TOKEN"


def test_server_with_passwords_only_needs_a_username(
    run: Run, world: Anaconda, server: Server
) -> None:
    says(world, schemes=["basic"])
    code, text = run("login", f"{server.conda}/my-org", "--discover", "--yes", *LISTING)
    assert code == 2
    assert "--username USER" in text
    words = ("--username", "alice", "--from-env", "NOT_SET", "--yes", *LISTING)
    code, text = run("login", f"{server.conda}/my-org", "--discover", *words)
    assert "says:" in text
    assert "CredentialMissingError" in text


@pytest.mark.parametrize("name", PERSONALITIES)
def test_what_each_mock_server_says_can_be_read(name: str, server: Server) -> None:
    world = server.world
    world.personality = PERSONALITIES[name]
    world.discovery = document(world, api=server.api)
    found = discover(Address.parse(f"{server.conda}/my-org"))
    assert found.schemes or found.username_needed or name in ("cloudsmith", "google", "azure")
    assert str(found.api) == server.api


@pytest.mark.parametrize("words", [("--all",), ("--account",)])
def test_option_is_for_a_single_channel(run: Run, words: tuple[str, ...]) -> None:
    code, text = run("login", *words, "--discover")
    assert code == 2
    assert "--discover is for a single channel." in text


def test_redirect_is_not_followed(world: Anaconda, server: Server) -> None:
    with serve(world) as other:
        says(world, schemes=["bearer"])
        how = Fault.status(302, {"Location": f"{other.conda}{DOCUMENT}"})
        server.fail("well-known", how=how)
        with pytest.raises(DiscoveryError, match="cannot be used") as caught:
            discover(Address.parse(f"{server.conda}/my-org"))
        assert "redirects" in caught.value.cause
        assert other.requests == []


@pytest.mark.parametrize("size", [MAX_SIZE + 1, 50 * MAX_SIZE])
def test_document_that_is_too_long_is_not_read(server: Server, size: int) -> None:
    how = Fault.status(200, {"Content-Type": "application/json"}, b" " * size)
    server.fail("well-known", how=how)
    with pytest.raises(DiscoveryError) as caught:
        discover(Address.parse(f"{server.conda}/my-org"))
    assert f"longer than {MAX_SIZE} bytes" in caught.value.cause


def test_longest_document_is_read(server: Server) -> None:
    text = json.dumps({"version": 1, "channels": [{"path": "/", "schemes": ["bearer"]}]})
    body = text.encode().ljust(MAX_SIZE)
    server.fail("well-known", how=Fault.status(200, {"Content-Type": "application/json"}, body))
    assert discover(Address.parse(f"{server.conda}/my-org")).schemes == (BEARER,)


@pytest.mark.parametrize("status", [404, 401, 403, 500])
def test_server_that_does_not_say_is_an_error_with_the_way_on(server: Server, status: int) -> None:
    server.fail("well-known", how=Fault.status(status))
    with pytest.raises(DiscoveryError) as caught:
        discover(Address.parse(f"{server.conda}/my-org"))
    assert f"status {status}" in caught.value.cause
    assert f"conda private login {server.conda}/my-org" in caught.value.next_step


def test_server_with_an_unknown_certificate_is_not_believed(world: Anaconda, run: Run) -> None:
    says(world, schemes=["bearer"])
    with serve(world, tls=True) as server:
        with pytest.raises(TlsError):
            discover(Address.parse(f"{server.conda}/my-org"))
        assert server.requests == []


def test_user_who_says_no_changes_nothing(
    run: Run, world: Anaconda, server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(world, schemes=["bearer"])

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    from conda.cli.main import main

    words = ("--discover", "--from-env", "MY_TOKEN", *LISTING)
    assert main("private", "login", f"{server.conda}/my-org", *words) == 2
    assert [each.path for each in server.requests] == [DOCUMENT]
    assert not Path(paths.logins()).exists()
