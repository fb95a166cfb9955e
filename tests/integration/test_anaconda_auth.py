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


SAVE = """if True:
    import sys
    from anaconda_auth.token import TokenInfo
    record = TokenInfo(domain=sys.argv[1], api_key="no-such-key", username="alice")
    record.set_repo_token("my-org", sys.argv[2])
    record.save()
    print(TokenInfo.load(sys.argv[1]).get_repo_token("my-org"))
"""


def test_what_it_has_stored_is_imported_and_it_keeps_it(
    both: Conda, server: Server, token: str
) -> None:
    words = [PYTHON, "-c", SAVE, server.conda.partition("://")[2], token]
    backend = "anaconda_auth.token.AnacondaKeyring"
    environment = {**both.environment, "PYTHON_KEYRING_BACKEND": backend}
    saved = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    assert saved.stdout.strip() == token
    file = both.home / ".anaconda" / "keyring"
    before = file.read_text()
    result = both.run("private", "import", "--from", "anaconda-auth", f"{server.conda}/my-org")
    assert result.code == 0, result.text
    assert f"Imported {server.conda}/my-org" in result.out
    assert file.read_text() == before
    file.unlink()
    server.clear()
    assert both.run("search", "-c", "my-org", "--override-channels", "on-main").code == 0
    sent = {each.headers["Authorization"] for each in server.requests if "/my-org/" in each.path}
    assert sent == {f"token {token}"}


def test_doctor_finds_no_problem_beside_it(both: Conda) -> None:
    result = both.private("doctor", "--json")
    assert [each["message"] for each in result.data["findings"] if each["problem"]] == []
    assert (result.code, result.data["problems"]) == (0, 0)
    assert "0 problems" in both.ok("doctor").out
