"""What holds for logins that remember nothing: each with a real conda, on real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest

from tests.http.index_server import GOOD, Answer, serve
from tests.integration.runner import Conda
from tests.integration.test_silent_answers import PRIVATE, package, revoke
from tests.server import Anaconda, Fault, Server
from tests.server import Answer as ServerAnswer

TOKEN = GOOD.removeprefix("token ")


def closed(file: str, credential: str) -> Answer:
    """Answer with an index to the credential, and with a refusal without it."""
    body = {"info": {"subdir": file.split("/")[-2]}, "packages": {}, "packages.conda": {}}
    shown = file.endswith("/repodata.json")
    return Answer(200 if shown else 404, json.dumps(body).encode()) if credential else Answer(401)


@pytest.mark.hard
def test_closed_channel_refuses_an_invalid_credential(conda: Conda) -> None:
    answers: list[Callable[[str, str], Answer]] = [closed]
    with serve(lambda file, credential: answers[-1](file, credential)) as channel:
        conda.login(channel.url, token=TOKEN)
        assert not (conda.data_folder / "memory").exists()
        answers.append(lambda file, credential: Answer(401))
        done = conda.create("env", "--override-channels", "-c", channel.url, "secretlib")
    assert done.code == 4, done.text
    assert "TokenRefusedError" in done.err
    assert f"conda private login {channel.url}" in done.err


@pytest.mark.hard
def test_explicit_list_with_a_private_package_is_an_error_after_the_token_was_revoked(
    conda: Conda, world: Anaconda, server: Server, token: str, tmp_path: Path
) -> None:
    world.add_package("my-org", package(tmp_path, "secretlib", "1.0", PRIVATE), private=True)
    conda.login("my-org", token=token)
    assert conda.create("one", "--override-channels", "-c", "my-org", "secretlib").code == 0
    listed = conda.ok("list", "-p", conda.prefix("one"), "--explicit").out
    file = tmp_path / "explicit.txt"
    file.write_text(listed)
    rmtree(conda.folder / "pkgs")
    assert conda.create("two", "--file", str(file)).code == 0
    rmtree(conda.folder / "pkgs")
    revoke(world, token)
    done = conda.create("three", "--file", str(file))
    assert done.code != 0, done.text
    assert not (conda.prefix("three") / "share" / "secretlib").exists()


@pytest.mark.hard
def test_empty_label_is_accepted_for_an_owner_alone(
    conda: Conda, world: Anaconda, server: Server, token: str
) -> None:
    world.add_user("bob")
    bobs = world.add_token("bob", scopes=["conda:download"], name="bobs")
    index = b'{"info": {}, "packages": {}, "packages.conda": {}}'
    server.fail("label/new/.*/repodata.json$", "conda", how=Fault(answer=ServerAnswer(200, index)))
    words = ("private", "login", "my-org", "--label", "new", "--api-url", server.api)
    assert conda.run(*words, "--token-stdin", stdin=bobs).code == 4
    done = conda.ok(*words, "--token-stdin", stdin=token)
    assert "no private packages yet" in done.out
