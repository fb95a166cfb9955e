"""Keyring backends that packages bring: anaconda-auth, and those of package indexes.

``make test-hard`` installs them in an environment of their own, which conda then also sees.
"""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.integration.runner import Conda, spellings_of
from tests.integration.test_keyring import MISSING, in_session, login

PYTHON = "KEYRINGS_PYTHON"
ANACONDA_AUTH = "anaconda_auth.token.AnacondaKeyring"
CODE_ARTIFACT = "keyrings.codeartifact.CodeArtifactBackend"
GOOGLE = "keyrings.gauth.GooglePythonAuth"

pytestmark = [
    pytest.mark.hard,
    pytest.mark.skipif(PYTHON not in os.environ, reason=f"{PYTHON} names no interpreter"),
]


@pytest.fixture
def crowded(conda: Conda) -> Conda:
    """A user whose conda also finds these backends; `keyring` chooses the backend itself."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = [os.environ[PYTHON], "-c", code]
    packages = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    # The packages of conda come first, so that only what it lacks is found there.
    python = conda.executable.with_name("python")
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    conda.environment["PYTHONPATH"] = os.pathsep.join([done.stdout.strip(), packages])
    del conda.environment["PYTHON_KEYRING_BACKEND"]
    return conda


def chosen_by_the_library(conda: Conda) -> str:
    """The backend that the library takes, by its priority, with the plugin of anaconda-auth."""
    code = (
        "import anaconda_auth.token, keyring\n"
        "kind = type(keyring.get_keyring())\n"
        "print(kind.__module__, kind.__qualname__)"
    )
    command = [conda.executable.with_name("python"), "-c", code]
    done = subprocess.run(
        command, env=conda.environment, capture_output=True, text=True, check=True
    )
    return ".".join(done.stdout.split())


def test_token_goes_to_none_of_them(crowded: Conda, token: str) -> None:
    assert chosen_by_the_library(crowded) == ANACONDA_AUTH
    out = crowded.login("my-org", "--label", "dev", token=token).out
    assert "secrets.json" in out
    assert "keyring" not in out
    assert crowded.files_with(token) == [crowded.secrets_file]
    words = ("my-org", "--storage", "keyring", "--token-stdin")
    result = crowded.private("login", *words, stdin=token)
    assert result.code == 1
    assert "KeyringUnavailableError" in result.err
    assert crowded.files_with(token) == [crowded.secrets_file]


@pytest.mark.skipif(bool(MISSING), reason="needs gnome-keyring and dbus-daemon")
def test_token_goes_to_the_keyring_of_the_desktop(crowded: Conda, token: str) -> None:
    result = in_session(crowded, login(crowded), token=token)
    assert "system keyring (SecretService)" in result.out, result.text
    assert crowded.files_with(token) == []


@pytest.mark.parametrize("name", [CODE_ARTIFACT, GOOGLE])
def test_backend_that_only_reads_is_refused_before_anything_is_stored(
    crowded: Conda, name: str, token: str
) -> None:
    words = ("my-org", "--storage", f"keyring:{name}", "--token-stdin")
    result = crowded.private("login", *words, stdin=token)
    assert result.code == 1
    assert f"The keyring backend {name} does not store credentials." in result.err
    assert "stored in" not in result.text
    assert not any(form in result.text for form in spellings_of(token))
    assert crowded.files_with(token) == []
    assert "No logins yet" in crowded.ok("private", "list").out


def test_backend_that_the_user_names_has_the_token_until_the_logout(
    crowded: Conda, token: str
) -> None:
    words = ("--label", "dev", "--storage", f"keyring:{ANACONDA_AUTH}")
    out = crowded.login("my-org", *words, token=token).out
    assert f"stored in  keyring backend {ANACONDA_AUTH}" in out
    assert crowded.files_with(token) == [crowded.home / ".anaconda" / "keyring"]
    assert crowded.create("env", "-c", "my-org/label/dev", "hello-private").code == 0
    crowded.ok("private", "logout", "my-org", "--label", "dev")
    assert crowded.files_with(token) == []
