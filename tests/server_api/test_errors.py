"""What a server's refusal means: its own words, the cause, and the next command."""

from __future__ import annotations

import pytest

from conda_private.model.exceptions import (
    AccessDeniedError,
    AlreadyExistsError,
    CondaPrivateError,
    NotFoundError,
    ProxyRefusedError,
    RequestRefusedError,
    ServerError,
    TokenRefusedError,
)
from conda_private.server.errors import refusal
from tests.server_api.conftest import ADDRESS, answer

SCOPE = (
    "Authentication token does not have the sufficient scope to perform this action"
    " expected: api:read"
)
MEANINGS = [
    (401, SCOPE, AccessDeniedError, "lacks the scope api:read"),
    (403, SCOPE, AccessDeniedError, "lacks the scope api:read"),
    (401, SCOPE[:78], AccessDeniedError, "lacks the scope that this needs"),
    (401, "This domain requires token authentication", TokenRefusedError, "does not know"),
    (401, "Authentication token has expired", TokenRefusedError, "come to its end"),
    (401, "User is not authorized to perform this operation", AccessDeniedError, "only an owner"),
    (401, "Invalid username or password", TokenRefusedError, "does not accept"),
    (401, "The user does not exist", TokenRefusedError, "does not accept"),
    (401, "Account locked after too many attempts", TokenRefusedError, "does not accept"),
    (401, "", TokenRefusedError, "does not accept"),
    (400, "You can not create a private package", RequestRefusedError, "plan does not include"),
    (400, 'Token with name "x" already exists', AlreadyExistsError, "given once"),
    (400, "The scope foo does not exist", RequestRefusedError, "does not take"),
    (400, "Invalid scopes: foo", RequestRefusedError, "does not take"),
    (400, "", RequestRefusedError, "does not take"),
    (403, "Label beta is locked", AccessDeniedError, "The label is locked"),
    (400, "Channel beta is locked", AccessDeniedError, "The label is locked"),
    (403, "", AccessDeniedError, "not the right"),
    (404, '"hello" could not be found', NotFoundError, "mistyped"),
    (404, "The package does not exist", NotFoundError, "mistyped"),
    (404, 'The group "exists" is not there', NotFoundError, "mistyped"),
    (409, "File conflict while copying", AlreadyExistsError, "given once"),
    (409, "", AlreadyExistsError, "given once"),
]


@pytest.mark.parametrize(("status", "said", "kind", "cause"), MEANINGS)
def test_words_of_the_server_are_quoted_and_understood(
    status: int, said: str, kind: type[CondaPrivateError], cause: str
) -> None:
    error = refusal(ADDRESS, answer(status=status), said=said)
    assert type(error) is kind
    assert said in error.what
    assert f"(status {status})" in error.what
    assert "api.example.org:8443" in error.what
    assert ('"' in error.what) is bool(said)
    assert cause in error.cause
    assert (
        "conda private " in error.next_step
        or "anaconda label" in error.next_step
        or "ask" in (error.next_step)
    )
    assert error.return_code == (4 if kind in (AccessDeniedError, TokenRefusedError) else 1)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (500, "problem of its own"),
        (502, "problem of its own"),
        (503, "problem of its own"),
        (429, "too many requests"),
        (302, "elsewhere"),
        (308, "elsewhere"),
    ],
)
def test_trouble_is_no_refusal(status: int, cause: str) -> None:
    error = refusal(ADDRESS, answer(status=status), said="Down for a while")
    assert type(error) is ServerError
    assert f"status {status}" in error.what
    assert '"Down for a while"' in error.what
    assert cause in error.cause
    assert error.next_step == "repeat the command later"


@pytest.mark.parametrize(
    ("wait", "words"),
    [("60", "in 60 seconds"), ("0", "later"), ("soon", "later"), ("9" * 400, "seconds")],
)
def test_time_that_the_server_asks_for_is_in_the_next_step(wait: str, words: str) -> None:
    error = refusal(ADDRESS, answer(status=429, Retry_After=wait), said="")
    assert words in error.next_step
    assert "inf" not in error.next_step


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 503])
def test_state_of_the_whole_server_is_in_the_cause(status: int) -> None:
    modes = {"X_Anaconda_Lockdown": "1", "X_Anaconda_Read_Only": "1"}
    error = refusal(ADDRESS, answer(status=status, **modes), said="")
    assert "lockdown mode" in error.cause
    assert "read-only mode" in error.cause


def test_proxy_that_refuses_is_not_the_server() -> None:
    error = refusal(ADDRESS, answer(status=407), said="Proxy words")
    assert isinstance(error, ProxyRefusedError)
    assert "api.example.org" in error.what


def test_words_with_percent_signs_and_braces_are_only_words() -> None:
    said = "100% {0} %(text)s {scope}"
    assert said in str(refusal(ADDRESS, answer(status=401), said=said))
