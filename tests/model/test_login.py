"""How the user of a machine gets another credential for a login."""

from __future__ import annotations

import pytest

from conda_private.model.address import Address
from conda_private.model.login import Account, Login, renewal
from conda_private.model.schemes import TOKEN, BasicScheme
from conda_private.model.source import FILE, Source

ADDRESS = Address.parse("https://conda.example.org/my-org")
API = Address.parse("https://api.example.org")
LOGIN = Login(ADDRESS, TOKEN, FILE, account="alice", api=API)
ASK = "ask the person who sent the token for a new one, then run\n"


@pytest.mark.parametrize(
    ("login", "next_step"),
    [
        (LOGIN, f"{ASK}conda private login {ADDRESS}"),
        (
            LOGIN._replace(scheme=BasicScheme("alice b")),
            f"conda private login {ADDRESS} --username 'alice b'",
        ),
        (LOGIN._replace(scheme=BasicScheme("token")), f"{ASK}conda private login {ADDRESS}"),
        (
            LOGIN._replace(source=Source("env", "MY_TOKEN")),
            "ask the person who sent the credential for a new one, and put it into env:MY_TOKEN",
        ),
    ],
    ids=["token", "password", "token by basic", "reference"],
)
def test_who_was_sent_a_token_asks_for_another(login: Login, next_step: str) -> None:
    assert renewal(login, ()) == next_step


@pytest.mark.parametrize(
    ("user", "api", "is_own"),
    [("alice", API, True), ("bob", API, False), ("alice", ADDRESS, False)],
)
def test_who_has_the_account_of_the_token_creates_another(
    user: str, api: Address, is_own: bool
) -> None:
    step = renewal(LOGIN, [Account(api, FILE, user=user)])
    assert (step == f"conda private token create --for {ADDRESS}") is is_own
