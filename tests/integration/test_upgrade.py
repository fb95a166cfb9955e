"""The files that version 0.1 stored: they are used as they are, and removed completely."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server

pytestmark = pytest.mark.hard
SAMPLE = Path(__file__).with_name("files_of_0.1")
ENV_CHANNEL = "https://conda.example.org/get/my-channel"
DEV = ("my-org", "--label", "dev")


@pytest.fixture
def upgraded(conda: Conda, world: Anaconda, server: Server, token: str) -> Conda:
    """A user who logged in with 0.1; conda.anaconda.org and an API are on the server."""
    account = world.add_token("alice", scopes=["api:read"], name="account")
    replaced = {
        "@HOME@": str(conda.home),
        "@TOKEN@": token,
        "@TOKEN_OF_ACCOUNT@": account,
        "https://conda.anaconda.org": server.conda,
        "https://api.anaconda.org": server.api,
        "https://anaconda.example.org/api": server.api,
    }
    for path in SAMPLE.rglob("*"):
        if path.is_file() and path.name != "README.md":
            text = path.read_text()
            for old, new in replaced.items():
                text = text.replace(old, new)
            copy = conda.home / path.relative_to(SAMPLE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text)
            copy.chmod(0o600)
    return conda


def record(conda: Conda) -> dict[str, object]:
    """The logins file."""
    text = (conda.data_folder / "credentials.json").read_text()
    content: dict[str, object] = json.loads(text)
    return content


def test_logins_of_0_1_are_listed_valid_and_used(
    upgraded: Conda, server: Server, token: str
) -> None:
    before = (upgraded.data_folder / "credentials.json").read_bytes()
    listed = upgraded.ok("private", "list", "--json").data
    dev, other = listed["logins"]
    assert (dev["address"], dev["source"]) == (f"{server.conda}/my-org/label/dev", "file")
    assert dev["expires"] == "2099-01-01T00:00:00+00:00"
    assert (other["address"], other["source"]) == (ENV_CHANNEL, "env:MY_API_KEY")
    assert [each["api"] for each in listed["accounts"]] == [server.api]
    checked = upgraded.ok("private", "check", "my-org/label/dev", "--json").data["checked"]
    assert [each["gives_access"] for each in checked] == [True]
    words = ("--override-channels", "-c", "my-org/label/dev", "hello-private")
    done = upgraded.create("a", *words)
    assert done.code == 0, done.text
    assert "alice" in upgraded.ok("private", "whoami", "--json").out
    # Reading does not rewrite the file, so that going back to 0.1 works.
    assert (upgraded.data_folder / "credentials.json").read_bytes() == before


def test_next_change_writes_the_new_version_with_everything(
    upgraded: Conda, server: Server, token: str
) -> None:
    assert record(upgraded)["version"] == 1
    upgraded.login("my-org", "--storage", "file", "--add-channel", "none", token=token)
    assert record(upgraded)["version"] == 2
    listed = upgraded.ok("private", "list", "--json").data
    assert len(listed["logins"]) == 3
    assert len(listed["accounts"]) == 1
    assert upgraded.ok("private", "check", "my-org/label/dev", "--json").code == 0


def test_logout_removes_everything_that_0_1_wrote(upgraded: Conda, server: Server) -> None:
    upgraded.ok("private", "logout", *DEV)
    assert upgraded.condarc.read_text() == f"channels:\n  - {ENV_CHANNEL}\n  - defaults\n"
    upgraded.ok("private", "logout", ENV_CHANNEL)
    upgraded.ok("private", "logout", "--account", server.api)
    ours = ("credentials.json", "secrets.json", "conda-private.yml", ".condarc")
    left = [path for path in upgraded.home.rglob("*") if path.name in ours and path.is_file()]
    assert left == []
