"""``--from-command`` with a real conda: one run of the command in each conda command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.server import Server

DEV = ("my-org", "--label", "dev")
COMMAND = "op read 'op://team/conda/my token'"


@pytest.fixture
def calls(conda: Conda, tmp_path: Path, token: str) -> Path:
    """A file with the arguments of each call of the secret manager ``op``."""
    (tmp_path / "item").write_text(f"{token}\n")
    folder = tmp_path / "manager"
    folder.mkdir()
    program = folder / "op"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {tmp_path}/calls\ncat {tmp_path}/item\n')
    program.chmod(0o755)
    conda.environment["PATH"] = f"{folder}:{conda.environment['PATH']}"
    return tmp_path / "calls"


def test_command_is_run_once_in_each_conda_command_and_nothing_is_stored(
    conda: Conda, server: Server, token: str, calls: Path
) -> None:
    result = conda.run("private", "login", *DEV, "--from-command", COMMAND)
    assert result.code == 0, result.text
    assert calls.read_text() == "read|op://team/conda/my token|"
    calls.unlink()
    server.clear()
    done = conda.create("a", "-c", "my-org/label/dev", "hello-private")
    assert done.code == 0, done.text
    assert calls.read_text() == "read|op://team/conda/my token|"
    asked = [each for each in server.requests if each.path.startswith("/my-org/")]
    assert {each.headers["Authorization"] for each in asked} == {f"token {token}"}
    assert conda.files_with(token) == []


@pytest.mark.hard
def test_command_that_fails_stops_conda_and_says_how_to_run_it(conda: Conda, calls: Path) -> None:
    none = ("--add-channel", "none", "--no-verify")
    assert conda.run("private", "login", *DEV, "--from-command", COMMAND, *none).code == 0
    assert not calls.exists()
    calls.with_name("item").unlink()
    result = conda.create("a", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 1, result.text
    assert "HelperError: The command op failed with exit code 1." in result.text
    assert f"{COMMAND} > /dev/null" in result.text
    assert "The login for" in result.text
