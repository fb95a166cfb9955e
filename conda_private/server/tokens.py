"""The tokens of an account: ``/authentications``, ``/scopes``."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from typing import Any

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialError,
    RequestRefusedError,
    SecretFormatError,
    ServerError,
)
from conda_private.model.records import TokenFacts, TokenWish
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.words import plain

HOMEPAGE = "https://anaconda.org"  # what the real client names as the application's address


def token_facts(record: Any) -> TokenFacts:
    """One token of an answer.

    Raises:
        ServerError: it is none.
    """
    if not isinstance(record, dict):
        raise unreadable("a token")
    scopes = record.get("scopes") or []
    return TokenFacts(
        note=plain(record.get("application")),
        token_id=plain(record.get("id")),
        account=plain(record.get("user") or record.get("login")),
        created=plain(record.get("created_at") or record.get("created")),
        expires=plain(record.get("expires")),
        scopes=tuple(map(plain, scopes)) if isinstance(scopes, list) else (plain(scopes),),
    )


def unreadable(what: str) -> ServerError:
    """The error for an answer of another shape than the API of anaconda.org gives."""
    return ServerError(
        f"The API's answer about {what} makes no sense.",
        cause="It is JSON, but not as the API of anaconda.org answers.",
        next_step="name the right API:  --api-url https://HOST/api",
    )


class TokenInquiry:
    """Asks ``GET /authentication``, which a download-only token may call too.

    Args:
        open_api: the API at an address, asked with a secret.
    """

    def __init__(self, *, open_api: Callable[[ChannelUrl, Secret], Api]) -> None:
        self._open_api = open_api

    def facts(self, api: str, secret: Secret) -> TokenFacts | None:
        """What the token at this API is; None when it is unknown there, or nobody answers."""
        try:
            return token_facts(self._open_api(ChannelUrl.parse(api), secret).get("authentication"))
        except CondaPrivateError:
            return None


class AnacondaTokens:
    """The token calls of one API."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def current(self) -> TokenFacts:
        """The token that asks; a download-only one may."""
        return token_facts(self._api.get("authentication"))

    def scopes(self) -> Mapping[str, str]:
        """Every scope that the server knows, and what it means."""
        answer = self._api.get("scopes")
        if not isinstance(answer, dict):
            raise unreadable("its scopes")
        return {plain(name): plain(text) for name, text in answer.items()}

    def takes_passwords(self) -> bool:
        """Whether users sign in with a password; a server that does not tell may take them."""
        try:
            answer = self._api.get("authentication-type")
        except (RequestRefusedError, CredentialError):
            return True
        kind = answer.get("authentication_type") if isinstance(answer, dict) else ""
        return kind in ("password", "", None)

    def create(self, wish: TokenWish) -> Secret:
        """Make a token; one of that name is never replaced."""
        content = {
            "scopes": list(wish.scopes),
            "note": wish.name,
            "note_url": HOMEPAGE,
            "hostname": platform.node(),
            "user": wish.organization or None,
            "max-age": wish.max_age,
            "strength": "strong",
            "fail-if-exists": True,
        }
        try:
            return _secret(self._api.post("authentications", content=content))
        except RequestRefusedError:
            raise
        except ServerError as error:
            # It is not known whether it was made; a second try could make a second one.
            words = f'If a token "{wish.name}" was made all the same, it is in the list:'
            raise error.adding(f"{words} conda private token list.") from error

    def tokens(self, organization: str = "") -> tuple[TokenFacts, ...]:
        """The account's tokens, or an organization's."""
        of = ("org", organization) if organization else ()
        answer = self._api.get("authentications", *of)
        if not isinstance(answer, list):
            raise unreadable("its tokens")
        return tuple(map(token_facts, answer))

    def revoke(self, name: str, organization: str = "") -> None:
        """End a token by its name."""
        of = ("org", organization) if organization else ()
        self._api.delete("authentications", *of, "name", name)

    def revoke_itself(self) -> None:
        """End the token that asks."""
        self._api.delete("authentications")


def _secret(answer: Any) -> Secret:
    text = answer.get("token") if isinstance(answer, dict) else None
    try:
        return Secret.parse(text if isinstance(text, str) else "")
    except SecretFormatError:
        problem = unreadable("the new token")
    # Not chained: what was refused may be the token.
    raise problem
