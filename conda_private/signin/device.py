"""Signs in on another device: a short code, for machines without a browser (RFC 8628)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from conda_private.model.address import Address
from conda_private.model.sign_in import Client, IssuerError
from conda_private.signin.grant import Grant
from conda_private.signin.issuer import Issuer, ask, grant_of, refusal, unsafe
from conda_private.signin.waiting import instruct, waiting

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL = 5.0  # seconds; RFC 8628, section 3.2
# By how many seconds the interval grows (section 3.5).
_PENDING = {"authorization_pending": 0.0, "slow_down": 5.0}
_LONGEST = 1800.0  # seconds that a code can be valid for


def sign_in(
    issuer: Issuer,
    client: Client,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Grant:
    """Show a code, and wait until the user has confirmed it.

    Raises:
        SignInError: it was denied, or the code has expired.
        IssuerError: the issuer gives no such codes, or its answer is not valid.
        ConnectionFailedError: the issuer did not answer.
    """
    begun = _begun(issuer, client)
    device_code, seconds, interval = _told(client, begun)
    end = clock() + min(seconds, _LONGEST)
    fields = {"grant_type": _GRANT, "device_code": device_code}
    with waiting(f"Waiting until you confirm the code at {client.issuer}"):
        while clock() < end:
            sleep(interval)
            answer = ask(issuer.token, client, fields)
            code = answer.get("error")
            if code not in _PENDING:
                return _final(issuer, client, answer)
            interval += _PENDING[code]
    raise refusal(client, {"error": "expired_token"})


def _begun(issuer: Issuer, client: Client) -> dict[str, Any]:
    if not issuer.device_authorization:
        raise IssuerError(
            f"{client.issuer} cannot sign you in without a browser.",
            cause="Its metadata has no device_authorization_endpoint (RFC 8628).",
            next_step="log in on a machine with a browser, without --no-browser; or use a token:\n"
            "conda private login CHANNEL --token-stdin",
        )
    begun = ask(issuer.device_authorization, client, {"scope": issuer.scopes})
    if "error" in begun:
        raise refusal(client, begun)
    return begun


def _final(issuer: Issuer, client: Client, answer: Mapping[str, Any]) -> Grant:
    if "error" in answer:
        raise refusal(client, answer)
    return grant_of(issuer.token, client, answer)


def _told(client: Client, begun: Mapping[str, Any]) -> tuple[str, float, float]:
    """Show where to enter which code; return the device code, its validity and the interval."""
    code, url = begun.get("user_code"), begun.get("verification_uri")
    secret = begun.get("device_code")
    if not all(isinstance(each, str) and each.isprintable() for each in (code, url, secret)):
        raise unsafe(client, "It lacks a code, or the address to enter it at.")
    address = Address.of_request(str(url))
    if address is None or (address.scheme == "http" and not address.is_loopback):
        raise unsafe(client, f"The address to enter the code at has no TLS: {url}.")
    instruct(f"Open {url}  on any device, and enter the code  {code}\n")
    return str(secret), _number(begun, "expires_in", 600), _number(begun, "interval", _INTERVAL)


def _number(fields: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = fields.get(name)
    is_number = isinstance(value, (int, float)) and value > 0
    return float(value) if is_number and value is not None else otherwise
