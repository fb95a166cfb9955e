"""Each scheme in which servers accept a credential, as sent in requests."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server, serve
from tests.server.personalities import PERSONALITIES


def basic(user: str, password: str) -> str:
    """Return the value of a Basic header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def install(conda: Conda) -> bool:
    """Whether the private package can be installed."""
    return conda.create("env", "-c", "my-org/label/dev", "hello-private").code == 0


@pytest.mark.parametrize(
    ("form", "scheme", "header"),
    [
        ("token", "token", lambda token: ("Authorization", f"token {token}")),
        ("bearer", "bearer", lambda token: ("Authorization", f"Bearer {token}")),
        ("x-api-key", "header:X-API-Key", lambda token: ("X-API-Key", token)),
    ],
    ids=["token", "bearer", "header"],
)
def test_header_scheme_gives_access_to_the_channel(
    form: str,
    scheme: str,
    header: Callable[[str], tuple[str, str]],
    conda: Conda,
    world: Anaconda,
    server: Server,
    token: str,
) -> None:
    world.forms = {form}
    conda.login("my-org", "--label", "dev", "--scheme", scheme, token=token)
    server.clear()
    assert install(conda)
    name, value = header(token)
    asked = [each for each in server.requests if each.origin == "conda"]
    assert {each.headers[name] for each in asked} == {value}
    elsewhere = [each for each in server.requests if each.origin == "files"]
    assert elsewhere
    assert all(name not in each.headers for each in elsewhere)


def test_path_scheme_gives_access_to_the_channel_and_shows_the_token_nowhere(
    conda: Conda, world: Anaconda, server: Server, token: str
) -> None:
    world.forms = {"path"}
    conda.login("my-org", "--label", "dev", "--scheme", "path", token=token)
    server.clear()
    assert install(conda)
    asked = [each for each in server.requests if each.origin == "conda"]
    assert all(each.path.startswith(f"/t/{token}/my-org/") for each in asked)


def test_basic_scheme_with_user_name_and_password_gives_access_to_the_channel(
    conda: Conda, world: Anaconda, server: Server
) -> None:
    world.forms, password = {"password"}, "a password of alice"
    stdin = f"{password}\n"
    words = ("my-org", "--label", "dev", "--username", "alice", "--password-stdin")
    conda.ok("private", "login", *words, stdin=stdin)
    server.clear()
    assert install(conda)
    asked = [each for each in server.requests if each.origin == "conda"]
    assert {each.headers["Authorization"] for each in asked} == {basic("alice", password)}


@pytest.mark.parametrize("form", ["token", "bearer", "path"])
# One style of refusal in `make test`: tests/http/test_probe.py has them all in process.
@pytest.mark.parametrize(
    "style",
    ["404", *(pytest.param(each, marks=pytest.mark.hard) for each in ("left-out", "401", "403"))],
)
def test_auto_finds_the_form_that_the_server_accepts(
    form: str, style: str, conda: Conda, world: Anaconda, server: Server, token: str
) -> None:
    world.forms, world.style = {form}, style
    result = conda.login("my-org", "--label", "dev", "--json", token=token)
    assert result.data["login"]["scheme"] == form
    channel_requests = [each for each in server.requests if each.origin == "conda"]
    tried = ["token", "bearer", "path"].index(form) + 1
    # After a 404 the channel may still have an index of shards, so that is asked for as well.
    for_each = 6 if style == "404" and tried > 1 else 4
    assert len(channel_requests) <= for_each * tried
    assert install(conda)


def test_tls_server_with_a_private_certificate_authority(
    new_conda: Callable[[str], Conda], world: Anaconda, token: str
) -> None:
    with serve(world, tls=True) as server:
        conda = new_conda(server.conda)
        refused = conda.private("login", "my-org", "--label", "dev", "--token-stdin", stdin=token)
        assert refused.code == 1
        assert "TlsError" in refused.err
        assert "ssl_verify" in refused.err
        conda.settings["ssl_verify"] = str(server.ca_file)
        conda.login("my-org", "--label", "dev", token=token)
        assert install(conda)


def test_login_for_a_whole_host_authenticates_its_channels_and_lists_none(
    conda: Conda, server: Server, token: str
) -> None:
    result = conda.login(server.conda, "--no-verify", token=token)
    assert not conda.condarc.exists()
    assert result.out
    server.clear()
    assert install(conda)
    asked = [each for each in server.requests if each.origin == "conda"]
    assert {each.headers["Authorization"] for each in asked} == {f"token {token}"}


def test_password_that_authenticates_requests_is_never_sent_to_an_api(
    conda: Conda, world: Anaconda, server: Server
) -> None:
    world.forms = {"password"}
    words = ("my-org", "--label", "dev", "--username", "alice", "--password-stdin")
    api = ("--api-url", server.api, "--scheme", "basic")
    conda.ok("private", "login", *words, *api, stdin="a password of alice\n")
    assert not [each for each in server.requests if each.origin == "api"]


def test_token_with_a_dot_is_not_sent_in_a_path(conda: Conda, world: Anaconda) -> None:
    world.forms = {"path"}
    dotted = world.add_token("alice", scopes=["conda:download"], value="pfx_abc.def")
    words = ("my-org", "--label", "dev", "--scheme", "path", "--token-stdin")
    result = conda.private("login", *words, stdin=dotted)
    assert result.code == 2
    assert "This token cannot be sent in the path of a URL." in result.err


@pytest.mark.hard
@pytest.mark.parametrize("name", PERSONALITIES)
def test_auto_finds_the_form_of_each_kind_of_server(
    name: str,
    conda: Conda,
    world: Anaconda,
    server: Server,
    token: str,
    packages: dict[str, Path],
) -> None:
    world.personality = PERSONALITIES[name]
    # Most servers have no labels, so the package must be under main.
    world.add_package("my-org", packages["hello-private-1.0"], labels=["dev", "main"])
    channel = server.channel("my-org", label="dev")
    password = "password" in world.forms and "bearer" not in world.forms
    known = name in (
        "cloudsmith",
        "google",
    )  # recognized by their hosts, and this one has another host
    user = {"cloudsmith": "token", "google": "oauth2accesstoken"}.get(name, "alice")
    words = ["--username", user] if password or known else []
    secret = "a password of alice" if password and not known else token
    result = conda.private("login", channel, *words, "--token-stdin", "--json", stdin=secret)
    assert result.code == 0, result.text
    assert conda.create("env", "--override-channels", "-c", channel, "hello-private").code == 0
