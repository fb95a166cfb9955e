"""Tokens API: create, list, identify and revoke the tokens of an account."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from typing import Any

from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialError,
    RequestRefusedError,
    SecretFormatError,
    ServerError,
)
from conda_private.model.facts import NewToken, TokenFacts
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.errors import unexpected_answer
from conda_private.server.people import AnacondaPeople
from conda_private.server.words import printable

MAX_SCOPES = 100  # of a token; anaconda.org has about 40
HOMEPAGE = "https://anaconda.org"  # the application's address, as anaconda-client sends it


def token_facts(record: Any) -> TokenFacts:
    """Read the record of one token in an answer.

    Raises:
        ServerError: the record does not describe a token.
    """
    if not isinstance(record, dict):
        raise unexpected_answer("a token")
    scopes = record.get("scopes") or []
    return TokenFacts(
        token_name=printable(record.get("application")),
        token_id=printable(record.get("id")),
        account=printable(record.get("user") or record.get("login")),
        created=printable(record.get("created_at") or record.get("created")),
        expires=printable(record.get("expires")),
        scopes=tuple(map(printable, scopes[:MAX_SCOPES]))
        if isinstance(scopes, list)
        else (printable(scopes),),
    )


class TokenInquiry:
    """Identifies a token by ``GET /authentication``, which needs no scope.

    Args:
        open_api: opens the API at an address with a token.
    """

    def __init__(self, *, open_api: Callable[[Address, Secret], Api]) -> None:
        self._open_api = open_api

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        """Return what the API reports about a token; None if it reports nothing or fails."""
        try:
            return token_facts(self._open_api(api, secret).get("authentication"))
        except CondaPrivateError:
            return None

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        """Whether an account owns a channel, or is in a group of the organization that owns it.

        False if the API does not report it. A token that can only download may not ask for its own
        account, so the organizations are asked for by the account's name, if it is known.
        """
        if account == owner:
            return True
        people = AnacondaPeople(self._open_api(api, secret))
        try:
            is_owner = not account and people.profile().login == owner
            return is_owner or owner in people.organizations(account)
        except CondaPrivateError:
            return False


class AnacondaTokens:
    """The requests about tokens, to an API like that of anaconda.org.

    Every method raises ``CondaPrivateError`` if the API refuses the request.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def current(self) -> TokenFacts:
        """Return the token that the requests are sent with. This needs no scope."""
        return token_facts(self._api.get("authentication"))

    def scopes(self) -> Mapping[str, str]:
        """Return every scope that the server knows, with its description."""
        answer = self._api.get("scopes")
        if not isinstance(answer, dict):
            raise unexpected_answer("its scopes")
        return {printable(name): printable(text) for name, text in answer.items()}

    def takes_passwords(self) -> bool:
        """Return whether users sign in with a password; True if the server does not report it."""
        try:
            answer = self._api.get("authentication-type")
        except (RequestRefusedError, CredentialError):
            return True
        kind = answer.get("authentication_type") if isinstance(answer, dict) else ""
        return kind in ("password", "", None)

    def create(self, wanted: NewToken) -> Secret:
        """Create a token. An existing token of the same name is never replaced.

        Raises:
            AlreadyExistsError: there is a token of that name.
            ServerError: the request failed. The token may have been created.
        """
        content = {
            "scopes": list(wanted.scopes),
            "note": wanted.name,
            "note_url": HOMEPAGE,
            "hostname": platform.node(),
            "user": wanted.organization or None,
            "max-age": wanted.max_age,
            "strength": "strong",
            "fail-if-exists": True,
        }
        try:
            return _secret(self._api.post("authentications", content=content))
        except RequestRefusedError:
            raise
        except ServerError as error:
            # The server may have created the token; repeating the request could create another.
            raise error.adding(
                f'The token "{wanted.name}" may have been created nevertheless; to find out, run'
                " conda private token list."
            ) from error

    def tokens(self, organization: str = "") -> tuple[TokenFacts, ...]:
        """Return the tokens of an organization; without a name, those of the account."""
        of = ("org", organization) if organization else ()
        answer = self._api.get("authentications", *of)
        if not isinstance(answer, list):
            raise unexpected_answer("a list of tokens")
        return tuple(map(token_facts, answer))

    def revoke(self, name: str, organization: str = "") -> None:
        """Revoke a token by its name."""
        of = ("org", organization) if organization else ()
        self._api.delete("authentications", *of, "name", name)

    def revoke_itself(self) -> None:
        """Revoke the token that the requests are sent with."""
        self._api.delete("authentications")


def _secret(answer: Any) -> Secret:
    text = answer.get("token") if isinstance(answer, dict) else None
    try:
        return Secret.parse(text if isinstance(text, str) else "", "token")
    except SecretFormatError:
        problem = unexpected_answer("the new token")
    # Not chained: the text that is not a valid token may still contain the new one.
    raise problem
