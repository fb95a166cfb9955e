"""The plugin adds almost no cost to conda's other commands."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.integration.runner import Conda
from tests.server import Server

MAX_MODULES = 5
# Records the modules that import statements in our own modules load.
SCRIPT = """\
import builtins, json, sys
real, caused = builtins.__import__, set()

def tracking(name, namespace=None, *rest):
    before = set(sys.modules)
    module = real(name, namespace, *rest)
    if str((namespace or {}).get("__name__")).startswith("conda_private"):
        caused.update(set(sys.modules) - before)
    return module

builtins.__import__ = tracking
from conda.cli.main import main
main(*sys.argv[1:])
ours = [name for name in sys.modules if name.partition(".")[0] == "conda_private"]
print("LOADED " + json.dumps({"ours": ours, "caused": sorted(caused)}))
"""


@pytest.mark.parametrize("command", ["info --json", "list --json", "config --show solver"])
def test_other_command_loads_at_most_five_modules_of_ours_and_no_others(
    conda: Conda, server: Server, token: str, command: str
) -> None:
    conda.login("my-org", token=token)
    done = subprocess.run(
        [conda.executable.with_name("python"), "-c", SCRIPT, *command.split()],
        env=conda.environment,
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    loaded = json.loads(done.stdout.rpartition("LOADED ")[2])
    assert "conda_private.plugin" in loaded["ours"]
    assert len(loaded["ours"]) <= MAX_MODULES
    foreign = {name.partition(".")[0] for name in loaded["caused"]} - {"conda_private"}
    assert foreign <= sys.stdlib_module_names


def test_help_lists_us(conda: Conda) -> None:
    assert "Log in to private channels" in conda.ok("--help").out
