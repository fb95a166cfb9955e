"""A keyring that never answers: a limited wait, public channels work, and Ctrl-C ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.integration.runner import Conda, Result
from tests.server import Server

BACKEND = """\
import os
import time
from keyring.backend import KeyringBackend

class Hanging(KeyringBackend):
    priority = 5
    def get_password(self, *words):
        open(os.environ["ASKED"], "w").close()
        time.sleep(600)
    set_password = delete_password = get_password
"""
PRIVATE = ("--override-channels", "-c", "my-org/label/dev", "hello-private")
PUBLIC = ("--override-channels", "-c", "other", "hello-public")


@pytest.fixture
def hanging(conda: Conda, server: Server, tmp_path: Path) -> Conda:
    """A user whose login is in a keyring that hangs."""
    (tmp_path / "hanging_backend.py").write_text(BACKEND)
    conda.environment["MY_ORG_TOKEN"] = "unused"
    words = ("my-org", "--label", "dev", "--add-channel", "none", "--from-env", "MY_ORG_TOKEN")
    conda.ok("private", "login", *words, "--no-verify")
    logins_file = conda.data_folder / "credentials.json"
    logins_file.write_text(logins_file.read_text().replace("env:MY_ORG_TOKEN", "keyring"))
    conda.environment["PYTHONPATH"] = str(tmp_path)
    conda.environment["PYTHON_KEYRING_BACKEND"] = "hanging_backend.Hanging"
    conda.environment["ASKED"] = str(tmp_path / "asked")
    server.clear()
    return conda


def interrupted(conda: Conda, *words: str, stdin: str = "") -> tuple[Result, float]:
    """Press Ctrl-C when conda reports that it waits; return also how long it took from there."""
    (conda.folder / "condarc").write_text(json.dumps(conda.settings))
    process = subprocess.Popen(
        [conda.executable, *words],
        env=conda.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=conda.folder,
    )
    assert process.stdin
    assert process.stderr
    process.stdin.write(stdin)
    process.stdin.close()
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    said = ""
    for line in process.stderr:
        said += line
        if "waiting for the " in line:
            break
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    code = process.wait()
    watchdog.cancel()
    assert process.stdout
    result = Result(code, process.stdout.read(), said + process.stderr.read())
    conda.seen += result.text
    return result, time.monotonic() - start


@pytest.mark.hard
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_control_c_ends_the_waiting_of_conda_itself(hanging: Conda, server: Server) -> None:
    words = ("create", "-y", "-p", str(hanging.prefix("env")), *PRIVATE)
    result, seconds = interrupted(hanging, *words)
    assert result.code != 0
    assert "Ctrl-C" in result.err
    assert seconds < 30
    assert server.requests == []
    assert Path(hanging.environment["ASKED"]).exists()


@pytest.mark.hard
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_control_c_ends_the_waiting_of_a_login(hanging: Conda, token: str) -> None:
    words = ("private", "login", "my-org", "--storage", "keyring", "--token-stdin")
    result, seconds = interrupted(hanging, *words, stdin=f"{token}\n")
    assert result.code == 130
    assert seconds < 30
    assert "my-org/label/dev" in hanging.ok("private", "list").out


def test_public_channels_do_not_ask_the_keyring(hanging: Conda) -> None:
    assert hanging.create("env", *PUBLIC).code == 0
    assert not Path(hanging.environment["ASKED"]).exists()


@pytest.mark.hard
def test_without_a_display_it_is_given_up_after_ten_seconds(hanging: Conda, server: Server) -> None:
    start = time.monotonic()
    result = hanging.create("env", *PRIVATE)
    assert 10 <= time.monotonic() - start < 20
    assert result.code == 1
    assert "KeyringLockedError" in result.err
    assert "did not answer within 10 seconds" in result.err
    assert f"The login for {server.conda}/my-org/label/dev needs it." in result.err
    assert "requested" not in result.err  # the channel is the login's
    assert "--storage file" in result.err
    # Not one request went out unsigned.
    assert not [each for each in server.requests if "/my-org/" in each.path]


@pytest.mark.hard
def test_error_names_the_login_and_the_channel_below_it(hanging: Conda, server: Server) -> None:
    logins_file = hanging.data_folder / "credentials.json"
    logins_file.write_text(logins_file.read_text().replace("/my-org/label/dev", "/my-org"))
    err = hanging.create("env", *PRIVATE).err
    assert f"The login for {server.conda}/my-org needs it." in err
    assert f"The requested channel is {server.conda}/my-org/label/dev." in err


@pytest.mark.hard
def test_login_never_falls_back_to_a_file(hanging: Conda, token: str) -> None:
    result = hanging.private("login", "my-org", "--token-stdin", stdin=f"{token}\n")
    assert result.code == 1
    assert "KeyringLockedError" in result.err
    assert not hanging.secrets_file.exists()


@pytest.mark.hard
def test_several_channels_share_one_wait(hanging: Conda, server: Server) -> None:
    logins_file = hanging.data_folder / "credentials.json"
    words = ("my-org", "--add-channel", "none", "--from-env", "MY_ORG_TOKEN", "--no-verify")
    hanging.ok("private", "login", *words)
    logins_file.write_text(logins_file.read_text().replace("env:MY_ORG_TOKEN", "keyring"))
    start = time.monotonic()
    hanging.run("private", "check")
    assert time.monotonic() - start < 20
