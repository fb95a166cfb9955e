"""The token calls: what they send, and what they make of every answer."""

from __future__ import annotations

from typing import Any

import pytest

from conda_private.model.exceptions import (
    AccessDeniedError,
    AlreadyExistsError,
    RequestRefusedError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.records import TokenFacts, TokenWish
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.tokens import AnacondaTokens
from tests.server_api.conftest import CANARY, Wire, answer

WISH = TokenWish("laptop", ("conda:download",))
NEW = "ne-w-token"


@pytest.fixture
def tokens(api: Api) -> AnacondaTokens:
    """The calls by the fake wire."""
    return AnacondaTokens(api)


def test_making_sends_the_least_and_never_replaces(tokens: AnacondaTokens, wire: Wire) -> None:
    wire.says({"token": NEW})
    assert tokens.create(WISH) == Secret(NEW)
    ((method, path, content),) = wire.sent
    assert (method, path) == ("POST", "/authentications")
    assert content is not None
    assert (content["scopes"], content["note"]) == (["conda:download"], "laptop")
    assert (content["user"], content["max-age"]) == (None, None)
    assert (content["fail-if-exists"], content["strength"]) == (True, "strong")
    tokens.create(TokenWish("ci", ("all",), "acme", 60))
    assert wire.sent[1][2] is not None
    assert (wire.sent[1][2]["user"], wire.sent[1][2]["max-age"]) == ("acme", 60)


@pytest.mark.parametrize(
    "said",
    [
        {"token": ""},
        {"token": None},
        {"token": ["x"]},
        {"token": f"{NEW}\r\nX-Evil: 1"},
        {"token": f"{NEW}\x1b[2J"},
        {"token": f" {NEW}"},
        {"token": f"{NEW}\u00e9"},
        {"token": "x" * 20_000},
        {},
        [],
        NEW,
    ],
)
def test_answer_that_is_no_token_is_an_error_without_it(
    tokens: AnacondaTokens, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError) as caught:
        tokens.create(WISH)
    error: BaseException | None = caught.value
    assert 'If a token "laptop" was made all the same' in str(error)
    while error:
        assert NEW not in f"{error} {error.args}"
        error = error.__cause__


@pytest.mark.parametrize("said", [answer({}, 502), answer(b"<html>"), answer({}, 302)])
def test_failure_that_may_have_made_one_says_so(
    tokens: AnacondaTokens, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError, match=r"conda private token list") as caught:
        tokens.create(WISH)
    assert len(wire.sent) == 1
    assert type(caught.value) is ServerError


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer({"error": 'Token with name "x" already exists'}, 400), AlreadyExistsError),
        (answer({"error": "Invalid scopes: x"}, 400), RequestRefusedError),
        (answer({"error": "Invalid username or password"}, 401), TokenRefusedError),
        (answer({"error": "User is not authorized to perform this"}, 401), AccessDeniedError),
    ],
)
def test_refusal_made_none_and_says_nothing_of_one(
    tokens: AnacondaTokens, wire: Wire, said: Any, kind: type[Exception]
) -> None:
    wire.says(said)
    with pytest.raises(kind) as caught:
        tokens.create(WISH)
    assert "all the same" not in str(caught.value)


def test_token_that_asks_is_asked_for_and_ended_by_itself(
    tokens: AnacondaTokens, wire: Wire
) -> None:
    wire.says({"application": "laptop"})
    assert tokens.current() == TokenFacts(note="laptop")
    tokens.revoke_itself()
    assert wire.sent == [("GET", "/authentication", None), ("DELETE", "/authentications", None)]
    assert CANARY not in str(wire.sent)


def test_tokens_of_an_account_and_of_an_organization(tokens: AnacondaTokens, wire: Wire) -> None:
    wire.says([{"application": "a"}, {"application": "b"}])
    assert [each.note for each in tokens.tokens()] == ["a", "b"]
    tokens.tokens("acme")
    tokens.revoke("my laptop/1")
    tokens.revoke("ci", "acme")
    assert [path for _, path, _ in wire.sent] == [
        "/authentications",
        "/authentications/org/acme",
        "/authentications/name/my%20laptop%2F1",
        "/authentications/org/acme/name/ci",
    ]


@pytest.mark.parametrize("said", [{}, {"tokens": []}, "x", 5, [5], [None], [[]]])
def test_list_of_another_shape_is_a_clear_error(
    tokens: AnacondaTokens, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError, match="makes no sense"):
        tokens.tokens()


def test_scopes_are_read(tokens: AnacondaTokens, wire: Wire) -> None:
    wire.says({"all": "Everything\x1b", "conda": None})
    assert tokens.scopes() == {"all": "Everything", "conda": ""}
    wire.says(["all"])
    with pytest.raises(ServerError, match="its scopes makes no sense"):
        tokens.scopes()


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ({"authentication_type": "password"}, True),
        ({"authentication_type": ""}, True),
        ({"authentication_type": None}, True),
        ({}, True),
        ([], True),
        (answer({"error": "x"}, 404), True),
        (answer({"error": "x"}, 400), True),
        (answer({"error": "This domain requires token authentication"}, 401), True),
        (answer({"error": "x"}, 403), True),
        ({"authentication_type": "browser"}, False),
        ({"authentication_type": "oauth"}, False),
        ({"authentication_type": ["password"]}, False),
        ({"authentication_type": {}}, False),
    ],
)
def test_server_says_whether_it_takes_passwords(
    tokens: AnacondaTokens, wire: Wire, said: Any, takes: bool
) -> None:
    wire.says(said)
    assert tokens.takes_passwords() is takes


@pytest.mark.parametrize("said", [answer(b"<html>"), answer({}, 503), answer({}, 302)])
def test_what_is_no_api_gets_no_password(tokens: AnacondaTokens, wire: Wire, said: Any) -> None:
    wire.says(said)
    with pytest.raises(ServerError):
        tokens.takes_passwords()
