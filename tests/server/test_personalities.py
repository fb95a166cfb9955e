"""Each server takes its own credentials, and turns every other down in its own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.integration.runner import Conda

from . import PERSONALITIES, Anaconda, Server
from .asking import get
from .conftest import PASSWORD, PRIVATE

TEXT = {401: "Invalid Token", 403: "Forbidden", 404: "Not Found"}


def own_header(name: str) -> Callable[[str], dict[str, Any]]:
    """A form that is a header with the token and nothing else."""
    return lambda token: {"headers": {name: token}}


def authorization(word: str) -> Callable[[str], dict[str, Any]]:
    """A form that is the header Authorization with a word before the token."""
    return lambda token: {"headers": {"Authorization": f"{word} {token}"}}


# How each form is shown to requests.
FORMS: dict[str, Callable[[str], dict[str, Any]]] = {
    "token": authorization("token"),
    "bearer": authorization("Bearer"),
    "x-api-key": own_header("X-API-Key"),
    "x-auth": own_header("X-Auth"),
    "x-jfrog-art-api": own_header("X-JFrog-Art-Api"),
    "token as user": lambda token: {"auth": (token, "")},
    "password": lambda token: {"auth": ("alice", PASSWORD)},
    "token as password": lambda token: {"auth": ("alice", token)},
    "token:": lambda token: {"auth": ("token", token)},
    "oauth2accesstoken:": lambda token: {"auth": ("oauth2accesstoken", token)},
    "none": lambda token: {},
    "unknown word": authorization("x-api-key"),
    "wrong token": authorization("Bearer wrong-"),
    "wrong key": lambda token: own_header("X-API-Key")("wrong"),
    "wrong password": lambda token: {"auth": ("alice", "wrong")},
    "wrong user": lambda token: {"auth": ("bob", token)},
}

# Where alice's channel is, the forms that open it, the refusal of all others, its challenge.
SERVERS: dict[str, tuple[str, set[str], int, str | None]] = {
    "anaconda": ("/alice", {"token", "bearer", "token as user"}, 200, None),
    "psm": ("/api/repo/alice", {"bearer", "x-auth"}, 401, None),
    "anaconda-cloud": ("/repo/alice", {"bearer", "token"}, 403, None),
    "quetz": ("/get/alice", {"x-api-key"}, 401, None),
    "quetz-below-a-path": ("/quetz/get/alice", {"x-api-key"}, 401, None),
    "prefix": ("/alice", {"bearer"}, 404, None),
    "artifactory": (
        "/artifactory/api/conda/alice",
        {"password", "token as password", "bearer", "x-jfrog-art-api"},
        401,
        'Basic realm="Artifactory Realm"',
    ),
    "nexus": (
        "/repository/alice",
        {"password"},
        401,
        'BASIC realm="Sonatype Nexus Repository Manager"',
    ),
    "cloudsmith": ("/alice/main", {"password", "token:"}, 401, None),
    "gitea": (
        "/api/packages/alice/conda",
        {"password", "token as password", "bearer", "token"},
        401,
        'Basic realm="Gitea Package API"',
    ),
    "google": ("/alice/main", {"oauth2accesstoken:"}, 401, None),
    "azure": (
        "/alice/project/_packaging/main/Conda/repo",
        {"token as password", "token:", "oauth2accesstoken:", "wrong user"},
        401,
        'Bearer authorization_uri=https://login.example.net/1, Basic realm="https://'
        'pkgs.dev.azure.com/", TFS-Federated',
    ),
}

# The channel with a token in its path, and what stands before the name for conda to put it there.
PATHS = {
    "anaconda": ("", "/t/{}/alice"),
    "psm": ("/api/repo", "/t/{}/alice"),
    "anaconda-cloud": ("/repo", "/t/{}/alice"),
    "quetz": ("", "/t/{}/get/alice"),
    "quetz-below-a-path": ("/quetz", "/t/{}/get/alice"),
}

# User and password of a URL, which is the only other form that conda itself knows.
USERS = {
    "artifactory": "alice:{password}",
    "nexus": "alice:{password}",
    "cloudsmith": "token:{token}",
    "gitea": "alice:{token}",
    "google": "oauth2accesstoken:{token}",
    "azure": "any:{token}",
}

BODIES = {
    "psm": {"code": "unauthorized", "message": "Unauthorized", "status": 401},
    "quetz": {"detail": "Not logged in"},
    "quetz-below-a-path": {"detail": "Not logged in"},
    "artifactory": {"errors": [{"status": 401, "message": "Unauthorized"}]},
}


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that opens what is private of alice's."""
    return world.add_token("alice", ["conda:download"])


@pytest.fixture(params=PERSONALITIES)
def name(request: pytest.FixtureRequest, world: Anaconda) -> str:
    """Each server in turn; the world is like it."""
    world.personality = PERSONALITIES[request.param]
    return request.param


def opens(answer: requests.Response) -> bool:
    """Whether the private package is in a repodata."""
    return answer.status_code == 200 and PRIVATE in answer.json()["packages.conda"]


def test_each_form_opens_the_channel_or_is_refused(name: str, server: Server, token: str) -> None:
    path, accepted, refusal, challenge = SERVERS[name]
    url = f"{server.conda}{path}/noarch/repodata.json"
    found = {form: get(url, **show(token)) for form, show in FORMS.items()}
    assert {form for form, answer in found.items() if opens(answer)} == accepted
    others = [answer for form, answer in found.items() if form not in accepted]
    assert {answer.status_code for answer in others} == {refusal}
    assert {answer.headers.get("WWW-Authenticate") for answer in others} == {challenge}
    if refusal != 200:
        (body,) = {answer.text for answer in others}
        assert body == (json.dumps(BODIES[name]) if name in BODIES else TEXT[refusal])


def test_token_in_the_path_opens_the_channel_where_the_server_has_it(
    name: str, server: Server, token: str
) -> None:
    prefix, path = PATHS.get(name, ("", "/t/{}" + SERVERS[name][0]))
    answers = [
        get(f"{server.conda}{prefix}{path.format(text)}/noarch/repodata.json")
        for text in (token, "wrong")
    ]
    assert [opens(answer) for answer in answers] == [name in PATHS, False]
    assert answers[1].status_code == (SERVERS[name][2] if name in PATHS else 404)
    assert [request.credential for request in server.requests] == ["path", "path"]


def test_channel_is_where_the_server_says(name: str, server: Server, token: str) -> None:
    assert server.channel("alice") == server.conda + SERVERS[name][0]
    if name in PATHS:
        url = server.conda + PATHS[name][0] + PATHS[name][1].format(token)
        assert server.channel("alice", token=token) == url


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("anaconda", "/alice/label/dev"),
        ("gitea", "/api/packages/alice/conda/dev"),
        ("cloudsmith", "/alice/dev"),
        ("google", "/alice/dev"),
    ],
)
def test_second_channel_of_an_owner_is_the_label_of_that_name(
    name: str, path: str, world: Anaconda, server: Server, token: str
) -> None:
    world.personality = PERSONALITIES[name]
    world.forms.add("bearer")
    assert server.channel("alice", label="dev") == server.conda + path
    for url in (server.channel("alice"), server.channel("alice", label="dev")):
        assert opens(get(f"{url}/noarch/repodata.json", **FORMS["bearer"](token)))


@pytest.mark.parametrize("name", ["psm", "quetz", "prefix", "artifactory", "nexus"])
def test_other_servers_have_no_labels(
    name: str, world: Anaconda, server: Server, token: str
) -> None:
    world.personality = PERSONALITIES[name]
    world.forms.add("bearer")
    url = f"{server.channel('alice')}/label/dev/noarch/repodata.json"
    assert get(url, **FORMS["bearer"](token)).status_code == 404


def test_somebody_known_without_the_right_is_forbidden_where_servers_tell_the_difference(
    name: str, server: Server
) -> None:
    url = f"{server.channel('alice')}/noarch/repodata.json"
    foreign = server.world.add_token("bob")
    tried = [show(foreign) for show in FORMS.values()]
    answers = {get(url, **show).status_code for show in [*tried, {"auth": ("bob", PASSWORD)}]}
    different = {"psm", "quetz", "quetz-below-a-path", "artifactory", "nexus", "google"}
    assert (403 in answers) == (name in different or SERVERS[name][2] == 403)


def test_package_file_comes_from_the_channel_or_by_a_link(
    name: str, world: Anaconda, server: Server, packages: Path, token: str
) -> None:
    world.forms.add("bearer")
    answer = get(f"{server.channel('alice')}/noarch/{PRIVATE}", **FORMS["bearer"](token))
    if name in {"quetz", "quetz-below-a-path", "artifactory", "nexus", "gitea"}:
        assert answer.content == (packages / PRIVATE).read_bytes()
    else:
        assert answer.headers["Location"].startswith(server.files)


def test_anaconda_server_tells_when_the_token_ends(
    world: Anaconda, server: Server, token: str
) -> None:
    world.personality = PERSONALITIES["psm"]
    url = f"{server.conda}/api/account/token-info"
    assert get(url, **FORMS["x-auth"](token)).json()["expires_at"] is None
    assert get(url, **FORMS["token"](token)).json() == BODIES["psm"]


def test_quetz_shows_a_channel_to_its_key(world: Anaconda, server: Server, token: str) -> None:
    world.personality = PERSONALITIES["quetz"]
    url = f"{server.conda}/api/channels/alice"
    assert get(url, **FORMS["x-api-key"](token)).json()["private"] is True
    assert get(url, **FORMS["bearer"](token)).json() == BODIES["quetz"]
    assert get(f"{server.conda}/api/channels/nobody").status_code == 404


@pytest.mark.parametrize("name", [*PATHS, *USERS])
def test_conda_itself_installs_with_the_credential_in_the_url(
    name: str,
    world: Anaconda,
    server: Server,
    token: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    world.personality = PERSONALITIES[name]
    prefix, path = PATHS.get(name, ("", SERVERS[name][0]))
    user = USERS.get(name, "").format(token=token, password=quote(PASSWORD))
    origin = server.conda.replace("://", f"://{user}@") if user else server.conda
    options = request.config
    conda = Conda(
        options.getoption("--conda"),
        options.getoption("--solver"),
        tmp_path / "user",
        server.conda + prefix,
    )
    url = origin + prefix + path.format(token)
    result = conda.create("env", "--override-channels", "-c", url, "hello-private")
    assert result.code == 0, result.text
    assert (conda.prefix("env") / "bin" / "hello-private").exists()


def test_prefix_gives_index_and_file_to_a_bearer_which_conda_itself_cannot_be(
    world: Anaconda, server: Server, packages: Path, token: str
) -> None:
    world.personality = PERSONALITIES["prefix"]
    bearer = FORMS["bearer"](token)
    assert opens(get(f"{server.channel('alice')}/noarch/repodata.json", **bearer))
    link = get(f"{server.channel('alice')}/noarch/{PRIVATE}", **bearer).headers["Location"]
    assert get(link).content == (packages / PRIVATE).read_bytes()
