"""conda's own authentication still works with our handler where no login applies."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server

NETRC = "machine 127.0.0.1 login netrc-user password netrc-password\n"
BASIC = "Basic " + base64.b64encode(b"netrc-user:netrc-password").decode()


@pytest.fixture
def user(conda: Conda, server: Server, token: str) -> Conda:
    """A user whose requests to the channel use our handler, with a login for one label only."""
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    server.clear()
    return conda


def main_requests(server: Server) -> list:
    """Return the requests to the channel itself, which the handler gets and no login covers."""
    asked = [each for each in server.requests if "/my-org/" in each.path]
    asked = [each for each in asked if "/label/" not in each.path]
    assert asked
    return asked


def test_netrc_signs_what_no_login_covers(user: Conda, server: Server) -> None:
    (user.home / ".netrc").write_text(NETRC)
    user.run("search", "--override-channels", "-c", "my-org", "hello-p*")
    assert {each.headers["Authorization"] for each in main_requests(server)} == {BASIC}


def test_netrc_does_not_replace_a_login(user: Conda, server: Server, token: str) -> None:
    (user.home / ".netrc").write_text(NETRC)
    user.run("search", "--override-channels", "-c", "my-org/label/dev", "hello-p*")
    assert {each.headers["Authorization"] for each in server.requests} == {f"token {token}"}


def test_credentials_in_a_url_are_used_unchanged(user: Conda, server: Server) -> None:
    url = server.conda.replace("://", "://user:word@") + "/my-org"
    user.run("search", "--override-channels", "-c", url, "hello-p*")
    expected = "Basic " + base64.b64encode(b"user:word").decode()
    assert {each.headers["Authorization"] for each in main_requests(server)} == {expected}


def test_token_in_a_url_is_used_unchanged_even_below_a_login(
    conda: Conda, server: Server, world: Anaconda, token: str
) -> None:
    conda.login("my-org", "--add-channel", "none", token=token)
    server.clear()
    conda.run(
        "search", "--override-channels", "-c", f"{server.conda}/t/other-token/my-org", "hello-p*"
    )
    asked = [each for each in server.requests if each.path.startswith("/t/")]
    assert asked
    assert all("Authorization" not in each.headers for each in asked)


def test_token_of_anaconda_client_still_signs_what_no_login_covers(
    user: Conda, server: Server, world: Anaconda, new_conda: Callable[[str], Conda]
) -> None:
    # conda matches such a token by its API's address and sends it in the path.
    folder = user.home / "binstar"
    folder.mkdir()
    user.environment["BINSTAR_CONFIG_DIR"] = str(folder)
    tokens = folder / "data"
    tokens.mkdir()
    (tokens / f"{quote_plus(server.conda)}.token").write_text("clienttoken")
    user.run("search", "--override-channels", "-c", "my-org", "hello-p*")
    assert all(each.path.startswith("/t/clienttoken/") for each in main_requests(server))


def test_file_channel_still_works(user: Conda, server: Server) -> None:
    folder = user.folder / "local"
    (folder / "noarch").mkdir(parents=True)
    package = {"name": "hello-local", "version": "1.0", "build": "0", "build_number": 0}
    package |= {"depends": [], "subdir": "noarch"}
    repodata = {"packages": {"hello-local-1.0-0.tar.bz2": package}, "packages.conda": {}}
    (folder / "noarch" / "repodata.json").write_text(json.dumps(repodata))
    words = ("search", "--override-channels", "-c", folder.as_uri(), "hello-local", "--json")
    found = user.ok(*words).data
    assert [each["version"] for each in found["hello-local"]] == ["1.0"]
    assert server.requests == []
