"""Follows the recipes of CONTRIBUTING.md: each addition is one new file or class and one row.

The recipe for a store is followed in ``tests/stores/test_new_store.py``.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import ModuleType

import pytest
from requests import Request

from conda_private.cli.verbs import VERBS, execute, parse
from conda_private.http.signing import is_signed, sign, unsign
from conda_private.model import known_servers
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialError
from conda_private.model.known_servers import Server, server_of
from conda_private.model.login_request import LoginRequest
from conda_private.model.schemes import PARSERS, TOKEN, Parser, Scheme, parse_scheme
from conda_private.model.secret import MASK, HeaderValue, Secret

CONTRIBUTING = Path(__file__).parents[1] / "CONTRIBUTING.md"
SECRET = Secret("ca-nary-toy")
HELP = """\
Say hello.

example:
  conda private toy my-org"""


class ToyScheme:
    """``Toy-Auth: toy=SECRET``."""

    text = "toy"
    description = f"Toy-Auth: toy={MASK}"

    def headers(self, secret: Secret) -> dict[str, str]:
        """The header."""
        return {"Toy-Auth": HeaderValue(f"toy={secret.reveal()}")}

    def url(self, url: str, secret: Secret) -> str:
        """The URL as it is."""
        return url

    def clean(self, url: str, secret: Secret) -> str:
        """The URL as it is."""
        return url


class ToyError(CredentialError):
    """An error of a toy."""


def toy_verb(said: list[str]) -> ModuleType:
    """A verb as a module."""

    def configure_parser(parser: ArgumentParser) -> None:
        parser.add_argument("private_channel", metavar="CHANNEL")

    def run(args: Namespace) -> int:
        said.append(f"hello {args.private_channel}")
        return 4

    module = ModuleType("conda_private.cli.toy")
    module.__dict__.update(HELP=HELP, configure_parser=configure_parser, execute=run)
    return module


def test_recipes_name_places_that_are_there() -> None:
    text = CONTRIBUTING.read_text()
    recipes = text.partition("## How to add")[2]
    assert re.findall(r"^\*\*A[n]? (\w+)\.\*\*", recipes, re.M) == [
        *("verb", "store", "scheme", "server", "error")
    ]
    named = set(re.findall(r"`((?:conda_private|tests|docs)/[\w./-]+)`", text))
    assert named
    assert [name for name in named if not (CONTRIBUTING.parent / name).exists()] == []


def test_verb_is_a_module_and_a_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    monkeypatch.setitem(sys.modules, "conda_private.cli.toy", toy_verb(said))
    monkeypatch.setitem(VERBS, "toy", "say hello")
    arguments, _ = parse(ArgumentParser(prog="conda private"), ["toy", "my-org"], None)
    assert (execute(arguments), said) == (4, ["hello my-org"])
    with pytest.raises(SystemExit):
        parse(ArgumentParser(prog="conda private"), ["--help"], None)
    assert "toy say hello" in " ".join(capsys.readouterr().out.split())


def test_scheme_is_a_class_and_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    toy: Scheme = ToyScheme()
    monkeypatch.setitem(PARSERS, "toy", Parser("toy", lambda detail, username: toy))
    assert parse_scheme("toy") is toy
    assert LoginRequest.to(Address.parse("https://h.example/c"), scheme="toy").schemes == (toy,)
    request = Request("GET", "https://h.example/c/noarch/repodata.json").prepare()
    sign(request, toy, SECRET)
    assert is_signed(request, toy, SECRET)
    assert dict(request.headers) == {"Toy-Auth": HeaderValue("toy=ca-nary-toy")}
    unsign(request, toy, SECRET)
    assert not request.headers


def test_server_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Address.parse("https://toy.example/api")
    row = Server("Toy", re.compile(r"https://toy\.example/"), (TOKEN,), api)
    monkeypatch.setattr(known_servers, "BY_HOST", (row, *known_servers.BY_HOST))
    address = Address.parse("https://toy.example/my-org")
    assert server_of(address) == row
    assert LoginRequest.to(address).api == api
    assert LoginRequest.to(address).schemes == (TOKEN,)


def test_error_is_a_class_below_the_one_with_its_exit_code() -> None:
    error = ToyError("It broke.", cause="It is a toy.", next_step="conda private check")
    assert error.return_code == 4
    assert str(error) == "It broke.\n\nCause: It is a toy.\nNext:  conda private check"
