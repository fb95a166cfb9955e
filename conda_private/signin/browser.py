"""Signs in with a browser: an authorization code with PKCE (RFC 6749, RFC 7636, RFC 8252)."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import sys
import threading
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlencode

from conda_private.model.sign_in import Client, SignInError
from conda_private.signin.grant import Grant
from conda_private.signin.issuer import Issuer, granted, refusal, unsafe
from conda_private.signin.loopback import Loopback
from conda_private.signin.waiting import PATIENCE, instruct, waiting


def has_browser() -> bool:
    """Whether a browser can open for the person who is there."""
    if os.environ.get("BROWSER"):
        return True
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return False
    # A browser would open on the other machine, where nobody sits.
    if os.environ.get("SSH_CONNECTION") and not os.environ.get("DISPLAY"):
        return False
    with suppress(webbrowser.Error):
        webbrowser.get()
        return True
    return False


def sign_in(issuer: Issuer, client: Client, *, patience: float = PATIENCE) -> Grant:
    """Open the browser, wait for its answer, and exchange the code for tokens.

    Raises:
        SignInError: it was denied, or not finished in time.
        IssuerError: an answer is not of this issuer, or not valid.
        ConnectionFailedError: the issuer did not answer.
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    with Loopback(state) as loopback:
        _open(_authorization(issuer, client, state, verifier, loopback.redirect))
        with waiting(f"Waiting for you to sign in at {client.issuer}"):
            answer = loopback.wait(patience)
        redirect = loopback.redirect
    code = _code(issuer, client, answer)
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return granted(issuer.token, client, {**fields, "redirect_uri": redirect})


def _authorization(issuer: Issuer, client: Client, state: str, verifier: str, redirect: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    fields = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect,
        "scope": issuer.scopes,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if "offline_access" in issuer.scopes:
        # Only then is the consent given that a refresh token needs (OpenID Connect, section 11).
        fields["prompt"] = "consent"
    mark = "&" if "?" in issuer.authorization else "?"
    return f"{issuer.authorization}{mark}{urlencode(fields)}"


def _open(url: str) -> None:
    instruct(f"Your browser opens to sign you in. If it does not, open this address:\n{url}\n")
    threading.Thread(target=_open_quietly, args=(url,), daemon=True).start()


def _open_quietly(url: str) -> None:
    # The address is on the terminal, too.
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(url)


def _code(issuer: Issuer, client: Client, answer: Mapping[str, str] | None) -> str:
    if answer is None:
        raise SignInError(
            f"You did not sign in at {client.issuer} in time.",
            cause="The browser sent no answer within five minutes.",
            next_step="repeat the command; on a machine without a browser, add  --no-browser",
        )
    name = answer.get("iss")
    # RFC 9207: an answer of another issuer can be an attempt to get this one's code.
    if name != issuer.name and (name is not None or issuer.states_itself):
        raise unsafe(client, "The browser's answer is of another issuer, or does not name any.")
    if "error" in answer or not answer.get("code"):
        raise refusal(client, answer)
    return answer["code"]
