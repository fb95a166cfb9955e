"""What other tools read their credentials from, as text: by host, not by channel."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from conda_private.model.exceptions import UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import AuthorizationScheme, BasicScheme, HeaderScheme
from conda_private.model.secret import Secret

Signed = tuple[Login, Secret]


def rattler(signed: Iterable[Signed], theirs: Mapping[str, Any]) -> str:
    """The file that ``RATTLER_AUTH_FILE`` names: for rattler, pixi and rattler-build.

    Args:
        signed: the logins and their secrets.
        theirs: what the user's own file holds; ours come in place of the same hosts'.

    Raises:
        UsageError: two channels of one host have different secrets, or the tool cannot send one.
    """
    entries: dict[str, Any] = {}
    for login, secret in signed:
        _add(entries, login.scope.host, _for_rattler(login, secret), "rattler")
    return json.dumps({**theirs, **entries})


def mamba(signed: Iterable[Signed], theirs: Mapping[str, Any]) -> str:
    """mamba's ``authentication.json``; a token in the path is looked up by the path, too.

    Args:
        signed: the logins and their secrets.
        theirs: what the user's own file holds.

    Raises:
        UsageError: two channels of one host have different secrets, or the tool cannot send one.
    """
    entries: dict[str, Any] = {}
    for login, secret in signed:
        _add(entries, login.scope.netloc, _for_mamba(login, secret), "mamba")
    return json.dumps({**theirs, **entries})


def _add(entries: dict[str, Any], host: str, entry: dict[str, Any], tool: str) -> None:
    if entries.setdefault(host, entry) != entry:
        raise UsageError(
            f"{tool} knows one credential for each host, and {host} has two here.",
            cause="Several channels of that host are logged in, with different secrets.",
            next_step="say which one is meant:  conda private run --for CHANNEL ...",
        )


def _for_rattler(login: Login, secret: Secret) -> dict[str, Any]:
    scheme, text = login.scheme, secret.reveal()
    if isinstance(scheme, BasicScheme):
        return {"BasicHTTP": {"username": scheme.username, "password": text}}
    if isinstance(scheme, AuthorizationScheme):
        # A bearer stays out of the URLs that the tool keeps; servers that take one take the other.
        return {"BearerToken": text}
    return {"CondaToken": _in_path(login, text, "rattler")}


def _for_mamba(login: Login, secret: Secret) -> dict[str, Any]:
    scheme, text = login.scheme, secret.reveal()
    if isinstance(scheme, BasicScheme):
        password = base64.b64encode(text.encode()).decode()
        return {"type": "BasicHTTPAuthentication", "user": scheme.username, "password": password}
    if isinstance(scheme, AuthorizationScheme):
        return {"type": "BearerToken", "token": text}
    return {"type": "CondaToken", "token": _in_path(login, text, "mamba")}


def _in_path(login: Login, text: str, tool: str) -> str:
    scheme = login.scheme
    # Quetz takes its key in the path as well; other headers have no second form that is known.
    if isinstance(scheme, HeaderScheme) and scheme.name != "X-API-Key":
        raise UsageError(
            f"{tool} cannot send what {login.scope} wants: the header {scheme.name}.",
            cause=f"{tool} knows Basic, a bearer and a token in the path.",
            next_step="use conda for this channel",
        )
    return text
