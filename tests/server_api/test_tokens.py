"""The tokens API: what is sent, and how each answer is read."""

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
from conda_private.model.facts import NewToken, TokenFacts
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.tokens import AnacondaTokens
from tests.server_api.conftest import CANARY, Wire, answer

WANTED = NewToken("laptop", ("conda:download",))
NEW = "ne-w-token"


@pytest.fixture
def tokens(api: Api) -> AnacondaTokens:
    """The tokens API over the fake connection."""
    return AnacondaTokens(api)


def test_new_token_has_the_given_scopes_and_never_replaces_another(
    tokens: AnacondaTokens, wire: Wire
) -> None:
    wire.says({"token": NEW})
    assert tokens.create(WANTED) == Secret(NEW)
    ((method, path, content),) = wire.sent
    assert (method, path) == ("POST", "/authentications")
    assert content is not None
    assert (content["scopes"], content["note"]) == (["conda:download"], "laptop")
    assert (content["user"], content["max-age"]) == (None, None)
    assert (content["fail-if-exists"], content["strength"]) == (True, "strong")
    tokens.create(NewToken("ci", ("all",), "acme", 60))
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
def test_answer_without_a_valid_token_is_an_error_that_does_not_quote_it(
    tokens: AnacondaTokens, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError) as caught:
        tokens.create(WANTED)
    error: BaseException | None = caught.value
    assert 'The token "laptop" may have been created nevertheless' in str(error)
    while error:
        assert NEW not in f"{error} {error.args}"
        error = error.__cause__


@pytest.mark.parametrize("said", [answer({}, 502), answer(b"<html>"), answer({}, 302)])
def test_failure_that_may_have_created_a_token_says_so(
    tokens: AnacondaTokens, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError, match=r"conda private token list") as caught:
        tokens.create(WANTED)
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
def test_refusal_does_not_mention_a_new_token(
    tokens: AnacondaTokens, wire: Wire, said: Any, kind: type[Exception]
) -> None:
    wire.says(said)
    with pytest.raises(kind) as caught:
        tokens.create(WANTED)
    assert "created" not in str(caught.value)


def test_token_can_be_identified_and_revoked_with_itself(
    tokens: AnacondaTokens, wire: Wire
) -> None:
    wire.says({"application": "laptop"})
    assert tokens.current() == TokenFacts(token_name="laptop")
    tokens.revoke_itself()
    assert wire.sent == [("GET", "/authentication", None), ("DELETE", "/authentications", None)]
    assert CANARY not in str(wire.sent)


def test_tokens_of_an_account_and_of_an_organization(tokens: AnacondaTokens, wire: Wire) -> None:
    wire.says([{"application": "a"}, {"application": "b"}])
    assert [each.token_name for each in tokens.tokens()] == ["a", "b"]
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
def test_list_in_another_format_is_a_clear_error(
    tokens: AnacondaTokens, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError, match="did not return"):
        tokens.tokens()


def test_scopes_are_read(tokens: AnacondaTokens, wire: Wire) -> None:
    wire.says({"all": "Everything\x1b", "conda": None})
    assert tokens.scopes() == {"all": "Everything", "conda": ""}
    wire.says(["all"])
    with pytest.raises(ServerError, match="did not return its scopes"):
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
def test_server_reports_whether_it_accepts_passwords(
    tokens: AnacondaTokens, wire: Wire, said: Any, takes: bool
) -> None:
    wire.says(said)
    assert tokens.takes_passwords() is takes


@pytest.mark.parametrize("said", [answer(b"<html>"), answer({}, 503), answer({}, 302)])
def test_server_without_an_api_gets_no_password(
    tokens: AnacondaTokens, wire: Wire, said: Any
) -> None:
    wire.says(said)
    with pytest.raises(ServerError):
        tokens.takes_passwords()
