"""The API signs in, refuses with the texts of the real one, and publishes what is uploaded."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from . import Anaconda, Server
from .asking import ask, get, names
from .conftest import PASSWORD, PRIVATE
from .files import read_form
from .model import now

WHERE = "alice/hello-private/1.0/noarch/" + PRIVATE


def call(server: Server, token: str, method: str, path: str, body: Any = None) -> requests.Response:
    """Call the API with a token."""
    headers = {"Authorization": f"token {token}"}
    return ask(method, server.api + path, headers=headers, json=body)


def test_sign_in_makes_a_token_and_sign_out_ends_it(server: Server) -> None:
    wish = {"note": "laptop", "scopes": ["api:read", "conda"], "max-age": 60, "strength": "weak"}
    answer = ask("POST", f"{server.api}/authentications", auth=("alice", PASSWORD), json=wish)
    token = answer.json()["token"]
    assert len(token) == 12
    (record,) = call(server, token, "GET", "/authentications").json()
    assert (record["application"], record["scopes"]) == ("laptop", ["api:read", "conda"])
    assert token not in json.dumps(record)
    assert call(server, token, "DELETE", "/authentications").status_code == 201
    assert call(server, token, "GET", "/authentication").status_code == 401


def test_sign_in_needs_the_password(server: Server) -> None:
    url = f"{server.api}/authentications"
    assert ask("POST", url, auth=("alice", "wrong"), json={}).status_code == 401
    assert ask("POST", url, json={}).status_code == 401
    refused = ask("POST", url, headers={"Authorization": "Bearer x"}, json={})
    assert refused.json() == {"error": "Bearer token authentication is not enabled"}


def test_bearer_signs_in_when_the_world_knows_it(world: Anaconda, server: Server) -> None:
    world.bearers["access"] = "bob"
    headers = {"Authorization": "Bearer access"}
    answer = ask("POST", f"{server.api}/authentications", headers=headers, json={})
    assert world.tokens[answer.json()["token"]].user == "bob"


@pytest.mark.parametrize(
    ("same_name", "fail", "status", "left"),
    [
        ("replace", False, 200, 1),
        ("keep", False, 200, 2),
        ("fail", False, 400, 1),
        ("replace", True, 400, 1),
    ],
)
def test_second_token_of_a_name(
    world: Anaconda, server: Server, same_name: str, fail: bool, status: int, left: int
) -> None:
    world.same_name = same_name
    world.add_token("alice", name="laptop")
    wish = {"note": "laptop", "fail-if-exists": fail}
    answer = ask("POST", f"{server.api}/authentications", auth=("alice", PASSWORD), json=wish)
    assert (answer.status_code, len(world.tokens)) == (status, left)


def test_token_of_an_organization_is_for_its_owners(world: Anaconda, server: Server) -> None:
    url, wish = f"{server.api}/authentications", {"user": "acme", "note": "ci"}
    assert ask("POST", url, auth=("bob", PASSWORD), json=wish).status_code == 401
    token = ask("POST", url, auth=("alice", PASSWORD), json=wish).json()["token"]
    assert world.tokens[token].acts_for == "acme"
    alice = world.add_token("alice")
    path = "/authentications/org/acme/name/ci"
    assert call(server, world.add_token("bob"), "DELETE", path).status_code == 401
    assert call(server, alice, "DELETE", path).status_code == 201
    assert token not in world.tokens


NO_SCOPE = (
    "Authentication token does not have the sufficient scope to perform this action "
    "expected: api:read"
)
NOT_AUTHORIZED = "User is not authorized to perform this operation"
HIDDEN = "/package/alice/hello-private"
REFUSALS = [
    ("unknown", "GET", "/user", None, 401, "This domain requires token authentication"),
    ("expired", "GET", "/user", None, 401, "Authentication token has expired"),
    ("narrow", "GET", "/user", None, 401, NO_SCOPE),
    ("bob", "POST", "/package/alice/x", {}, 401, NOT_AUTHORIZED),
    (
        "alice",
        "POST",
        "/package/alice/x",
        {"public": False},
        400,
        "You can not create a private package.",
    ),
    ("alice", "GET", "/package/alice/x", None, 404, '"x" could not be found'),
    ("bob", "GET", HIDDEN, None, 404, '"hello-private" could not be found'),
]


@pytest.mark.parametrize(("token", "method", "path", "body", "status", "text"), REFUSALS)
def test_refusal_has_the_text_of_the_real_server(
    world: Anaconda,
    server: Server,
    token: str,
    method: str,
    path: str,
    body: Any,
    status: int,
    text: str,
) -> None:
    past = now() - timedelta(seconds=1)
    world.add_token("alice", expires=past, value="expired")
    world.add_token("alice", ["conda:download"], value="narrow")
    world.add_token("alice", value="alice")
    world.add_token("bob", value="bob")
    world.accounts["alice"].may_be_private = False
    answer = call(server, token, method, path, body)
    assert (answer.status_code, answer.json()) == (status, {"error": text})


def test_download_token_tells_about_itself_but_not_about_the_user(
    world: Anaconda, server: Server
) -> None:
    token = world.add_token("alice", ["conda:download"], name="ci")
    assert call(server, token, "GET", "/authentication").json()["application"] == "ci"
    assert call(server, token, "GET", "/user").status_code == 401


def test_base_answers_a_head_without_a_slash(world: Anaconda, server: Server) -> None:
    world.response_headers["Conda-Token-Warning"] = "soon"
    answer = ask("HEAD", server.api)
    assert (answer.status_code, answer.headers["Conda-Token-Warning"]) == (200, "soon")
    assert get(server.api + "x/scopes").status_code == 404


def stage(server: Server, token: str, content: bytes) -> dict[str, Any]:
    """Announce the private package for the label beta."""
    wish = {
        "distribution_type": "conda",
        "attrs": {"subdir": "noarch"},
        "channels": ["beta"],
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return dict(call(server, token, "POST", f"/stage/{WHERE}", wish).json())


def test_upload_shows_in_the_repodata_of_its_label(
    world: Anaconda, server: Server, packages: Path
) -> None:
    token, content = world.add_token("alice"), (packages / PRIVATE).read_bytes()
    assert call(server, token, "DELETE", f"/dist/{WHERE}").status_code == 200
    place = stage(server, token, content)
    commit = {"dist_id": place["dist_id"]}
    assert call(server, token, "POST", f"/commit/{WHERE}", commit).status_code == 400
    digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    for sent, status in (("wrong", 400), (digest, 201)):
        form = {**place["form_data"], "Content-MD5": sent}
        answer = ask("POST", place["post_url"], data=form, files={"file": (PRIVATE, content)})
        assert answer.status_code == status
    assert call(server, token, "POST", f"/commit/{WHERE}", commit).status_code == 200
    assert names(f"{server.conda}/t/{token}/alice/label/beta") == {PRIVATE}
    assert get(f"{server.conda}/alice/label/beta/noarch/{PRIVATE}").status_code == 404


def test_download_token_is_enough_for_the_download_of_the_api(
    world: Anaconda, server: Server
) -> None:
    token = world.add_token("alice", ["conda:download"])
    assert call(server, token, "GET", f"/download/{WHERE}").status_code == 302
    assert get(f"{server.api}/download/{WHERE}").status_code == 404


@given(st.binary())
def test_form_keeps_the_bytes_of_a_file(content: bytes) -> None:
    request = requests.Request("POST", "http://127.0.0.1/", files={"file": content}).prepare()
    assert isinstance(request.body, bytes)
    assert read_form(request.headers["Content-Type"], request.body) == {"file": content}
