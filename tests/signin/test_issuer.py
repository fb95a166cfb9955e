"""Issuers: which metadata and which answers are used, and where a secret is sent."""

from __future__ import annotations

import json

import pytest

from conda_private.model.address import Address
from conda_private.model.exceptions import InsecureUrlError
from conda_private.model.secret import Secret
from conda_private.model.sign_in import Client, IssuerError, SignInError
from conda_private.signin.issuer import discover, granted, revoke
from tests.server.issuer import CLIENT, Issuer

KNOWN = "/realm/.well-known/openid-configuration"
OLDER = "/.well-known/oauth-authorization-server/realm"
ELSEWHERE = "https://evil.example.org"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("name", ["token", "revocation", "device_authorization", "authorization"])
@pytest.mark.parametrize("url", [f"{ELSEWHERE}/x", "http://127.0.0.1:1/x", "javascript:x"])
def test_endpoint_at_another_origin_is_refused(
    issuer: Issuer, client: Client, name: str, url: str
) -> None:
    issuer.changes[f"{name}_endpoint"] = url
    with pytest.raises(IssuerError, match="not safe"):
        discover(client)


def test_metadata_of_another_issuer_is_refused(issuer: Issuer, client: Client) -> None:
    issuer.changes["issuer"] = ELSEWHERE
    with pytest.raises(IssuerError) as caught:
        discover(client)
    assert f"of another issuer: {ELSEWHERE}" in caught.value.cause


def test_redirect_of_the_metadata_is_refused(issuer: Issuer, client: Client) -> None:
    issuer.answers[KNOWN] = (302, {"Location": f"{issuer.url}/other"}, b"")
    with pytest.raises(IssuerError) as caught:
        discover(client)
    assert "redirects the request for its metadata" in caught.value.cause


def test_metadata_without_a_token_endpoint_is_refused(issuer: Issuer, client: Client) -> None:
    issuer.changes["token_endpoint"] = None
    with pytest.raises(IssuerError, match="not safe"):
        discover(client)


def test_metadata_is_also_found_where_oauth_has_it(issuer: Issuer, client: Client) -> None:
    issuer.answers[KNOWN] = (404, {}, b"")
    issuer.answers[OLDER] = (200, JSON, json.dumps(issuer.metadata).encode())
    assert discover(client).token == f"{issuer.url}/token"


def test_page_is_no_issuer(issuer: Issuer) -> None:
    with pytest.raises(IssuerError, match="is not an issuer"):
        discover(Client(issuer.url.replace("realm", "nothing"), CLIENT))


def test_slash_at_the_end_makes_no_difference(issuer: Issuer) -> None:
    assert discover(Client(f"{issuer.url}/", CLIENT)).name == issuer.url


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_refresh_token_follows_no_redirect(issuer: Issuer, client: Client, status: int) -> None:
    issuer.answers["/realm/token"] = (status, {"Location": f"{issuer.url}/device"}, b"")
    with pytest.raises(IssuerError) as caught:
        granted(f"{issuer.url}/token", client, {"refresh_token": "ca-nary"})
    assert "redirects a request that has a credential" in caught.value.cause
    assert issuer.forms == []


def test_issuer_without_tls_is_refused() -> None:
    with pytest.raises(InsecureUrlError):
        Client.parse("http://idp.example.org a")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"access_token": "a", "token_type": "mac"}, "not a bearer token"),
        ({"token_type": "Bearer"}, "It is empty"),
        ({"access_token": "a\nb"}, "contains a line break"),
    ],
)
def test_answer_without_a_token_is_refused(
    issuer: Issuer, client: Client, answer: dict[str, str], cause: str
) -> None:
    issuer.answers["/realm/token"] = (200, JSON, json.dumps(answer).encode())
    with pytest.raises(IssuerError) as caught:
        granted(f"{issuer.url}/token", client, {})
    assert cause in caught.value.cause


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}"])
def test_failure_of_the_issuer_is_no_refusal(issuer: Issuer, client: Client, body: bytes) -> None:
    issuer.answers["/realm/token"] = (500, JSON, body)
    with pytest.raises(IssuerError, match="failed with status 500"):
        granted(f"{issuer.url}/token", client, {})


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("invalid_client", f"does not know the client id {CLIENT}"),
        ("unauthorized_client", f"The client id {CLIENT} may not sign in this way"),
        ("invalid_scope", "offline_access"),
        ("something_else", "It answered something_else."),
    ],
)
def test_refusal_is_explained(issuer: Issuer, client: Client, code: str, cause: str) -> None:
    words = {"error": code, "error_description": "Some\x1b[31m words"}
    issuer.answers["/realm/revoke"] = (400, JSON, json.dumps(words).encode())
    with pytest.raises(SignInError) as caught:
        revoke(f"{issuer.url}/revoke", client, Secret("a"))
    assert cause in caught.value.cause
    assert caught.value.cause.endswith("Its words: Some[31m words")


def test_source_of_a_login_names_both() -> None:
    client = Client.chosen(Address.parse("https://repo.prefix.dev/a"), "", "rattler")
    assert str(client.source) == "web:https://prefix.dev rattler"
    assert Client.parse(client.source.name) == client
    assert client.source.issuer == "https://prefix.dev"
    assert client.source.option == "--web --issuer https://prefix.dev --client-id rattler"
