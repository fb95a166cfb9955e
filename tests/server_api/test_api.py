"""One API: where each request goes, how it is authenticated, and how each answer is read."""

from __future__ import annotations

import pytest

from conda_private.model.exceptions import (
    AccessDeniedError,
    NotFoundError,
    ServerError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.schemes import BEARER, BasicScheme
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from tests.server_api.conftest import ADDRESS, CANARY, Wire, answer

PAGE = b"<!doctype html><title>Sign in to the network</title>"


def test_each_method_goes_below_the_address(api: Api, wire: Wire) -> None:
    wire.says({"a": 1})
    assert api.get("user") == {"a": 1}
    assert api.post("group", "org", "x", content={"perms": "read"}) == {"a": 1}
    assert api.put("a", "b") == {"a": 1}
    assert api.delete("a") == {"a": 1}
    assert wire.sent == [
        ("GET", "/user", None),
        ("POST", "/group/org/x", {"perms": "read"}),
        ("PUT", "/a/b", None),
        ("DELETE", "/a", None),
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("a b", "a%20b"),
        ("a?b#c", "a%3Fb%23c"),
        ("100%", "100%25"),
        ("b\u00fccher", "b%C3%BCcher"),
        ("a;b&c=d", "a%3Bb%26c%3Dd"),
        ("...", "..."),
    ],
)
def test_odd_names_stay_one_segment(api: Api, wire: Wire, name: str, path: str) -> None:
    wire.says({})
    api.get("group", name, "members")
    assert wire.sent == [("GET", f"/group/{path}/members", None)]


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_name_that_would_call_another_function_of_the_api_is_not_sent(
    api: Api, wire: Wire, name: str
) -> None:
    with pytest.raises(UsageError):
        api.delete("authentications", "name", name)
    assert wire.sent == []


def test_request_is_authenticated_only_if_there_is_a_credential(wire: Wire) -> None:
    wire.says({})
    for scheme in (BEARER, BasicScheme("alice")):
        made = Api(ADDRESS, Secret(CANARY), send=wire, warn=wire.warned.append, scheme=scheme)
        made.get("user")
    Api(ADDRESS, None, send=wire, warn=wire.warned.append).get("user")
    assert ["Authorization" in headers for headers in wire.signed] == [True, True, False]
    assert CANARY not in str(wire.signed)  # its text is masked outside of the connection


@pytest.mark.parametrize("status", [200, 201, 204])
def test_answer_without_a_body_is_none(api: Api, wire: Wire, status: int) -> None:
    wire.says(answer(b"", status))
    assert api.delete("x") is None


@pytest.mark.parametrize("body", [PAGE, b"\xff\xfe\x00", b"OK", b"{", b"[" * 100_000])
def test_success_without_json_is_not_an_api(api: Api, wire: Wire, body: bytes) -> None:
    wire.says(answer(body, Content_Type="text/html; charset=utf-8"))
    with pytest.raises(ServerError) as caught:
        api.get("user")
    assert "text/html, not JSON" in caught.value.what
    assert "--api-url" in caught.value.next_step


def test_success_of_unknown_type_is_not_an_api(api: Api, wire: Wire) -> None:
    wire.says(answer(PAGE))
    with pytest.raises(ServerError, match="of unknown type, not JSON"):
        api.get("user")


def test_refusal_is_raised_with_the_message_of_the_server(api: Api, wire: Wire) -> None:
    wire.says(answer({"error": "\x1b[2JAuthentication token has expired."}, 401))
    with pytest.raises(TokenRefusedError) as caught:
        api.get("user")
    assert '"[2JAuthentication token has expired"' in caught.value.what
    wire.says(answer(PAGE, 404))
    with pytest.raises(NotFoundError) as not_found:
        api.get("user", "x")
    assert "html" not in str(not_found.value)


def test_warnings_in_headers_are_shown_for_every_answer(api: Api, wire: Wire) -> None:
    wire.says(
        answer({}, Conda_Token_Warning="ends soon"),
        answer({"error": "no"}, 503, X_Anaconda_Read_Only="1"),
    )
    api.get("user")
    with pytest.raises(ServerError):
        api.get("user")
    first, second = wire.warned
    assert "ends soon" in first
    assert "read-only" in second


def test_refusal_that_repeats_the_credential_is_quoted_without_it(api: Api, wire: Wire) -> None:
    wire.says(answer({"error": f"no token {CANARY}"}, 403))
    with pytest.raises(AccessDeniedError, match=r'"no token \*\*\*\*" \(status 403\)'):
        api.get("user")
    wire.says(answer({"error": "no token"}, 403))
    with pytest.raises(AccessDeniedError, match='"no token"'):
        Api(ADDRESS, None, send=wire, warn=wire.warned.append).get("user")
