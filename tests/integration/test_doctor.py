"""``conda private doctor`` with a real conda: what old ways left behind is found and fixed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.runner import OWN_DATA, Conda
from tests.server import Anaconda, Server

KEYS = {"findings", "problems", "notes", "backup", "dry_run", "warnings"}
FINDING = {
    *("check", "problem", "message", "file", "line", "why", "next_step", "fixable", "fixed"),
    "error",
}


@pytest.fixture
def old_ways(conda: Conda, server: Server, token: str) -> Conda:
    """A user with a token in the settings, an environment, a cache and a project."""
    url = f"{server.conda}/t/{token}/my-org"
    conda.condarc.write_text(f"# mine\nchannels:\n  - {url}  # the team's\n  - other\n")
    conda.folder.joinpath("environment.yml").write_text(f"channels: ['{url}/label/dev']\n")
    conda.ok("create", "-y", "-p", conda.prefix("old"), "-c", url, "on-main")
    assert conda.files_with(token, apart_from=[conda.condarc])
    return conda


def test_clean_machine_has_no_problem(conda: Conda) -> None:
    result = conda.private("doctor", "--deep", "--json")
    assert (result.code, result.data["problems"], result.data["backup"]) == (0, 0, None)
    assert set(result.data) == KEYS
    assert [each["message"] for each in result.data["findings"] if each["problem"]] == []


def test_credentials_are_found_moved_and_removed(
    old_ways: Conda, server: Server, token: str
) -> None:
    found = old_ways.private("doctor", "--json")
    assert (found.code, found.data["backup"]) == (4, None)
    assert all(set(each) == FINDING for each in found.data["findings"])
    places = {
        Path(each["file"]).name: each["line"] for each in found.data["findings"] if each["file"]
    }
    assert (places[".condarc"], places["environment.yml"]) == (3, 1)
    assert {"history", "urls.txt"} <= places.keys()
    assert old_ways.private("doctor", "--fix", "--dry-run").code == 4
    assert token in old_ways.condarc.read_text()

    fixed = old_ways.private("doctor", "--fix")
    assert (fixed.code, fixed.err) == (0, "")
    assert "moved the credential for" in fixed.out
    assert f"The backup, with masks, is in ~/{OWN_DATA}/conda-private/backups/" in fixed.out
    expected = f"# mine\nchannels:\n  - {server.conda}/my-org  # the team's\n  - other\n"
    assert old_ways.condarc.read_text() == expected
    assert old_ways.files_with(token, apart_from=[old_ways.secrets_file]) == []
    assert old_ways.private("doctor").code == 0

    server.clear()
    old_ways.ok("create", "-y", "-p", old_ways.prefix("new"), "hello-public", "on-main")
    assert not any("/t/" in each.path for each in server.requests)


@pytest.mark.hard
def test_token_that_the_server_refuses_stays_where_it_is(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    dead = "al-not-a-token-0001"
    text = f"channels: [{server.conda}/t/{dead}/my-org]\n"
    conda.condarc.write_text(text)
    result = conda.private("doctor", "--fix", "--json")
    assert (result.code, conda.condarc.read_text()) == (4, text)
    (found,) = [each for each in result.data["findings"] if each["problem"]]
    assert (found["error"]["name"], found["fixed"]) == ("TokenRefusedError", None)
    assert dead not in result.text
    shown = conda.private("doctor", "--fix").out
    assert "not fixed" in shown
    assert dead not in shown


@pytest.mark.hard
def test_login_that_is_revoked_is_a_problem(
    conda: Conda, server: Server, world: Anaconda, token: str
) -> None:
    conda.login("my-org", token=token)
    assert conda.private("doctor").code == 0
    world.tokens[token] = None
    result = conda.private("doctor", "--json")
    assert result.code == 4
    (found,) = [each for each in result.data["findings"] if each["problem"]]
    assert "no longer gives access" in found["message"]
    assert found["next_step"]


@pytest.mark.hard
def test_token_of_a_channel_with_an_invalid_login_stays(
    old_ways: Conda, server: Server, world: Anaconda, token: str
) -> None:
    second = world.add_token("alice", scopes=["conda:download"], name="second")
    words = ("login", "my-org", "--add-channel", "none", "--token-stdin")
    assert old_ways.private(*words, stdin=second).code == 4  # conda uses the one in the URL
    world.tokens[second] = None
    before = old_ways.condarc.read_text()
    result = old_ways.private("doctor", "--fix", "--json")
    assert (result.code, old_ways.condarc.read_text()) == (4, before)
    world.tokens[second] = world.tokens[token]
    assert old_ways.private("doctor", "--fix").code == 0
    assert json.loads(old_ways.ok("private", "list", "--json").out)["logins"]
