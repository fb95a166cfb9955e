"""The error for each refusal of an API: the server's message, the cause, the next command."""

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
    (401, SCOPE[:78], AccessDeniedError, "lacks a required scope"),
    (401, "This domain requires token authentication", TokenRefusedError, "does not recognize"),
    (401, "Authentication token has expired", TokenRefusedError, "token has expired"),
    (401, "User is not authorized to perform this operation", AccessDeniedError, "Only an owner"),
    (401, "Invalid username or password", TokenRefusedError, "does not accept"),
    (401, "The user does not exist", TokenRefusedError, "does not accept"),
    (401, "Account locked after too many attempts", TokenRefusedError, "does not accept"),
    (401, "", TokenRefusedError, "does not accept"),
    (400, "You can not create a private package", RequestRefusedError, "plan does not include"),
    (400, 'Token with name "x" already exists', AlreadyExistsError, "Token names must be unique"),
    (400, 'The group "x" already exists', AlreadyExistsError, "Names must be unique"),
    (400, "The scope foo does not exist", RequestRefusedError, "does not accept"),
    (400, "Invalid scopes: foo", RequestRefusedError, "does not accept"),
    (400, "", RequestRefusedError, "does not accept"),
    (403, "Label beta is locked", AccessDeniedError, "The label is locked"),
    (400, "Channel beta is locked", AccessDeniedError, "The label is locked"),
    (403, "", AccessDeniedError, "not have permission"),
    (404, '"hello" could not be found', NotFoundError, "mistyped"),
    (404, "The package does not exist", NotFoundError, "mistyped"),
    (404, 'The group "exists" is not there', NotFoundError, "mistyped"),
    (409, "File conflict while copying", AlreadyExistsError, "Names must be unique"),
    (409, "", AlreadyExistsError, "Names must be unique"),
]


@pytest.mark.parametrize(("status", "said", "kind", "cause"), MEANINGS)
def test_message_of_the_server_is_quoted_and_explained(
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
        (500, "has a problem"),
        (502, "has a problem"),
        (503, "has a problem"),
        (429, "too many requests"),
        (302, "redirects"),
        (308, "redirects"),
    ],
)
def test_server_failure_is_not_a_refusal(status: int, cause: str) -> None:
    error = refusal(ADDRESS, answer(status=status), said="Down for a while")
    assert type(error) is ServerError
    assert f"status {status}" in error.what
    assert '"Down for a while"' in error.what
    assert cause in error.cause
    assert error.next_step == "repeat the command later"


@pytest.mark.parametrize(
    ("wait", "words"),
    [("60", "in 60 seconds"), ("0", "later"), ("soon", "later"), ("9" * 400, "days")],
)
def test_time_in_retry_after_is_in_the_next_step(wait: str, words: str) -> None:
    error = refusal(ADDRESS, answer(status=429, Retry_After=wait), said="")
    assert words in error.next_step
    assert "inf" not in error.next_step


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 503])
def test_mode_of_the_server_is_in_the_cause(status: int) -> None:
    modes = {"X_Anaconda_Lockdown": "1", "X_Anaconda_Read_Only": "1"}
    error = refusal(ADDRESS, answer(status=status, **modes), said="")
    assert "lockdown mode" in error.cause
    assert "read-only mode" in error.cause


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (402, ""),
        (402, "Payment required"),
        (403, "Upgrade to have more private packages"),
        (403, "Your plan does not allow this"),
        (400, "You can not create a private package."),
    ],
)
def test_limit_of_the_plan_leads_to_the_owner_of_the_account(status: int, said: str) -> None:
    error = refusal(ADDRESS, answer(status=status), said=said)
    assert type(error) is RequestRefusedError
    assert said in error.what
    assert error.next_step == "ask the owner of the account to change its plan"


def test_proxy_that_refuses_is_not_the_server() -> None:
    error = refusal(ADDRESS, answer(status=407), said="Proxy words")
    assert isinstance(error, ProxyRefusedError)
    assert "api.example.org" in error.what


def test_percent_signs_and_braces_in_a_message_are_shown_unchanged() -> None:
    said = "100% {0} %(text)s {scope}"
    assert said in str(refusal(ADDRESS, answer(status=401), said=said))
