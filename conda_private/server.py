"""The API of anaconda.org and of servers that speak like it: what a token is and may do."""

from __future__ import annotations

from typing import Any

from conda_private.channels import ChannelUrl
from conda_private.connection import Ask, Signer
from conda_private.credentials import Login
from conda_private.exceptions import ServerError
from conda_private.ports import TokenFacts
from conda_private.schemes import TOKEN
from conda_private.secret import Secret

MAX_TEXT = 200  # characters
_DOWNLOAD_SCOPES = frozenset({"all", "conda", "conda:download", "repos"})


class AnacondaServer:
    """Asks ``GET /authentication``, which a download-only token may call too."""

    def __init__(self, *, ask: Ask) -> None:
        self._ask = ask

    def facts(self, api: str, secret: Secret) -> TokenFacts | None:
        """What the token at this API is; None when it is unknown there, or nobody answers."""
        address = ChannelUrl.parse(api)
        signer = Signer(Login(address, TOKEN, source=""), secret)
        try:
            response = self._ask(f"{address}/authentication", signer)
            content = response.json() if response.status_code == 200 else None
        except (ServerError, ValueError):
            return None
        return _facts(content) if isinstance(content, dict) else None


def _facts(content: dict[str, Any]) -> TokenFacts:
    scopes = tuple(_text(scope) for scope in content.get("scopes") or ())
    return TokenFacts(
        note=_text(content.get("application")),
        account=_text(content.get("user") or content.get("login")),
        expires=_text(content.get("expires")),
        scopes=scopes,
        # No scopes at all means that the token may do everything.
        may_download=not scopes or not _DOWNLOAD_SCOPES.isdisjoint(scopes),
    )


def _text(value: object) -> str:
    # It is shown on a terminal: nothing that moves the cursor, and not a page of it.
    return "".join(filter(str.isprintable, str(value or "")))[:MAX_TEXT]
