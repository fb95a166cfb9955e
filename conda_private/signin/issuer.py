"""An issuer of tokens: where it answers (RFC 8414), and what it is asked for (RFC 6749).

A refresh token, a code and a device code go to the issuer's own origin only, and no redirect is
followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from conda_private.http.client import Signer, post_form, send
from conda_private.model.address import Address
from conda_private.model.exceptions import SecretFormatError
from conda_private.model.sign_in import Client, IssuerError, SignInError
from conda_private.signin.grant import Grant

if TYPE_CHECKING:
    from requests import Response

    from conda_private.model.secret import Secret

_ENDPOINTS = ("authorization", "token", "revocation", "device_authorization")


class Issuer(NamedTuple):
    """An issuer's metadata.

    Attributes:
        name: the issuer, exactly as it names itself.
        authorization, token: where the browser, and where the plugin, is sent to.
        revocation: where a token is revoked (RFC 7009), or "".
        device_authorization: where a device code is given (RFC 8628), or "".
        scopes: what is asked for, separated by blanks.
        states_itself: whether its answers in the browser always name it (RFC 9207).
    """

    name: str
    authorization: str
    token: str
    revocation: str
    device_authorization: str
    scopes: str
    states_itself: bool


def discover(client: Client) -> Issuer:
    """Read an issuer's metadata.

    Raises:
        IssuerError: there is none, or it is not of this issuer, or it names another origin.
        ConnectionFailedError: the issuer did not answer, or conda is offline.
    """
    for url in _locations(client.issuer):
        response = send("GET", url, Signer(), follows=False)
        if response.is_redirect:
            raise unsafe(client, "It redirects the request for its metadata to another address.")
        if response.status_code == 200:
            return _issuer(client, fields_of(response))
    raise IssuerError(
        f"{client.issuer} is not an issuer that the plugin can use.",
        cause="It has no metadata at /.well-known/openid-configuration"
        f" (status {response.status_code}).",
        next_step="ask the server's administrator for the issuer, and repeat the command with\n"
        "--issuer URL --client-id ID",
    )


def ask(url: str, client: Client, fields: Mapping[str, str]) -> dict[str, Any]:
    """Send a form to an endpoint of an issuer; return its answer, also if that is an error.

    Raises:
        IssuerError: the answer is a redirect, or neither an answer nor an error of OAuth.
        ConnectionFailedError: the issuer did not answer, or conda is offline.
    """
    response = post_form(url, {**fields, "client_id": client.client_id})
    if response.is_redirect:
        raise unsafe(client, "It redirects a request that has a credential to another address.")
    answer = fields_of(response)
    if response.status_code != 200 and not isinstance(answer.get("error"), str):
        raise IssuerError(
            f"{client.issuer} failed with status {response.status_code}.",
            cause="The issuer, or a proxy in front of it, has a problem.",
            next_step="repeat the command later",
        )
    return answer


def granted(
    url: str, client: Client, fields: Mapping[str, str], before: Grant | None = None
) -> Grant:
    """Ask for tokens.

    Raises:
        SignInError: the issuer refuses.
        IssuerError: its answer is not valid.
        ConnectionFailedError: the issuer did not answer, or conda is offline.
    """
    answer = ask(url, client, fields)
    if "error" in answer:
        raise refusal(client, answer)
    return grant_of(url, client, answer, before)


def grant_of(
    url: str, client: Client, answer: Mapping[str, Any], before: Grant | None = None
) -> Grant:
    """Parse the tokens of an answer.

    Raises:
        IssuerError: they are not valid.
    """
    kind = str(answer.get("token_type", "")).lower()
    try:
        if kind in ("bearer", ""):
            return Grant.answered(client, url, answer, datetime.now(timezone.utc), before)
        reason = "Its token is not a bearer token (RFC 6750)."
    except SecretFormatError as error:
        reason = f"Its access token is not valid: {error.cause.partition('. ')[0]}."
    raise unsafe(client, reason)


def revoke(url: str, client: Client, token: Secret) -> None:
    """Revoke a refresh token, and the access tokens of its grant (RFC 7009).

    Raises:
        SignInError: the issuer refuses.
        ConnectionFailedError: the issuer did not answer, or conda is offline.
    """
    answer = ask(url, client, {"token": token.reveal(), "token_type_hint": "refresh_token"})
    if "error" in answer:
        raise refusal(client, answer)


def refusal(client: Client, answer: Mapping[str, Any]) -> SignInError:
    """The error for an answer that is an error of OAuth; its words are the issuer's."""
    code = _plain(answer.get("error"))
    words = _plain(answer.get("error_description"))
    causes: dict[str, str] = {
        "access_denied": "You, or a rule of the issuer, denied it.",
        "expired_token": "The code has expired before you confirmed it.",
        "invalid_grant": "The issuer does not accept it any more: it has expired or was revoked.",
        "invalid_client": f"The issuer does not know the client id {client.client_id}.",
        "unauthorized_client": f"The client id {client.client_id} may not sign in this way.",
        "invalid_scope": "The client may not ask for a renewal without you (offline_access).",
    }
    cause = causes.get(code, f"It answered {code}.")
    return SignInError(
        f"{client.issuer} did not sign you in.",
        cause=f"{cause} Its words: {words}" if words else cause,
        next_step="repeat the command, or ask the issuer's administrator",
    )


def unsafe(client: Client, cause: str) -> IssuerError:
    """The error for an answer that is not used."""
    return IssuerError(
        f"The answer of {client.issuer} is not safe to use.",
        cause=f"{cause} Nothing was sent there, and nothing was stored.",
        next_step="check the address of the issuer with the server's administrator",
    )


def fields_of(response: Response) -> dict[str, Any]:
    """Return the JSON object of an answer; an empty one for anything else."""
    try:
        content = response.json()
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _locations(issuer: str) -> tuple[str, str]:
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    return (
        f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{path}",
    )


def _issuer(client: Client, fields: Mapping[str, Any]) -> Issuer:
    name = fields.get("issuer")
    # People leave out the slash at the end, or add one.
    if not isinstance(name, str) or name.rstrip("/") != client.issuer.rstrip("/"):
        raise unsafe(client, f"Its metadata is of another issuer: {_plain(name)}.")
    urls = {each: _endpoint(client, fields, f"{each}_endpoint") for each in _ENDPOINTS}
    if not urls["token"]:
        raise unsafe(client, "Its metadata has no token_endpoint.")
    offered = fields.get("scopes_supported")
    is_offered: Callable[[str], bool] = lambda scope: (  # noqa: E731
        not isinstance(offered, list) or scope in offered
    )
    scopes = " ".join(filter(is_offered, ("openid", "offline_access")))
    states = fields.get("authorization_response_iss_parameter_supported") is True
    return Issuer(name, **urls, scopes=scopes, states_itself=states)


def _endpoint(client: Client, fields: Mapping[str, Any], name: str) -> str:
    url = fields.get(name)
    if not isinstance(url, str):
        return ""
    address, own = Address.of_request(url), Address.of_request(client.issuer)
    if address is None or own is None or address.origin != own.origin:
        raise unsafe(client, f"Its {name} is at another origin: {_plain(url)}.")
    return url


def _plain(text: object) -> str:
    return "".join(each for each in str(text or "") if each.isprintable())[:200]
