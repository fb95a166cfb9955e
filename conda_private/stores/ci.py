"""CI systems, and how a job gets an ID token of its own from each (OpenID Connect)."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from conda_private.model.exceptions import CredentialMissingError, InsecureUrlError
from conda_private.model.secret import Secret, SecretText
from conda_private.stores.programs import NoEndError, run

TIMEOUT = 30  # seconds
_PRODUCT = Path("/sys/class/dmi/id/product_name")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class System(NamedTuple):
    """One CI system.

    Attributes:
        name: its name.
        is_here: whether this process is one of its jobs.
        id_token: returns the text of an ID token for an audience; "" if the job may not have one.
        permission: how a job gets the permission, with ``{audience}``.
    """

    name: str
    is_here: Callable[[], bool]
    id_token: Callable[[str], str]
    permission: str


def system() -> System:
    """Return the CI system that this process is a job of.

    Raises:
        CredentialMissingError: it is a job of none.
    """
    for each in SYSTEMS:
        if each.is_here():
            return each
    names = ", ".join(each.name for each in SYSTEMS)
    raise CredentialMissingError(
        "This is not a CI job that has an identity.",
        cause=f"The login gets its credential for the ID token of a job in {names}.",
        next_step="run it in such a job, or log in with a token here:  conda private login CHANNEL",
    )


def variable_of_gitlab(audience: str) -> str:
    """Return the variable that has GitLab's ID token for an audience, as sigstore and PyPI do."""
    return re.sub("[^A-Z0-9]", "_", audience.upper()) + "_ID_TOKEN"


def refused(name: str, audience: str, answer: object) -> CredentialMissingError:
    """Create the error for a CI system that gives no ID token for an audience."""
    return CredentialMissingError(
        f"{name} gave no ID token for the audience {audience}.",
        cause=f"It answered {answer}.",
        next_step=f"check that {name} permits this audience, and that it is the one that the"
        " server\nexpects; another one:  --from-oidc --audience AUDIENCE --mint-url URL",
    )


def _from_github(audience: str) -> str:
    url = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL", "")
    token = SecretText(os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", ""))
    if not (url and token):
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise InsecureUrlError(
            "ACTIONS_ID_TOKEN_REQUEST_URL has no TLS: anyone on the network path could read the"
            " request's token.",
            cause="The URL does not begin with https:// and its host is not this machine.",
            next_step="ask who runs the GitHub server or the runner",
        )
    from conda_private.http.client import Signer, send
    from conda_private.model.schemes import BEARER

    asked = f"{url}{'&' if parts.query else '?'}audience={quote(audience, safe='')}"
    response = send("GET", asked, Signer(None, BEARER, Secret.parse(token)), follows=False)
    found = ""
    with suppress(ValueError, AttributeError):
        found = SecretText(response.json().get("value") or "")
    if response.status_code != 200 or not found:
        raise refused("GitHub Actions", audience, f"with status {response.status_code}")
    return found


def _from_gitlab(audience: str) -> str:
    return os.environ.get(variable_of_gitlab(audience), "")


def _from_buildkite(audience: str) -> str:
    words = ["buildkite-agent", "oidc", "request-token", "--audience", audience]
    return _printed("Buildkite", audience, words)


def _from_circleci(audience: str) -> str:
    words = ["circleci", "run", "oidc", "get", "--claims", json.dumps({"aud": audience})]
    return _printed("CircleCI", audience, words)


def _from_google(audience: str) -> str:
    """Ask the metadata server. This follows Google's documentation; it has not been tried there."""
    import requests

    host = os.environ.get("GCE_METADATA_HOST") or "metadata.google.internal"
    path = "computeMetadata/v1/instance/service-accounts/default/identity"
    session = requests.Session()
    session.trust_env = False  # it is on this machine's own network, where no proxy leads
    try:
        response = session.get(
            f"http://{host}/{path}",
            params={"audience": audience, "format": "full"},
            headers={"Metadata-Flavor": "Google"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException:
        return ""
    if response.status_code != 200:
        raise refused("Google Cloud", audience, f"with status {response.status_code}")
    return response.text


def _printed(name: str, audience: str, words: list[str]) -> str:
    program = shutil.which(words[0])
    if program is None:
        return ""
    try:
        done = run([program, *words[1:]], "", TIMEOUT, shows_errors=True)
        problem = f"with exit code {done.returncode}" if done.returncode else ""
    except (NoEndError, OSError) as error:
        problem = f"nothing: {words[0]} {error}"
    if problem:
        raise refused(name, audience, problem)
    return done.stdout.strip()


def _is_on_google() -> bool:
    with suppress(OSError):
        return _PRODUCT.read_text().strip().startswith("Google") or _names_google()
    return _names_google()


def _names_google() -> bool:
    return bool(os.environ.get("GCE_METADATA_HOST"))


def _has(variable: str) -> Callable[[], bool]:
    return lambda: bool(os.environ.get(variable))


# Google is the last: the runners of the others can be on its machines, and would get its identity.
SYSTEMS = (
    System(
        "GitHub Actions",
        _has("GITHUB_ACTIONS"),
        _from_github,
        "add to the job, beside `runs-on`:\npermissions:\n  contents: read\n  id-token: write",
    ),
    System(
        "GitLab CI",
        _has("GITLAB_CI"),
        _from_gitlab,
        "add to the job, beside `script`:\nid_tokens:\n  {variable}:\n    aud: {audience}",
    ),
    System(
        "Buildkite",
        _has("BUILDKITE"),
        _from_buildkite,
        "run the step where buildkite-agent is on PATH; check:  which buildkite-agent",
    ),
    System(
        "CircleCI",
        _has("CIRCLECI"),
        _from_circleci,
        "run the job where CircleCI's own program is on PATH; check:  which circleci",
    ),
    System(
        "Google Cloud",
        _is_on_google,
        _from_google,
        "give the machine or the build a service account",
    ),
)
