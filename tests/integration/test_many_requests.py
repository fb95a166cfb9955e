"""Many requests at once through the real handler: each secret is read once, each request signed."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.integration.sessions import ask
from tests.server import Anaconda, Server

THREADS, URLS = 8, 400
CHANNELS = ("my-org", "my-org/label/dev", "team-a", "team-b/label/rc")
HELPER = """\
#!/bin/sh
read -r address
echo "$address" >> {log}
sleep 0.1
printf '{{"ServerURL": "%s", "Username": "token", "Secret": "%s"}}' "$address" {token}
"""

FREED = """
import gc, sys, weakref
from requests import Request
from conda_private.handler.auth import PrivateAuth

gc.disable()
request = PrivateAuth("any")(Request("GET", sys.argv[1]).prepare())
hooks = [hook for hook in request.hooks["response"] if type(hook).__module__ != "builtins"]
left = [weakref.ref(request), *map(weakref.ref, hooks)]
signed = "Authorization" in request.headers
del request, hooks
print(signed, len(left), [each() for each in left])
"""


@pytest.fixture
def reads(conda: Conda, token: str) -> Path:
    """The file in which a credential helper records the addresses that it was asked for."""
    log = conda.folder / "reads"
    program = conda.folder / "bin" / "docker-credential-counting"
    program.parent.mkdir()
    program.write_text(HELPER.format(log=log, token='"$MY_TOKEN"'))
    program.chmod(0o755)
    conda.environment["PATH"] = f"{program.parent}:{conda.environment['PATH']}"
    conda.environment["MY_TOKEN"] = token
    return log


@pytest.mark.hard
def test_eight_threads_with_four_hundred_urls_read_each_secret_once(
    conda: Conda, world: Anaconda, server: Server, token: str, reads: Path
) -> None:
    for name in ("team-a", "team-b"):
        world.add_organization(name, owners=["alice"])
    for name in CHANNELS:
        conda.ok("private", "login", name, "--from-helper", "counting", "--no-verify")
    conda.ok("private", "list")
    reads.unlink(missing_ok=True)
    server.clear()
    addresses = [f"{server.conda}/{name}" for name in (*CHANNELS, "other")]
    urls = [f"{addresses[n % len(addresses)]}/noarch/a-{n}-0.conda" for n in range(URLS)]
    # conda downloads in such threads, each with sessions of its own.
    assert len(ask(conda, urls, threads=THREADS)) == URLS
    assert Counter(reads.read_text().split()) == Counter(addresses[:-1])
    shown = {each.path: each.headers["Authorization"] for each in server.requests}
    assert len(shown) == URLS
    signed = {path for path, value in shown.items() if value == f"token {token}"}
    assert signed == {path for path in shown if not path.startswith("/other/")}
    assert {shown[path] for path in shown.keys() - signed} == {None}


def test_objects_of_a_signed_request_are_freed_without_the_garbage_collector(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", token=token)
    done = subprocess.run(
        [
            conda.executable.with_name("python"),
            *("-c", FREED, f"{server.conda}/my-org/noarch/on-main-1.0-0.conda"),
        ],
        env=conda.environment,
        cwd=conda.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "2", "[None,", "None]"]
