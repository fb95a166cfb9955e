"""What servers, files and readers of our output do, as a user meets it."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Answer, Fault, Server

DEV = ("my-org", "--label", "dev")
PRIVATE = ("--override-channels", "-c", "my-org/label/dev", "hello-private")


@pytest.fixture
def logged_in(conda: Conda, token: str) -> Conda:
    """A user with a login to a label."""
    conda.login(*DEV, token=token)
    return conda


def test_credential_that_a_server_repeats_is_neither_shown_nor_cached(
    logged_in: Conda, server: Server, token: str
) -> None:
    # After each test, the output and all files of the user are searched for the token.
    headers = {"ETag": token, "Cache-Control": f"x={token}", f"X-{token}": token}
    server.fail("repodata.json$", how=Fault(headers=headers), times=2)
    assert logged_in.run("search", *PRIVATE, "-vv").code == 0
    body = json.dumps({"message": f"no {token}", "reason": token}).encode()
    server.fail("", "conda", how=Fault.status(500, {**headers, "X": "1"}, body))
    result = logged_in.run("create", "-y", "-n", "a", "--json", *PRIVATE)
    assert result.code == 1
    assert "****" in result.out


def test_reader_that_leaves_and_a_broken_file_are_no_crashes(logged_in: Conda) -> None:
    command = f"'{logged_in.executable}' private list | true"
    done = subprocess.run(
        ["sh", "-c", command], env=logged_in.environment, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    (logged_in.data_folder / "credentials.json").write_text(
        '{"version": 2, "logins": ' + "[" * 9999
    )
    result = logged_in.run("search", *PRIVATE)
    assert result.code == 1
    assert "FileFormatError" in result.err
    assert "credentials.json.broken" in result.err
    assert "Traceback" not in result.text


@pytest.mark.hard
def test_public_index_that_names_a_file_of_a_private_channel_gets_it_for_the_user_alone(
    logged_in: Conda, world: Anaconda, server: Server, token: str
) -> None:
    listed = logged_in.ok("search", "--json", *PRIVATE).data["hello-private"]
    (record,) = (each for each in listed if each["version"] == "1.0")
    index = {
        "info": {"subdir": "noarch", "base_url": f"{server.conda}/my-org/label/dev/noarch/"},
        "repodata_version": 2,
        "packages": {},
        "packages.conda": {record["fn"]: {k: record[k] for k in ("build", "build_number",
            "depends", "md5", "name", "sha256", "size", "subdir", "version")}},
    }  # fmt: skip
    answer = Answer(200, json.dumps(index).encode(), {"Content-Type": "application/json"})
    server.fail("^/other/noarch/(current_)?repodata.json$", how=Fault(answer))
    logged_in.settings |= {"repodata_use_zst": False, "repodata_use_shards": False}
    server.clear()
    result = logged_in.create("a", "--override-channels", "-c", "other", "hello-private=1.0")
    assert result.code == 0, result.text
    signed = {each.path: each.headers["Authorization"] for each in server.requests}
    assert signed[f"/my-org/label/dev/noarch/{record['fn']}"] == f"token {token}"
    assert {signed[path] for path in signed if path.startswith("/other/")} == {None}
