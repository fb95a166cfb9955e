"""What ``export`` wrote is read by the tools themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.run.test_run_tools import RATTLER
from tests.integration.runner import Conda
from tests.server import Anaconda, Server

pytestmark = pytest.mark.hard


def install_with_rattler(
    conda: Conda, channel: str, file: Path
) -> subprocess.CompletedProcess[str]:
    """Install a private package with rattler, which has only its own file."""
    return subprocess.run(
        [sys.executable, "-c", RATTLER, channel, "on-main"],
        env={**conda.environment, "RATTLER_AUTH_FILE": str(file)},
        cwd=conda.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("scheme", ["token", "bearer", "path", "basic"])
def test_rattler_installs_with_the_file(
    conda: Conda, server: Server, world: Anaconda, scheme: str
) -> None:
    token = world.add_token("alice", scopes=["conda:download"])
    user: tuple[str, ...] = ()
    if scheme == "basic":
        world.forms, token, user = {"password"}, "a password of alice", ("--username", "alice")
    conda.login("my-org", "--scheme", scheme, *user, token=token)
    file = conda.home / "auth.json"
    channel = f"{server.conda}/my-org"
    file.write_text("{}")
    file.chmod(0o600)
    conda.files_of_others.append(file)
    assert install_with_rattler(conda, channel, file).returncode != 0
    conda.environment["RATTLER_AUTH_FILE"] = str(file)
    conda.ok("private", "export", "--to", "rattler", "--yes")
    done = install_with_rattler(conda, channel, file)
    assert done.returncode == 0, done.stderr
    assert (conda.home / "rattler-prefix" / "conda-meta" / "on-main-1.0-0.json").is_file()


def test_conda_without_a_login_and_pip_read_the_exported_netrc(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    password = world.add_token("alice", scopes=["conda:download"])
    world.forms = {"password-token"}
    channel = f"{server.conda}/my-org"
    words = ("--username", "alice", "--scheme", "basic")
    conda.login("my-org", *words, token=password)
    conda.files_of_others.append(conda.home / ".netrc")
    conda.ok("private", "export", "--to", "netrc", "--yes")
    conda.ok("private", "logout", "my-org")
    server.clear()
    conda.run("search", "--override-channels", "-c", channel, "on-main")
    assert "basic" in {each.credential for each in server.requests if each.origin == "conda"}
    code = "import sys; from pip._vendor.requests import utils; "
    code += "print(utils.get_netrc_auth(sys.argv[1]))"
    shown = subprocess.run(
        [sys.executable, "-c", code, channel],
        env={**os.environ, **conda.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == f"('alice', '{password}')"
