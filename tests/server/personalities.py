"""Other servers than anaconda.org, as far as a download shows which one it is.

From their documentation, public threads and, for Quetz, a look at the real one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from .addresses import Address
from .wire import Answer, as_json

TEXTS = {401: b"Invalid Token"}


@dataclass(frozen=True)
class Personality:
    """What the downloads of one server are like; a world takes its settings over.

    Attributes:
        name: As ``python -m tests.server --personality`` takes it.
        channel: Where a channel is.
        forms, style, denied, challenge, direct_files: The settings of the same names.
        error: What a refusal says in JSON, by status and phrase; None for a plain text.
        inquiry: What answers on the same origin whether a credential lives.
        mint: The path that exchanges an ID token of a CI job for a token; "" is nowhere.
    """

    name: str
    channel: Address
    forms: frozenset[str]
    style: str
    denied: str = ""
    challenge: str | None = None
    direct_files: bool = False
    error: Callable[[int, str], Any] | None = None
    inquiry: Address | None = None
    mint: str = ""

    def refusal(self, status: int, headers: dict[str, str]) -> Answer:
        """How a request is turned down."""
        phrase = HTTPStatus(status).phrase
        if self.error:
            return as_json(self.error(status, phrase), status, headers)
        return Answer(status, TEXTS.get(status, phrase.encode()), headers)


def _psm_error(status: int, phrase: str) -> Any:
    return {"code": phrase.lower().replace(" ", "_"), "message": phrase, "status": status}


def _quetz_error(status: int, phrase: str) -> Any:
    return {"detail": {401: "Not logged in", 403: "No permission"}.get(status, phrase)}


def _artifactory_error(status: int, phrase: str) -> Any:
    return {"errors": [{"status": status, "message": phrase}]}


ANACONDA = Personality(
    "anaconda",
    Address("[/t/{token}]/{owner}[/label/{label}]"),
    frozenset({"path", "token", "bearer", "basic"}),
    style="left-out",
)

_OTHERS = (
    Personality(
        "psm",
        Address("/api/repo[/t/{token}]/{owner}"),
        frozenset({"path", "x-auth", "bearer"}),
        style="401",
        denied="403",
        error=_psm_error,
        inquiry=Address("/api/account/token-info"),
    ),
    Personality(
        "anaconda-cloud",
        Address("/repo[/t/{token}]/{owner}[/{channel}]"),
        frozenset({"path", "token", "bearer"}),
        style="403",
    ),
    Personality(
        "quetz",
        Address("[/t/{token}]/get/{owner}"),
        frozenset({"path", "x-api-key"}),
        style="401",
        denied="403",
        direct_files=True,
        error=_quetz_error,
        inquiry=Address("/api/channels/{owner}"),
    ),
    Personality(
        "quetz-below-a-path",
        Address("/quetz[/t/{token}]/get/{owner}"),
        frozenset({"path", "x-api-key"}),
        style="401",
        denied="403",
        direct_files=True,
        error=_quetz_error,
    ),
    Personality(
        "prefix",
        Address("/{owner}"),
        frozenset({"bearer"}),
        style="404",
        mint="/api/oidc/mint_token",
    ),
    Personality(
        "artifactory",
        Address("/artifactory/api/conda/{owner}"),
        frozenset({"password", "password-token", "bearer", "x-jfrog-art-api"}),
        style="401",
        denied="403",
        challenge='Basic realm="Artifactory Realm"',
        direct_files=True,
        error=_artifactory_error,
    ),
    Personality(
        "nexus",
        Address("/repository/{owner}"),
        frozenset({"password"}),
        style="401",
        denied="403",
        challenge='BASIC realm="Sonatype Nexus Repository Manager"',
        direct_files=True,
    ),
    Personality(
        "cloudsmith",
        Address("/{owner}/{label}"),
        frozenset({"password", "basic:token"}),
        style="401",
    ),
    Personality(
        "gitea",
        Address("/api/packages/{owner}/conda[/{label}]"),
        frozenset({"password", "password-token", "token", "bearer"}),
        style="401",
        challenge='Basic realm="Gitea Package API"',
        direct_files=True,
    ),
    Personality(
        "google",
        Address("/{owner}/{label}"),
        frozenset({"basic:oauth2accesstoken"}),
        style="401",
        denied="403",
    ),
    Personality(
        "azure",
        Address("/{owner}/project/_packaging/{label}/Conda/repo"),
        frozenset({"basic:*"}),
        style="401",
        challenge='Bearer authorization_uri=https://login.example.net/1, Basic realm="https://'
        'pkgs.dev.azure.com/", TFS-Federated',
    ),
)

PERSONALITIES = {each.name: each for each in (ANACONDA, *_OTHERS)}
