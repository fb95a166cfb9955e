"""The mock server with the personality of Quetz answers like the real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server import PERSONALITIES, Anaconda, build_package, serve
from tests.server.asking import get

from .quetz import Quetz

pytestmark = pytest.mark.hard

REPODATA = "/get/secrets/noarch/repodata.json"
FILE = "/get/secrets/noarch/hello-private-1.0-0.conda"
CHANNEL = "/api/channels/secrets"


def requests_with(key: str, foreign: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the path and the options of each request, by name."""
    header, other = {"headers": {"X-API-Key": key}}, {"headers": {"X-API-Key": foreign}}
    return {
        "nothing": (REPODATA, {}),
        "header": (REPODATA, header),
        "wrong header": (REPODATA, {"headers": {"X-API-Key": "wrong"}}),
        "foreign header": (REPODATA, other),
        "path": (f"/t/{key}{REPODATA}", {}),
        "wrong path": (f"/t/wrong{REPODATA}", {}),
        "token": (REPODATA, {"headers": {"Authorization": f"token {key}"}}),
        "bearer": (REPODATA, {"headers": {"Authorization": f"Bearer {key}"}}),
        "key as user": (REPODATA, {"auth": (key, "")}),
        "key as password": (REPODATA, {"auth": ("alice", key)}),
        "file": (FILE, header),
        "file without a key": (FILE, {}),
        "unknown channel": (REPODATA.replace("secrets", "nobody"), header),
        "unknown subdir": (REPODATA.replace("noarch", "osx-64"), header),
        "label": (REPODATA.replace("secrets", "secrets/label/dev"), header),
        "inquiry": (CHANNEL, header),
        "inquiry without a key": (CHANNEL, {}),
        "inquiry with a foreign key": (CHANNEL, other),
        "inquiry for an unknown channel": (CHANNEL.replace("secrets", "nobody"), header),
    }


def answers(url: str, key: str, foreign: str) -> dict[str, tuple[object, ...]]:
    """Return status and challenge of each answer, and the body of a refusal."""
    found = {}
    for about, (path, options) in requests_with(key, foreign).items():
        answer = get(url + path, **options)
        refusal = answer.json() if answer.status_code in (401, 403) else None
        found[about] = (answer.status_code, answer.headers.get("WWW-Authenticate"), refusal)
    return found


def test_mock_answers_as_quetz_does(quetz: Quetz, key: str, tmp_path: Path) -> None:
    world = Anaconda(PERSONALITIES["quetz"])
    package = build_package(tmp_path, "hello-private", "1.0")
    for name in ("secrets", "others"):
        world.add_user(name)
        world.add_package(name, package, private=True)
    with serve(world) as server:
        mock = answers(server.conda, world.add_token("secrets"), world.add_token("others"))
        assert not server.errors
    assert mock == answers(quetz.url, key, quetz.add_key("others"))
