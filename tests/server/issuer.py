"""An issuer of tokens: OpenID Connect as far as a sign-in needs it, strict where the standards are.

A refresh token is good once; used again, its whole family ends (RFC 9700, section 4.14.2).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .world import Anaconda

CLIENT = "conda-at-work"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
Answer = tuple[int, dict[str, Any]]


class Issuer:
    """One issuer, whose access tokens open a world.

    Attributes:
        url: The issuer's name.
        decision: What the user does: allow, deny, or nothing.
        seconds: How long an access token lives.
        until: How long a refresh token lives; None says nothing of it.
        rotates, has_device: What the issuer does.
        changes: What its metadata has in the place of the true values.
        answers: What it answers at a path in the place of the true answer, once each.
        iss: What the browser's answer names; "" names nothing.
        pending: What the next polls of a device are told.
        forms: Every form that was received, with its path.
        alive: The refresh tokens that are good, and their families.
    """

    def __init__(self, world: Anaconda, user: str) -> None:
        self.world, self.user = world, user
        self.decision, self.seconds = "allow", 3600
        self.until: int | None = None
        self.rotates = self.has_device = True
        self.changes: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.pending: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.alive: dict[str, str] = {}
        self.access: dict[str, list[str]] = {}
        self.consents: list[dict[str, str]] = []
        self.before: Callable[[], None] = lambda: None
        self._codes: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.http.server_port}/realm"
        self.iss = self.url

    @property
    def metadata(self) -> dict[str, Any]:
        """What it says of itself."""
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
            "device_authorization_endpoint": f"{self.url}/device",
            "scopes_supported": ["openid", "offline_access"],
            "authorization_response_iss_parameter_supported": True,
        }
        if not self.has_device:
            del found["device_authorization_endpoint"]
        return {**found, **self.changes}

    def of(self, kind: str) -> list[dict[str, str]]:
        """The forms of one kind of grant."""
        return [form for _, form in self.forms if form.get("grant_type") == kind]

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes next."""
        with self._lock:
            self.consents.append(query)
            assert query["client_id"] == CLIENT
            assert query["code_challenge_method"] == "S256"
            assert query["redirect_uri"].startswith("http://127.0.0.1:")
            answer = {"state": query["state"]} | ({"iss": self.iss} if self.iss else {})
            if self.decision == "allow":
                answer["code"] = secrets.token_urlsafe(16)
                self._codes[answer["code"]] = query
            else:
                answer |= {"error": "access_denied", "error_description": "The user said no"}
            return f"{query['redirect_uri']}?{urlencode(answer)}"

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Answer a form."""
        if path == "/realm/token" and form.get("grant_type") == "refresh_token":
            self.before()
        with self._lock:
            self.forms.append((path, form))
            if form.get("client_id") != CLIENT:
                return 401, {"error": "invalid_client"}
            if path == "/realm/device":
                return 200, self._device()
            if path == "/realm/revoke":
                self._end(self.alive.get(form["token"], ""))
                return 200, {}
            kinds = {"authorization_code": self._code, "refresh_token": self._refresh}
            return {**kinds, DEVICE: self._polled}[form["grant_type"]](form)

    def _device(self) -> dict[str, Any]:
        self._codes["device"] = {}
        known = {"device_code": "device", "user_code": "WDJB-MJHT", "interval": 1}
        return {**known, "verification_uri": f"{self.url}/activate", "expires_in": 600}

    def _polled(self, form: dict[str, str]) -> Answer:
        if self.pending:
            return 400, {"error": self.pending.pop(0)}
        if self.decision != "allow":
            return 400, {"error": "access_denied"}
        return self._granted(secrets.token_hex(4))

    def _code(self, form: dict[str, str]) -> Answer:
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not asked or (challenge, form["redirect_uri"]) != (
            asked["code_challenge"],
            asked["redirect_uri"],
        ):
            return 400, {"error": "invalid_grant"}
        return self._granted(secrets.token_hex(4), "offline_access" in asked["scope"])

    def _refresh(self, form: dict[str, str]) -> Answer:
        token = form["refresh_token"]
        family = self.alive.get(token)
        if family is None:
            self._end(token.partition(".")[0])
            return 400, {"error": "invalid_grant", "error_description": "Token is not active"}
        if self.rotates:
            del self.alive[token]
        return self._granted(family, self.rotates)

    def _granted(self, family: str, refreshes: bool = True) -> Answer:
        with self.world.lock:
            access = self.world.add_token(
                self.user, scopes=["conda:download"], name=secrets.token_hex(8)
            )
        self.access.setdefault(family, []).append(access)
        answer: dict[str, Any] = {"access_token": access, "token_type": "Bearer"}
        answer["expires_in"] = self.seconds
        if refreshes:
            answer["refresh_token"] = f"{family}.{secrets.token_urlsafe(16)}"
            self.alive[answer["refresh_token"]] = family
            answer |= {"refresh_expires_in": self.until} if self.until else {}
        return 200, answer

    def _end(self, family: str) -> None:
        self.alive = {token: each for token, each in self.alive.items() if each != family}
        for access in self.access.pop(family, []):
            self.world.tokens.pop(access, None)


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.endswith("/authorize"):
            query = dict(parse_qsl(urlsplit(self.path).query))
            self._send(302, {"Location": self.issuer.authorize(query)}, b"")
        elif path in self.issuer.answers:
            self._send(*self.issuer.answers[path])
        elif path == "/realm/.well-known/openid-configuration":
            self._json(200, self.issuer.metadata)
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path in self.issuer.answers:
            self._send(*self.issuer.answers[self.path])
        else:
            self._json(*self.issuer.post(self.path, dict(parse_qsl(body))))

    def _json(self, status: int, content: dict[str, Any]) -> None:
        headers = {"Content-Type": "application/json"}
        self._send(status, headers, json.dumps(content).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@contextmanager
def issuing(world: Anaconda, user: str) -> Iterator[Issuer]:
    """An issuer on the loopback."""
    issuer = Issuer(world, user)
    thread = threading.Thread(target=issuer.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        issuer.http.shutdown()
        issuer.http.server_close()
        thread.join()


def _handler(issuer: Issuer) -> type[_Handler]:
    return type("Handler", (_Handler,), {"issuer": issuer})
