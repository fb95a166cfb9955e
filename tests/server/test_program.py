"""The program says where it is, logs what it receives, and ends on a signal."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import ask, get

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    """The program with some options."""
    command = [sys.executable, "-m", "tests.server", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture(params=[[], ["--style", "401", "--packages", "--tls"]])
def program(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """The program, running."""
    with running(*request.param) as process:
        yield process


def test_program_says_where_it_is_and_logs_what_it_receives(
    program: subprocess.Popen[str],
) -> None:
    assert program.stdout is not None
    facts = json.loads(program.stdout.readline())
    assert facts["channel"] == f"{facts['conda']}/alice"
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


def test_program_takes_the_personality_of_another_server() -> None:
    with running("--personality", "nexus", "--packages") as program:
        assert program.stdout is not None
        facts = json.loads(program.stdout.readline())
        assert facts["channel"] == f"{facts['conda']}/repository/alice"
        url = f"{facts['channel']}/noarch/repodata.json"
        assert get(url).status_code == 401
        assert get(url, auth=("alice", facts["accounts"]["alice"])).status_code == 200


def test_program_says_how_to_log_in_if_that_is_wanted() -> None:
    for options, status in ((["--discovery"], 200), ([], 404)):
        with running("--personality", "quetz", *options) as program:
            assert program.stdout is not None
            facts = json.loads(program.stdout.readline())
            found = get(f"{facts['conda']}/.well-known/conda-authentication")
            assert found.status_code == status
            if status == 200:
                (entry,) = found.json()["channels"]
                assert entry["schemes"] == ["header:X-API-Key", "path"]
                assert entry["api"] == facts["api"]
