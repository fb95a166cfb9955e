"""The system's keyring for real: a Secret Service over D-Bus, unlocked, locked, or missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.runner import Conda, Result, spellings_of
from tests.server import Server

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
PASSWORD = "the password of the keyring"


@pytest.fixture(autouse=True)
def _programs() -> None:
    if MISSING:
        reason = f"needs {' and '.join(MISSING)} (Debian: gnome-keyring, dbus-daemon)"
        if os.environ.get("REQUIRE_KEYRING"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
def desktop(conda: Conda) -> Conda:
    """A user with a session bus of her own; `keyring` chooses the backend itself."""
    del conda.environment["PYTHON_KEYRING_BACKEND"]
    return conda


def in_session(conda: Conda, *lines: str, unlock: bool = True, token: str = "") -> Result:
    """Run shell lines in a session with a Secret Service; ``$TOKEN`` is the token."""
    conda.run("--version")  # writes conda's settings
    option = "--unlock" if unlock else "--start"
    script = "\n".join(
        [
            "set -e",
            f'printf %s "$PASSWORD" | gnome-keyring-daemon {option} --components=secrets >out',
            *lines,
        ]
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        env={
            **conda.environment,
            "PASSWORD": PASSWORD,
            "MY_TOKEN": token,
            "XDG_RUNTIME_DIR": str(conda.home),
        },
        capture_output=True,
        text=True,
        timeout=60,
        cwd=conda.folder,
        check=False,
    )
    conda.seen += done.stdout + done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


def login(conda: Conda, *words: str) -> str:
    """A shell line that logs in with ``$MY_TOKEN``."""
    command = [str(conda.executable), "private", "login", "my-org", "--label", "dev", *words]
    return f'printf %s "$MY_TOKEN" | {" ".join(command)} --token-stdin'


def test_token_goes_to_the_keyring_and_into_no_file(
    desktop: Conda, server: Server, token: str
) -> None:
    prefix = desktop.prefix("env")
    install = f"{desktop.executable} create -y -p {prefix} -c my-org/label/dev hello-private"
    result = in_session(desktop, login(desktop), install, token=token)
    assert result.code == 0, result.text
    assert "system keyring (SecretService)" in result.out
    assert (prefix / "bin" / "hello-private").exists()
    assert desktop.files_with(token) == []


@pytest.mark.hard
def test_keyring_item_has_the_service_and_the_address_and_is_deleted_at_logout(
    desktop: Conda, server: Server, token: str
) -> None:
    python = desktop.executable.with_name("python")
    address = f"{server.conda}/my-org/label/dev"
    probe = desktop.folder / "probe.py"
    probe.write_text(
        "import os, sys\n"
        "from conda_private.stores.secret_service import read_unlocked\n"
        f"short = read_unlocked('conda-private', '{address}')\n"
        "assert not {'keyring', 'secretstorage', 'cryptography'} & sys.modules.keys()\n"
        "import keyring\n"
        f"found = keyring.get_password('conda-private', '{address}')\n"
        "assert short == found\n"
        "right = found == os.environ['MY_TOKEN']\n"
        "print('FOUND' if right else 'GONE' if found is None else 'ODD')\n"
    )
    ask = f"{python} {probe}"
    logout = f"{desktop.executable} private logout my-org --label dev"
    result = in_session(desktop, login(desktop), ask, logout, ask, token=token)
    assert result.code == 0, result.text
    answers = [line for line in result.out.splitlines() if line in ("FOUND", "GONE", "ODD")]
    assert answers == ["FOUND", "GONE"]


@pytest.mark.hard
def test_new_login_with_a_file_deletes_the_old_secret_from_the_keyring(
    desktop: Conda, server: Server, token: str
) -> None:
    python = desktop.executable.with_name("python")
    address = f"{server.conda}/my-org/label/dev"
    ask = (
        f"{python} -c \"import keyring; print(keyring.get_password('conda-private', '{address}'))\""
    )
    lines = (login(desktop), login(desktop, "--storage", "file"), ask)
    result = in_session(desktop, *lines, token=token)
    assert result.code == 0, result.text
    assert result.out.splitlines()[-1] == "None"
    assert desktop.files_with(token) == [desktop.secrets_file]


def test_one_command_asks_the_keyring_once(desktop: Conda, server: Server, token: str) -> None:
    if shutil.which("dbus-monitor") is None:
        pytest.skip("needs dbus-monitor (Debian: dbus-bin)")
    log = desktop.folder / "bus.log"
    watch = "dbus-monitor --session \"member='GetSecret'\" \"member='GetSecrets'\""
    monitor = f"{watch} > {log} & MON=$!; sleep 1"
    create = f"{desktop.executable} create -y -p {desktop.prefix('env')} hello-private"
    result = in_session(
        desktop, login(desktop), monitor, create, "sleep 0.5", "kill $MON", token=token
    )
    assert result.code == 0, result.text
    calls = [line for line in log.read_text().splitlines() if "method call" in line]
    assert len(calls) == 1


@pytest.mark.hard
def test_locked_keyring_is_an_error_with_the_alternative_and_never_a_file(
    desktop: Conda, server: Server, token: str
) -> None:
    result = in_session(desktop, login(desktop), unlock=False, token=token)
    assert result.code == 1
    assert "KeyringLockedError" in result.err
    assert "--storage file" in result.err
    assert not desktop.data_folder.exists() or not list(desktop.data_folder.glob("*.json"))


@pytest.mark.hard
def test_locked_keyring_stops_the_private_channel_and_not_the_public_one(
    desktop: Conda, server: Server, token: str
) -> None:
    none = ("--add-channel", "none")
    assert in_session(desktop, login(desktop, *none), token=token).code == 0
    server.clear()
    conda, away = desktop.executable, "--override-channels"
    private = f"{conda} create -y -p {desktop.prefix('a')} {away} -c my-org/label/dev hello-private"
    public = f"{conda} create -y -p {desktop.prefix('b')} {away} -c other hello-public"
    refused = in_session(desktop, private, unlock=False)
    assert refused.code != 0
    assert "KeyringLockedError" in refused.text
    assert not [each for each in server.requests if each.path.startswith("/my-org/label")]
    assert in_session(desktop, public, unlock=False).code == 0


def test_no_session_bus_means_a_file_and_the_user_is_told(
    desktop: Conda, server: Server, token: str
) -> None:
    out = desktop.login("my-org", "--label", "dev", token=token).out
    assert "secrets.json" in out
    assert "not encrypted" in out


def test_keyring_asked_for_by_name_is_an_error_where_there_is_none(
    desktop: Conda, token: str
) -> None:
    words = ("my-org", "--label", "dev", "--storage", "keyring", "--token-stdin")
    result = desktop.private("login", *words, stdin=token)
    assert result.code == 1
    assert "KeyringUnavailableError" in result.err
    assert not any(form in result.text for form in spellings_of(token))


def test_keyring_that_a_package_brings_is_used_only_if_the_user_names_it(
    desktop: Conda, server: Server, tmp_path: Path, token: str
) -> None:
    conda = desktop
    (tmp_path / "plain_backend-1.dist-info").mkdir()
    points = tmp_path / "plain_backend-1.dist-info" / "entry_points.txt"
    points.write_text("[keyring.backends]\nplain = plain_backend\n")
    module = tmp_path / "plain_backend.py"
    module.write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Plain(KeyringBackend):\n"
        "    priority = 11\n"
        "    def set_password(self, *words): open('stolen', 'w').write(repr(words))\n"
        "    def get_password(self, *words): return None\n"
    )
    conda.environment["PYTHONPATH"] = str(tmp_path)
    out = conda.login("my-org", "--label", "dev", token=token).out
    assert "secrets.json" in out
    assert conda.files_with(token) == [conda.secrets_file]
    # It stores nothing, which is noticed before a token is asked for.
    words = ("my-org", "--storage", "keyring:plain_backend.Plain", "--token-stdin")
    result = conda.private("login", *words, stdin=token)
    assert result.code == 1
    assert "The keyring backend plain_backend.Plain did not store the credential." in result.err


@pytest.mark.hard
def test_logout_without_the_keyring_is_finished_when_it_is_back(
    desktop: Conda, server: Server, token: str
) -> None:
    conda, address = desktop.executable, f"{server.conda}/my-org/label/dev"
    assert in_session(desktop, login(desktop), token=token).code == 0
    logins = json.loads((desktop.data_folder / "credentials.json").read_text())["logins"]
    assert logins[0]["backend"] == "keyring.backends.SecretService.Keyring"
    result = desktop.private("logout", "my-org", "--label", "dev")
    assert result.code == 1
    assert "conda private logout --unfinished" in result.err
    left = desktop.ok("private", "list")
    assert "No logins yet" in left.out
    assert f"an old credential for {address} is still in the keyring" in left.err
    finish = f"{conda} private logout --unfinished"
    listing = f"{conda} private list 2>&1 | grep -c 'old credential' || true"
    result = in_session(desktop, finish, listing)
    assert f"Deleted the old credential for {address} in the keyring" in result.out
    assert result.out.splitlines()[-1] == "0"


SPENT = """\
import resource, sys
import conda.gateways.connection.download
from conda_private.composition.machine import logins, open_store
(login,) = logins()
source = login.source if sys.argv[1] == "recorded" else login.source.recorded
before = resource.getrusage(resource.RUSAGE_SELF)
assert open_store(source).get(login.address)
after = resource.getrusage(resource.RUSAGE_SELF)
spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print("SPENT", sys.argv[1], "keyring" in sys.modules, spent * 1000)
"""


@pytest.mark.hard
def test_recorded_backend_costs_less_than_a_search(
    desktop: Conda, server: Server, token: str
) -> None:
    script = desktop.folder / "spent.py"
    script.write_text(SPENT)
    python = desktop.executable.with_name("python")
    lines = [f"{python} {script} {how}" for how in ("recorded", "searched")] * 5
    result = in_session(desktop, login(desktop), *lines, token=token)
    assert result.code == 0, result.text
    found = [line.split()[1:] for line in result.out.splitlines() if line.startswith("SPENT")]
    assert {(how, loaded) for how, loaded, _ in found} == {
        ("recorded", "False"),
        ("searched", "True"),
    }
    spent = {how: min(float(each[2]) for each in found if each[0] == how) for how, *_ in found}
    assert spent["recorded"] < min(15, spent["searched"] * 0.6), spent
