"""What other programs ask a credential helper, and how it answers: four protocols.

- docker: https://github.com/docker/docker-credential-helpers, one action a process;
- git: https://git-scm.com/docs/git-credential, lines of ``key=value``;
- bazel: https://github.com/EngFlow/credential-helper-spec, one JSON object;
- cargo: https://doc.rust-lang.org/cargo/reference/credential-provider-protocol.html, JSON lines.

A helper only reads: it answers requests for logins that were named to it, and stores nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from conda_private.gateway.credentials import Credential
from conda_private.model.exceptions import CondaPrivateError, UsageError

# The client recognizes exactly this text.
_NOT_FOUND_BY_DOCKER = "credentials not found in native keychain"
# What renews itself may be valid for a few minutes only.
_RENEWED_AFTER = timedelta(minutes=1)
_AUTHTYPE = ("capability[]", "authtype")


class Finder(Protocol):
    """Finds a credential among those of the named logins."""

    def at(self, url: str) -> Credential | None:
        """Return the credential for requests to a URL, or None."""

    def of_host(self, url: str) -> Credential | None:
        """Return the credential of the only named login on a URL's host, or None."""


class Answer(NamedTuple):
    """What a helper prints, and its exit code."""

    text: str
    code: int = 0


class Row(NamedTuple):
    """One protocol. A new one is a function and a row in ``PROTOCOLS``.

    Attributes:
        program: the program that speaks it.
        actions: the words that it may end its command with.
        answer: returns the answer to an action and what came on standard input.
    """

    program: str
    actions: tuple[str, ...]
    answer: Callable[[str, str, Finder, datetime], Answer]


def docker(action: str, text: str, finder: Finder, now: datetime) -> Answer:
    """Answer docker: a user name and a password for the host of a registry."""
    if action == "list":
        return Answer("{}")
    if action != "get":
        return Answer("conda-private stores nothing for docker; use `conda private login`", 1)
    url = text.strip()
    try:
        found = finder.of_host(url if "://" in url else f"https://{url}")
    except CondaPrivateError as error:
        return Answer(" ".join(str(error).split()), 1)
    if found is None:
        return Answer(_NOT_FOUND_BY_DOCKER, 1)
    username, password = _pair(found)
    return Answer(json.dumps({"ServerURL": url, "Username": username, "Secret": password}))


def git(action: str, text: str, finder: Finder, now: datetime) -> Answer:
    """Answer git: a header if it can send one, else a user name and a password."""
    if action == "capability":
        return Answer("version 0\ncapability authtype")
    pairs = [(key, value) for key, _, value in (line.partition("=") for line in text.splitlines())]
    asked = dict(pairs)
    url = f"{asked.get('protocol')}://{asked.get('host')}/{asked.get('path', '')}"
    found = finder.at(url) if action == "get" else None
    if found is None:
        return Answer("")
    kind, _, value = _authorization(found).partition(" ")
    if kind and kind != "Basic" and _AUTHTYPE in pairs:
        return Answer(f"capability[]=authtype\nauthtype={kind}\ncredential={value}\nephemeral=1")
    username, password = _pair(found)
    # It would ask the other helpers as well if the name differed from the one in the URL.
    return Answer(f"username={asked.get('username') or username}\npassword={password}")


def bazel(action: str, text: str, finder: Finder, now: datetime) -> Answer:
    """Answer Bazel: the headers of a request to a URL; none if it needs none.

    Raises:
        UsageError: what came is not a request.
    """
    found = finder.at(_field(_json(text), "uri"))
    if found is None:
        return Answer(json.dumps({"headers": {}}))
    headers = {name: [_plain(value)] for name, value in _headers(found).items()}
    until = _until(found, now)
    return Answer(json.dumps({"headers": headers, **({"expires": until} if until else {})}))


def cargo(action: str, text: str, finder: Finder, now: datetime) -> Answer:
    """Answer one line of cargo: the header ``Authorization`` for the index of a registry."""
    try:
        request = _json(text)
        if request.get("kind") != "get":
            return _line({"Err": {"kind": "operation-not-supported"}})
        index = _field(request.get("registry"), "index-url")
        found = finder.at(re.sub("^sparse[+]", "", index))
        token = _authorization(found) if found else ""
    except CondaPrivateError as error:
        message = " ".join(str(error).split())
        return _line({"Err": {"kind": "other", "message": message, "caused-by": []}})
    if found is None:
        return _line({"Err": {"kind": "not-found"}})
    if not token:
        return _line({"Err": {"kind": "url-not-supported"}})
    cache = "never" if found.login.source.renews else "session"
    got = {"kind": "get", "token": token, "cache": cache, "operation_independent": True}
    return _line({"Ok": got})


PROTOCOLS: Mapping[str, Row] = {
    "docker": Row("docker", ("get", "list", "store", "erase"), docker),
    "git": Row("git", ("get", "capability", "store", "erase"), git),
    "bazel": Row("Bazel", ("get",), bazel),
    "cargo": Row("cargo", ("--cargo-plugin",), cargo),
}
# What cargo is told before it asks.
CARGO_GREETING = json.dumps({"v": [1]})


def _pair(found: Credential) -> tuple[str, str]:
    scheme = found.scheme
    username = getattr(scheme, "username", "") or found.login.account or "token"
    return username, found.secret.reveal()


def _headers(found: Credential) -> dict[str, str]:
    return found.scheme.headers(found.secret)


def _plain(value: str) -> str:
    return value.encode().decode()  # a header's value prints as a mask


def _authorization(found: Credential) -> str:
    return _plain(_headers(found).get("Authorization", ""))


def _until(found: Credential, now: datetime) -> str:
    if found.login.source.renews:
        return f"{now + _RENEWED_AFTER:%Y-%m-%dT%H:%M:%SZ}"
    return found.login.expires


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    raise _not_a_request()


def _field(found: Any, key: str) -> str:
    value = found.get(key) if isinstance(found, dict) else None
    if isinstance(value, str):
        return value
    raise _not_a_request()


def _not_a_request() -> UsageError:
    return UsageError(
        "What came on standard input is not a request of this protocol.",
        cause="A credential helper is started by the program that needs a credential.",
        next_step="conda private helper --help",
    )


def _line(content: Mapping[str, Any]) -> Answer:
    return Answer(json.dumps(content))
