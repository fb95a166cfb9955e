"""An option with an address names itself in its error, and shows what an address looks like."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import pytest

from conda_private.cli.login.one import log_in_one
from conda_private.cli.verbs import execute, parse
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, InsecureUrlError, SecretInUrlError
from conda_private.model.login_request import LoginRequest


def run(command: str) -> None:
    """Parse and run a command in this process."""
    parsed, _ = parse(ArgumentParser(prog="conda private"), command.split(), None)
    execute(parsed)


@pytest.mark.parametrize(
    ("command", "option", "example"),
    [
        ("whoami --api-url api.example.org/ca-nary", "--api-url", "https://HOST/api"),
        ("token list --api-url api.example.org/ca-nary", "--api-url", "https://HOST/api"),
        ("login my-org --api-url api.example.org/ca-nary", "--api-url", "https://HOST/api"),
        ("login --account --api-url api.example.org/ca-nary", "--api-url", "https://HOST/api"),
        ("login my-org --pypi-url pypi.example.org/ca-nary", "--pypi-url", "https://HOST/INDEX"),
        ("login --account api.example.org/ca-nary?x", "--account", "https://HOST/api"),
        ("login --account https://alice:ca-nary@example.org/", "--account", "https://HOST/api"),
        ("logout --account api.example.org/ca-nary?x", "--account", "https://HOST/api"),
    ],
)
def test_address_of_an_option_that_is_not_valid(command: str, option: str, example: str) -> None:
    with pytest.raises(AddressError) as caught:
        run(command)
    assert caught.value.return_code == 2
    assert option in caught.value.what
    assert caught.value.next_step == f"repeat the command with  {option} {example}"
    assert "An address has a scheme (https), a host" in caught.value.cause
    # It is no channel, and it may contain a credential.
    assert "channel" not in str(caught.value)
    assert "ca-nary" not in str(caught.value)


@pytest.mark.parametrize(
    "others",
    [
        {"address": Address.parse("http://conda.example.org/my-org")},
        {"api": Address.parse("http://api.example.org")},
        {"pypi": Address.parse("http://pypi.example.org/my-org")},
    ],
)
def test_http_is_refused_before_a_credential_is_asked_for(others: dict[str, Any]) -> None:
    address = Address.parse("https://conda.example.org/my-org")
    with pytest.raises(InsecureUrlError):
        log_in_one(LoginRequest.to(**{"address": address, **others}))


@pytest.mark.parametrize("command", ["logout", "token rotate", "channels add"])
def test_url_with_a_token_in_it_leads_to_the_same_command_without_it(command: str) -> None:
    with pytest.raises(SecretInUrlError) as caught:
        run(f"{command} https://conda.example.org/t/ca-nary/my-org")
    assert f"conda private {command} https://conda.example.org/my-org" in caught.value.next_step
    assert "ca-nary" not in str(caught.value)
