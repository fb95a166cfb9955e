"""What the origin conda says about authentication, as docs/development/cep.md proposes it."""

from __future__ import annotations

from typing import Any

from .world import Anaconda

PATH = "/.well-known/conda-authentication"
# The schemes by the names of the forms in a world's settings, best first.
SCHEMES = {
    "bearer": "bearer",
    "token": "token",
    "x-api-key": "header:X-API-Key",
    "x-auth": "header:X-Auth",
    "x-jfrog-art-api": "header:X-JFrog-Art-Api",
    "password": "basic",
    "path": "path",
}


def document(world: Anaconda, *, api: str = "") -> dict[str, Any]:
    """The document of a world: what its channels accept, and its API if it has one."""
    schemes = [scheme for form, scheme in SCHEMES.items() if form in world.forms]
    entry: dict[str, Any] = {"path": "/", "schemes": schemes}
    entry["scopes"] = {"*": ["conda:download"]}
    return {"version": 1, "channels": [{**entry, "api": api} if api else entry]}
