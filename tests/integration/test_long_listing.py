"""The packages of a channel with 600,000 records: the first line at once, and little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.http.index_server import GOOD, serve, shown
from tests.integration.runner import Conda
from tests.integration.test_cost import BUILDS, MANY, files, user

__all__ = ["user"]
pytestmark = [pytest.mark.hard, pytest.mark.timeout(600)]

MAX_SECONDS, MAX_MIB, ROUNDS = 1.0, 150, 3
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
        login = ["login", channel.url, "--from-file", secret, "--scheme", "token", "--no-verify"]
        user.ok("private", *login)
        words = ["private", "packages", channel.url, *(["--json"] if as_json else [])]
        startup = min(measured(user, channel.url, "private", "list")[0] for _ in range(ROUNDS))
        runs = [measured(user, "pkg-", *words) for _ in range(ROUNDS)]
    seconds, total, peaks, counts = (tuple(each) for each in zip(*runs, strict=True))
    print(f"{public}: first {min(seconds):.2f} s, all {min(total):.2f} s,")
    print(f"  {max(peaks) / 1024:.0f} MiB;")
    print(f"  `conda private list` {startup:.2f} s")
    assert set(counts) == {MANY // BUILDS}
    assert max(peaks) / 1024 <= MAX_MIB
    # On a busy machine, conda alone takes a second to start.
    assert min(seconds) <= max(MAX_SECONDS, 2 * startup)


def measured(user: Conda, text: str, *words: str) -> list[float]:
    """Seconds until a line with the text, and until the end; KiB; and how many such lines."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, text, str(user.executable), *words],
        env=user.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[float] = json.loads(done.stdout)
    return found
