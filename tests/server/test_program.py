"""The program says where it is, logs what it receives, and ends on a signal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import ask, get

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=[[], ["--style", "401", "--packages", "--tls"]])
def program(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """The program, running."""
    command = [sys.executable, "-m", "tests.server", *request.param]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_program_says_where_it_is_and_logs_what_it_receives(
    program: subprocess.Popen[str],
) -> None:
    assert program.stdout is not None
    facts = json.loads(program.stdout.readline())
    trust = {"verify": facts.get("ca_file", True)}
    sign_in = ("alice", facts["accounts"]["alice"])
    answer = ask("POST", f"{facts['api']}/authentications", auth=sign_in, json={}, **trust)
    assert answer.json()["token"].startswith("al-")
    get(f"{facts['conda']}/t/al-1/nobody/noarch/repodata.json", **trust)
    program.send_signal(signal.SIGTERM)
    first, second = program.stdout.read().splitlines()
    assert first.startswith("POST api /api/authentications 200 auth=basic host=127.0.0.1:")
    assert second.startswith("GET conda /t/al-1/nobody/noarch/repodata.json 404 auth=path ")
    assert program.wait(timeout=5) == 0
