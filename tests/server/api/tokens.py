"""Tokens: make, list and revoke them."""

from __future__ import annotations

from typing import Any

from ..credentials import decode_basic
from ..model import Token
from ..rights import owns
from ..settings import API_KEY
from ..wire import Answer, Refusal, as_json
from .routing import ANY_TOKEN, ANYBODY, NEEDS_TOKEN, NOT_AUTHORIZED, Api, data, not_found, route

WRONG_PASSWORD = "Invalid username or password"
NO_BEARER = "Bearer token authentication is not enabled"


@route("GET", "/scopes", ANYBODY)
def scopes(api: Api) -> Answer:
    """List the scopes and what they mean."""
    return as_json(api.world.scopes)


@route("GET", "/authentication", ANY_TOKEN)
def current(api: Api) -> Answer:
    """Show the token of the request."""
    token = api.principal.token
    assert token is not None
    return as_json(record(token))


@route("GET", "/authentications", "api:read")
def tokens(api: Api) -> Answer:
    """List the tokens of the caller."""
    return as_json([record(token) for token in of(api, api.principal.login)])


@route("GET", "/authentications/org/{organization}", "api:read")
def organization_tokens(api: Api, organization: str) -> Answer:
    """List the tokens of an organization."""
    _must_own(api, organization)
    return as_json([record(token) for token in of(api, organization)])


@route("POST", "/authentications", ANYBODY)
def create(api: Api) -> Answer:
    """Make a token for whoever signs in with a password or a bearer token."""
    user = _sign_in(api)
    wish = data(api.call)
    owner = wish.get("user") or user
    if owner != user and user not in _owners(api, owner):
        raise Refusal(401, NOT_AUTHORIZED)
    chosen = tuple(wish.get("scopes") or ())
    unknown = sorted(set(chosen) - set(api.world.scopes))
    if unknown:
        raise Refusal(400, f"Invalid scopes: {', '.join(unknown)}")
    return as_json({"token": _named(api, user, owner, chosen, wish)})


def _named(api: Api, user: str, owner: str, chosen: tuple[str, ...], wish: dict[str, Any]) -> str:
    name = wish.get("note") or ""
    for old in of(api, owner):
        if old.name == name:
            if wish.get("fail-if-exists") or api.world.same_name == "fail":
                raise Refusal(400, f'Token with name "{name}" already exists')
            if api.world.same_name == "replace":
                del api.world.tokens[old.value]
    value = api.world.add_token(
        user,
        chosen,
        api.world.expiry(wish.get("max-age")),
        name,
        form=wish.get("strength") or "strong",
        for_user=owner,
    )
    api.world.tokens[value].hostname = wish.get("hostname") or ""
    return value


def _sign_in(api: Api) -> str:
    scheme, _, rest = (api.call.headers.get("Authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        return _bearer(api, rest.strip())
    if scheme.lower() != "basic":
        raise Refusal(401, NEEDS_TOKEN)
    login, password = decode_basic(rest.strip())
    if not api.world.check_password(login, password):
        raise Refusal(401, WRONG_PASSWORD)
    return login


def _bearer(api: Api, secret: str) -> str:
    if secret not in api.world.bearers:
        raise Refusal(401, NEEDS_TOKEN if api.world.bearers else NO_BEARER)
    return api.world.bearers[secret]


@route("DELETE", "/authentications", ANY_TOKEN)
def remove_current(api: Api) -> Answer:
    """Revoke the token of the request."""
    token = api.principal.token
    assert token is not None
    del api.world.tokens[token.value]
    return as_json({}, 201)


@route("DELETE", "/authentications/name/{name}", "api:write")
def remove(api: Api, name: str) -> Answer:
    """Revoke a token of the caller."""
    return _remove(api, api.principal.login, name)


@route("DELETE", "/authentications/org/{organization}/name/{name}", "api:write")
def remove_of_organization(api: Api, organization: str, name: str) -> Answer:
    """Revoke a token of an organization."""
    _must_own(api, organization)
    return _remove(api, organization, name)


def _remove(api: Api, owner: str, name: str) -> Answer:
    found = [token for token in of(api, owner) if token.name == name]
    if not found:
        raise not_found(name)
    for token in found:
        del api.world.tokens[token.value]
    return as_json({}, 201)


def _must_own(api: Api, organization: str) -> None:
    if not owns(api.principal, api.account(organization)):
        raise Refusal(401, NOT_AUTHORIZED)


def _owners(api: Api, organization: str) -> set[str]:
    group = api.account(organization).groups.get("owners")
    return group.members if group else set()


def of(api: Api, owner: str) -> list[Token]:
    """The tokens that act for an account; those made by a user for an organization are its.

    API keys of anaconda.com are not among them.
    """
    tokens = (token for token in api.world.tokens.values() if token.acts_for == owner)
    return [token for token in tokens if token.scopes != API_KEY]


def record(token: Token) -> dict[str, Any]:
    """What the API shows of a token, which is never the token."""
    return {
        "id": token.id,
        "application": token.name,
        "user": token.acts_for,
        "scopes": list(token.scopes),
        "expires": str(token.expires) if token.expires else None,
        "created_at": str(token.created),
        "hostname": token.hostname,
        "remote_addr": token.remote_addr,
        "resource": f"api:**:{token.acts_for}",
    }
