"""``helper`` answers programs that ask for a credential, for the logins that were named alone."""

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

from conda_private.cli.helper.protocols import PROTOCOLS
from conda_private.cli.helper.setup import setup_lines
from conda_private.cli.verbs import execute, parse
from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.exceptions import NotLoggedInError, UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import (
    BEARER,
    PATH,
    TOKEN,
    BasicScheme,
    HeaderScheme,
    Scheme,
)
from conda_private.model.source import Source
from tests.home import CANARY, Home, home_in

HOST = "https://git.example.org"
TEAM = f"{HOST}/team"
NOT_FOUND = "credentials not found in native keychain"
Out = pytest.CaptureFixture[str]
REGISTRY = {"index-url": f"sparse+{TEAM}/index/", "name": "team"}
GET = {"v": 1, "kind": "get", "operation": "read", "registry": REGISTRY, "args": []}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A user with no login yet."""
    with home_in(tmp_path) as home:
        yield home
        reset_context()


class Program:
    """A program that asks the helper."""

    def __init__(self, patch: pytest.MonkeyPatch, capsys: Out) -> None:
        self._patch, self._capsys = patch, capsys
        self.error = ""

    def ask(self, protocol: str, action: str, text: str, *named: str, code: int = 0) -> str:
        """Run the helper for the named logins; return what it prints."""
        words = ["helper", "--protocol", protocol]
        words += [word for each in named or (HOST,) for word in ("--for", each)]
        parsed, _ = parse(
            ArgumentParser(prog="conda private"), [*words, *filter(None, [action])], None
        )
        reset_context(argparse_args={"json": bool(parsed.json)})
        self._patch.setattr(sys, "stdin", io.StringIO(text))
        assert execute(parsed) == code
        out, self.error = self._capsys.readouterr()
        assert CANARY not in self.error
        return out

    def object(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Return the JSON object that it prints."""
        found = json.loads(self.ask(*words, code=code))
        assert isinstance(found, dict)
        return found

    def cargo(self, *requests: object, named: str = TEAM) -> list[dict[str, Any]]:
        """Return the answers to lines of cargo, without the greeting."""
        text = "".join(f"{json.dumps(each)}\n" for each in requests)
        greeting, *answers = self.ask("cargo", "--cargo-plugin", text, named).splitlines()
        assert json.loads(greeting) == {"v": [1]}
        return [json.loads(line) for line in answers]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: Out) -> Program:
    """A program that asks."""
    return Program(monkeypatch, capsys)


def of_git(url: str, *more: str) -> str:
    """Return what git asks for a URL."""
    protocol, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return "".join(
        f"{line}\n" for line in (f"protocol={protocol}", f"host={host}", f"path={path}", *more)
    )


def log_in_as(home: Home, scheme: Scheme, address: str = HOST, **more: Any) -> None:
    """Log in with a scheme."""
    login = home.log_in(address, scheme=scheme)
    machine.records().add(login._replace(**more))
    machine.resolver.cache_clear()


# --- docker ---


def test_docker_gets_the_user_name_and_the_password_of_a_registry(
    home: Home, program: Program
) -> None:
    log_in_as(home, BasicScheme("alice"))
    for server in ("git.example.org", HOST, f"{HOST}/v1/"):
        found = program.object("docker", "get", f"{server}\n")
        assert found == {"ServerURL": server, "Username": "alice", "Secret": CANARY}


def test_docker_gets_the_account_with_a_token(home: Home, program: Program) -> None:
    log_in_as(home, BEARER)
    assert program.object("docker", "get", HOST)["Username"] == "token"
    log_in_as(home, BEARER, account="bob")
    assert program.object("docker", "get", HOST)["Username"] == "bob"


@pytest.mark.parametrize("server", ["other.example.org", "git.example.org:8443", "http://x y", ""])
def test_docker_gets_nothing_for_another_host(home: Home, program: Program, server: str) -> None:
    home.log_in(HOST)
    assert program.ask("docker", "get", server, code=1) == f"{NOT_FOUND}\n"
    assert "no single login covers" in program.error


def test_docker_gets_nothing_where_two_named_logins_are_on_the_host(
    home: Home, program: Program
) -> None:
    home.log_in(TEAM)
    home.log_in(f"{HOST}/other")
    words = ("docker", "get", HOST, TEAM, f"{HOST}/other")
    assert program.ask(*words, code=1) == f"{NOT_FOUND}\n"
    assert program.object("docker", "get", HOST, TEAM)["Secret"] == CANARY


def test_docker_is_told_why_a_credential_cannot_be_read(home: Home, program: Program) -> None:
    home.log_in(HOST, secret="")
    answer = program.ask("docker", "get", HOST, code=1)
    assert HOST in answer
    assert "conda private login" in answer
    assert len(answer.splitlines()) == 1


def test_docker_stores_nothing_here(home: Home, program: Program) -> None:
    home.log_in(HOST)
    for action in ("store", "erase"):
        assert "stores nothing" in program.ask("docker", action, "{}", code=1)
    assert program.object("docker", "list", "") == {}


# --- git ---


def test_git_gets_a_header_if_it_can_send_one(home: Home, program: Program) -> None:
    for scheme, kind in ((BEARER, "Bearer"), (TOKEN, "token")):
        log_in_as(home, scheme)
        text = of_git(f"{TEAM}/x.git", "capability[]=authtype", "capability[]=state")
        assert program.ask("git", "get", text).splitlines() == [
            "capability[]=authtype",
            f"authtype={kind}",
            f"credential={CANARY}",
            "ephemeral=1",
        ]


@pytest.mark.parametrize(
    ("scheme", "capability", "name"),
    [
        (BEARER, "", "token"),
        (BasicScheme("alice"), "capability[]=authtype", "alice"),
        (HeaderScheme("X-Key"), "capability[]=authtype", "token"),
    ],
)
def test_git_gets_a_password_else(
    home: Home, program: Program, scheme: Scheme, capability: str, name: str
) -> None:
    log_in_as(home, scheme)
    text = of_git(f"{TEAM}/x.git", capability)
    assert program.ask("git", "get", text).splitlines() == [
        f"username={name}",
        f"password={CANARY}",
    ]
    text = of_git(f"{TEAM}/x.git", "username=carol")
    assert "username=carol\n" in program.ask("git", "get", text)


def test_git_gets_nothing_for_what_the_login_does_not_cover(home: Home, program: Program) -> None:
    home.log_in(TEAM)
    for url in (HOST, f"{HOST}/teams/x", "http://git.example.org/team/x", f"{TEAM}/../other"):
        assert program.ask("git", "get", of_git(url), TEAM) == ""
        assert TEAM in program.error
    assert CANARY in program.ask("git", "get", of_git(f"{TEAM}/x.git"), TEAM)


def test_git_stores_nothing_here(home: Home, program: Program) -> None:
    home.log_in(HOST)
    for action in ("store", "erase"):
        assert program.ask("git", action, of_git(HOST)) == ""
    assert program.ask("git", "capability", "") == "version 0\ncapability authtype\n"


# --- Bazel ---


def test_bazel_gets_the_headers_of_a_request(home: Home, program: Program) -> None:
    log_in_as(home, HeaderScheme("X-Key"), expires="2027-03-01T00:00:00Z")
    found = program.object("bazel", "get", json.dumps({"uri": f"{TEAM}/x.zip"}))
    assert found == {"headers": {"X-Key": [CANARY]}, "expires": "2027-03-01T00:00:00Z"}
    log_in_as(home, BEARER)
    found = program.object("bazel", "get", json.dumps({"uri": f"{TEAM}/x.zip"}))
    assert found == {"headers": {"Authorization": [f"Bearer {CANARY}"]}}


def test_bazel_asks_again_soon_if_the_credential_renews_itself(
    home: Home, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKED", CANARY)
    source = Source("command", f"{sys.executable} -c \"import os; print(os.environ['ASKED'])\"")
    assert source.renews
    machine.records().add(Login(Address.parse(HOST), BEARER, source))
    found = program.object("bazel", "get", json.dumps({"uri": TEAM}))
    assert found["headers"] == {"Authorization": [f"Bearer {CANARY}"]}
    assert found["expires"].endswith("Z")


def test_bazel_gets_no_header_for_another_request(home: Home, program: Program) -> None:
    home.log_in(TEAM)
    words = ("bazel", "get", json.dumps({"uri": "https://other.example.org/x"}), TEAM)
    assert program.object(*words) == {"headers": {}}


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"uri": 1}', "[" * 60_000])
def test_what_is_no_request_is_a_usage_error(home: Home, program: Program, text: str) -> None:
    home.log_in(HOST)
    with pytest.raises(UsageError) as caught:
        program.ask("bazel", "get", text)
    assert caught.value.next_step == "conda private helper --help"


# --- cargo ---


def test_cargo_gets_the_header_for_an_index(home: Home, program: Program) -> None:
    for scheme, token in ((BEARER, f"Bearer {CANARY}"), (TOKEN, f"token {CANARY}")):
        log_in_as(home, scheme, TEAM)
        got = {"kind": "get", "token": token, "cache": "session", "operation_independent": True}
        assert program.cargo(GET, GET) == [{"Ok": got}, {"Ok": got}]


def test_cargo_gets_an_error_of_its_protocol(home: Home, program: Program) -> None:
    home.log_in(TEAM)
    other = {**GET, "registry": {"index-url": "sparse+https://other.example.org/"}}
    found, no_login, no_request = program.cargo(other, {"v": 1, "kind": "login"}, {"kind": "get"})
    assert found == {"Err": {"kind": "not-found"}}
    assert no_login == {"Err": {"kind": "operation-not-supported"}}
    assert no_request["Err"]["kind"] == "other"
    log_in_as(home, PATH, TEAM)
    assert program.cargo(GET) == [{"Err": {"kind": "url-not-supported"}}]
    home.log_in(f"{HOST}/empty", secret="")
    request = {**GET, "registry": {"index-url": f"{HOST}/empty/"}}
    missing = program.cargo(request, named=f"{HOST}/empty")[0]["Err"]
    assert "conda private login" in missing["message"]


# --- the verb ---


def test_only_named_logins_are_handed_out(home: Home, program: Program) -> None:
    home.log_in(TEAM)
    home.log_in(f"{HOST}/other", secret="another-secret")
    text = of_git(f"{HOST}/other/x.git")
    assert program.ask("git", "get", text, TEAM) == ""
    assert "password=another-secret" in program.ask("git", "get", text, f"{HOST}/other")


def test_login_that_is_not_there_is_an_error(home: Home, program: Program) -> None:
    with pytest.raises(NotLoggedInError):
        program.ask("git", "get", of_git(TEAM), TEAM)


def test_unknown_action_is_an_error_that_names_those_there_are(
    home: Home, program: Program
) -> None:
    home.log_in(HOST)
    with pytest.raises(UsageError) as caught:
        program.ask("cargo", "get", "")
    assert "--cargo-plugin" in caught.value.cause


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_setup_is_shown_without_an_action(home: Home, program: Program, protocol: str) -> None:
    home.log_in(TEAM, secret="")  # nothing is read for it
    lines = program.ask(protocol, "", "", TEAM).splitlines()
    assert lines == setup_lines(protocol, [Address.parse(TEAM)])
    found = program.object(protocol, "--json", "", TEAM)
    assert found == {"protocol": protocol, "for": [TEAM], "setup": lines, "warnings": []}


def test_git_is_told_to_send_the_path_only_where_the_login_has_one() -> None:
    assert "useHttpPath" not in "".join(setup_lines("git", [Address.parse(HOST)]))
    assert "useHttpPath" in "".join(setup_lines("git", [Address.parse(TEAM)]))
