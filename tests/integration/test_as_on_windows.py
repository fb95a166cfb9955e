"""The plugin where the modules and functions of POSIX are missing, as on Windows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from conda_private.cli.verbs import VERBS
from tests.integration.runner import TIMEOUT, Conda
from tests.windows.imitation import LACKING

CHECKOUT = Path(__file__).parents[2]
LOGIN = ("private", "login", "my-org", "--storage", "file", "--token-stdin")


def as_on_windows(conda: Conda, *commands: Sequence[str], stdin: str = "") -> str:
    """Run conda commands one after another; they must succeed."""
    conda.run("--version")  # writes conda's settings
    done = subprocess.run(
        [sys.executable, "-m", "tests.windows.imitation", json.dumps(commands)],
        input=stdin,
        env={**conda.environment, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=conda.folder,
        timeout=TIMEOUT,
        check=False,
    )
    conda.seen += done.stdout
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_login_is_stored_listed_and_removed_without_the_modules_of_posix(
    conda: Conda, token: str
) -> None:
    commands = (("private", "list"), ("private", "logout", "my-org"))
    said = as_on_windows(conda, (*LOGIN, "--no-verify"), *commands, stdin=f"{token}\r\n")
    assert "Logged out" in said
    assert not conda.secrets_file.exists()


@pytest.mark.hard
def test_main_job_is_done_without_the_modules_of_posix(conda: Conda, token: str) -> None:
    said = as_on_windows(
        conda,
        (*LOGIN, "--label", "dev"),
        ("private", "check"),
        ("create", "-y", "-p", str(conda.prefix("env")), "-c", "my-org/label/dev", "hello-private"),
        ("private", "run", sys.executable, "-c", "print('it ran')"),
        ("private", "logout", "my-org", "--label", "dev"),
        stdin=f"{token}\r\n",
    )
    assert "it ran" in said
    assert conda.prefix("env").joinpath("bin", "hello-private").exists()


@pytest.mark.hard
def test_every_verb_has_its_help_without_the_modules_of_posix(conda: Conda) -> None:
    said = as_on_windows(conda, *(("private", verb, "--help") for verb in VERBS))
    for verb in VERBS:
        assert f" private {verb} [-h]" in said


def test_every_module_is_imported_without_the_modules_of_posix() -> None:
    code = (
        "from tests.windows import imitation; imitation.imitate()\n"
        "import importlib, pkgutil, conda_private as package\n"
        "for each in pkgutil.walk_packages(package.__path__, 'conda_private.'):\n"
        "    importlib.import_module(each.name)\n"
        "print(each.name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("conda_private.")


@pytest.mark.parametrize("name", LACKING)
def test_imitation_takes_a_module_away_from_the_plugin_only(name: str) -> None:
    code = (
        "from tests.windows import imitation; imitation.imitate()\n"
        f"import {name}\n"
        f"exec('import {name}', {{'__name__': 'conda_private.files.locks'}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert f"No module named '{name}'" in done.stderr
