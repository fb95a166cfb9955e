"""The packages of a channel with 600,000 records: the first line at once, and little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conda_private.model.address import Address
from tests.http.index_server import GOOD, serve, shown
from tests.integration.runner import Conda
from tests.integration.test_cost import BUILDS, MANY, files, user

__all__ = ["user"]
pytestmark = [pytest.mark.hard, pytest.mark.timeout(600)]

MAX_SECONDS, MAX_MIB = 1.0, 150
# In a process of its own: prints what its child spends, and the seconds until a line was printed.
MEASURE = """
import json, resource, subprocess, sys, time
begin = time.perf_counter()
with subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, text=True) as child:
    first = next(line for line in child.stdout if sys.argv[1] in line)
    seconds = time.perf_counter() - begin
    text = first + child.stdout.read()
assert child.returncode == 0
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([seconds, time.perf_counter() - begin, peak, text.count(sys.argv[1])]))
"""


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("public", ["closed", "half public"])
def test_long_list_begins_at_once_and_takes_little_memory(
    user: Conda, tmp_path: Path, public: str, as_json: bool
) -> None:
    open_part = {} if public == "closed" else files("json", MANY, 2)
    secret = tmp_path / "secret"
    secret.write_text(GOOD.removeprefix("token "))
    with serve(shown(open_part, files("json", MANY, 1))) as channel:
        Address.parse(channel.url)
        login = ["login", channel.url, "--from-file", secret, "--scheme", "token", "--no-verify"]
        user.ok("private", *login)
        words = ["private", "packages", channel.url, *(["--json"] if as_json else [])]
        begin = user.run("--version")
        assert begin.code == 0
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, "pkg-", str(user.executable), *words],
            env=user.environment,
            capture_output=True,
            text=True,
            check=True,
        )
    seconds, total, peak, count = json.loads(done.stdout)
    print(f"{public}: first {seconds:.2f} s, all {total:.2f} s, {peak >> 10} MiB, {count} rows")
    assert count == MANY // BUILDS
    assert peak >> 10 <= MAX_MIB
    assert seconds <= MAX_SECONDS
