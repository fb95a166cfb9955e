"""What an API says of tokens, as records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import CondaPrivateError, ServerError
from conda_private.model.records import TokenFacts
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.words import plain


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
