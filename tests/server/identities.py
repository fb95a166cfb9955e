"""The identity of CI jobs: an endpoint that gives ID tokens, as GitHub's, and one that takes them.

As prefix.dev's: ``POST {"token": ID_TOKEN}`` is answered with a token, as plain text.
"""

from __future__ import annotations

import base64
import hmac
import json
from typing import TYPE_CHECKING, Any

from .wire import Answer, Call, as_json

if TYPE_CHECKING:
    from .world import Anaconda

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "prefix.dev"
# Where the CI system gives ID tokens.
REQUEST = "/_apis/idtoken"
_KEY = b"the key of the CI system"
_HOUR = 3600


def answer(world: Anaconda, call: Call) -> Answer | None:
    """Answer a request about an ID token; None when the request is about something else."""
    if call.raw_path == REQUEST and call.method == "GET":
        return _given(world, call)
    if call.raw_path == world.personality.mint and call.method == "POST":
        return _minted(world, call)
    return None


def id_token(world: Anaconda, audience: str, *, seconds: int = _HOUR, **claims: Any) -> str:
    """An ID token of the job, which only the CI system can sign."""
    end = int(world.clock().timestamp()) + seconds
    body = {"iss": ISSUER, "sub": world.job, "aud": audience, "exp": end, **claims}
    parts = ".".join(map(_encoded, ({"alg": "HS256", "typ": "JWT"}, body)))
    return f"{parts}.{_signature(parts)}"


def _given(world: Anaconda, call: Call) -> Answer:
    audience = call.query.get("audience", "")
    if not world.job_token or call.headers.get("Authorization") != f"Bearer {world.job_token}":
        return as_json({"message": "Unauthorized"}, 401)
    if world.audiences is not None and audience not in world.audiences:
        return as_json({"message": "Invalid audience"}, 400)
    text = id_token(world, audience)
    return as_json({"count": len(text), "value": text})


def _minted(world: Anaconda, call: Call) -> Answer:
    claims = _verified(world, json.loads(call.body)["token"])
    login = world.trusted_jobs.get(claims.get("sub", ""))
    if login is None:
        return Answer(403, b"no trusted publisher for this token", {"Content-Type": "text/plain"})
    end = world.expiry(_HOUR)
    text = world.add_token(login, scopes=["conda:download"], name="minted", expires=end)
    return Answer(200, text.encode(), {"Content-Type": "text/plain"})


def _verified(world: Anaconda, text: str) -> dict[str, Any]:
    parts, _, signature = text.rpartition(".")
    if not hmac.compare_digest(signature, _signature(parts)):
        return {}
    body = parts.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    is_valid = claims["aud"] == AUDIENCE and claims["exp"] > world.clock().timestamp()
    return claims if is_valid else {}


def _encoded(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _signature(parts: str) -> str:
    return hmac.new(_KEY, parts.encode(), "sha256").hexdigest()
