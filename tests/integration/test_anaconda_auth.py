"""A real anaconda-auth beside us: whose handler conda uses, and that every verb says so.

It is in an environment of its own: ``ANACONDA_AUTH_PYTHON`` is its interpreter.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.server import Server

PYTHON = os.environ.get("ANACONDA_AUTH_PYTHON", "")
CLOUD = "https://repo.anaconda.cloud/repo/my-org"

pytestmark = [
    pytest.mark.hard,
    pytest.mark.skipif(
        not PYTHON, reason="ANACONDA_AUTH_PYTHON does not name an interpreter with anaconda-auth"
    ),
]


@pytest.fixture
def both(new_conda: Callable[..., Conda], server: Server) -> Conda:
    """A user of a conda that has both plugins."""
    user = new_conda(server.conda)
    user.executable = Path(PYTHON).with_name("conda")
    user.environment["PATH"] = f"{user.executable.parent}:/usr/bin:/bin"
    return user


@pytest.fixture
def base_is_active(both: Conda) -> Path:
    """The file that anaconda-auth's package installs; conda reads it while base is active."""
    prefix = both.executable.parents[1]
    both.environment["CONDA_PREFIX"] = str(prefix)
    file = prefix / "condarc.d" / "anaconda-auth.yml"
    install = [PYTHON, "-m", "anaconda_auth._conda.config", "--install", "--overwrite"]
    subprocess.run(install, check=True, capture_output=True)
    assert file.exists()
    return file


@pytest.fixture(autouse=True)
def _removed(base_is_active: Path) -> Iterator[None]:
    yield
    base_is_active.unlink(missing_ok=True)


def test_its_own_settings_hide_a_login_for_repo_anaconda_cloud(
    both: Conda, base_is_active: Path
) -> None:
    words = ("login", CLOUD, "--from-env", "A_TOKEN", "--no-verify")
    told = both.private(*words)
    explained, shown = both.private("explain", CLOUD), both.private("list")
    assert (told.code, explained.code, shown.code) == (4, 4, 0)
    assert f"takes precedence: {base_is_active} (anaconda-auth)" in told.err
    assert f"takes precedence: {base_is_active} (anaconda-auth)" in explained.out
    assert "not used by conda: channel_settings in" in shown.out
    (checked,) = both.run("private", "check", "--json").data["checked"]
    assert checked["hidden_by"] == [{"setting": "channel_settings", "source": str(base_is_active)}]
    assert checked["exit_code"] == 4
    out = both.ok("private", "logout", CLOUD).out
    assert f"conda now uses the auth handler anaconda-auth ({base_is_active})" in out


def test_login_for_another_server_is_not_its_concern(
    both: Conda, server: Server, token: str
) -> None:
    both.login("my-org", token=token)
    assert both.private("check").code == 0
    assert both.run("search", "on-main").code == 0


def test_login_with_its_command_that_ours_hides_is_noticed(
    both: Conda, server: Server, token: str
) -> None:
    both.login("my-org", "--add-channel", "none", token=token)
    code = """if True:
    from pathlib import Path
    from anaconda_auth._conda.condarc import CondaRC
    import sys
    file = CondaRC(Path(sys.argv[1]))
    file.update_channel_settings(sys.argv[2], "anaconda-auth")
    file.save()
    """
    channel = f"{server.conda}/my-org"
    subprocess.run([PYTHON, "-c", code, str(both.condarc), channel], check=True)
    assert "instead of anaconda-auth" in both.private("list").out
    told = both.ok("private", "explain", "my-org").out
    assert "replaces the auth handler anaconda-auth (~/.condarc)" in told
    both.ok("private", "logout", "my-org")
