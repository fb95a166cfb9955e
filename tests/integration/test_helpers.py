"""Credential helpers: the real ones of Debian, and programs that break the protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.runner import Conda, Result, spellings_of
from tests.integration.test_keyring import in_session
from tests.server import Anaconda, Server

DEV = ("my-org", "--label", "dev")
PRIVATE = ("-c", "my-org/label/dev", "hello-private")
KEY = "alice@example.org"
PASS = ("docker-credential-pass", "pass", "gpg")
SECRET_SERVICE = ("docker-credential-secretservice", "dbus-run-session", "gnome-keyring-daemon")


def require(programs: tuple[str, ...]) -> None:
    """Skip, or where keyrings are required fail, unless all of these programs are here."""
    missing = [name for name in programs if shutil.which(name) is None]
    if not missing:
        return
    reason = f"needs {', '.join(missing)} (Debian: golang-docker-credential-helpers, pass, gnupg,"
    reason += " gnome-keyring, dbus-daemon)"
    if os.environ.get("REQUIRE_KEYRING"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def gnupg() -> Iterator[Path]:
    """A folder with a key of alice's; short, since gpg's agent has a socket in it."""
    require(PASS)
    folder = Path(tempfile.mkdtemp(prefix="gpg-"))
    environment = {**os.environ, "GNUPGHOME": str(folder)}
    words = ["--batch", "--passphrase", "", "--quick-gen-key", KEY, "future-default", "default"]
    subprocess.run(["gpg", *words, "never"], env=environment, check=True, capture_output=True)
    yield folder
    subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def with_pass(conda: Conda, gnupg: Path) -> Conda:
    """A user with a real ``pass``."""
    conda.environment["GNUPGHOME"] = str(gnupg)
    program(conda, "pass", "init", KEY)
    return conda


def program(conda: Conda, *words: str, stdin: str = "") -> str:
    """Run a program as the user; return its output."""
    done = subprocess.run(
        words, input=stdin, env=conda.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def store_with_pass(conda: Conda, address: str, username: str, secret: str) -> None:
    """Store a credential as docker would."""
    record = {"ServerURL": address, "Username": username, "Secret": secret}
    program(conda, "docker-credential-pass", "store", stdin=json.dumps(record))


def stored_by_pass(conda: Conda) -> dict[str, str]:
    """The credentials in pass: user names by address."""
    found: dict[str, str] = json.loads(program(conda, "docker-credential-pass", "list") or "{}")
    return found


@pytest.mark.hard
def test_secret_that_pass_has_is_read_at_run_time_and_left_there(
    with_pass: Conda, server: Server, token: str
) -> None:
    address = f"{server.conda}/my-org/label/dev"
    store_with_pass(with_pass, address, "token", token)
    result = with_pass.ok("private", "login", *DEV, "--from-helper", "pass")
    assert "credential helper pass (asked at run time)" in result.out
    server.clear()
    assert with_pass.create("a", *PRIVATE).code == 0
    asked = [each for each in server.requests if each.origin == "conda"]
    assert {each.headers["Authorization"] for each in asked} == {f"token {token}"}
    assert with_pass.files_with(token) == []
    with_pass.ok("private", "logout", *DEV)
    assert stored_by_pass(with_pass) == {address: "token"}


@pytest.mark.hard
def test_secret_is_stored_with_pass_and_erased_at_logout(
    with_pass: Conda, server: Server, token: str
) -> None:
    address = f"{server.conda}/my-org/label/dev"
    result = with_pass.login(*DEV, "--storage", "helper:pass", token=token)
    assert "credential helper pass (stored there)" in result.out
    assert stored_by_pass(with_pass) == {address: "token"}
    assert with_pass.create("a", *PRIVATE).code == 0
    assert with_pass.files_with(token) == []
    with_pass.ok("private", "logout", *DEV)
    assert stored_by_pass(with_pass) == {}


@pytest.mark.hard
def test_address_without_a_credential_in_pass_is_a_missing_credential(
    with_pass: Conda, server: Server
) -> None:
    result = with_pass.private("login", *DEV, "--from-helper", "pass")
    assert result.code == 4, result.text
    assert "CredentialMissingError" in result.err
    assert server.requests == []
    with_pass.ok("private", "login", *DEV, "--from-helper", "pass", "--no-verify")
    result = with_pass.create("a", *PRIVATE)
    assert result.code == 4, result.text
    assert "docker-credential-pass list" in result.text


@pytest.mark.hard
def test_secret_service_of_the_desktop_works_through_its_helper(
    conda: Conda, server: Server, token: str
) -> None:
    require(SECRET_SERVICE)
    run, dev = f"{conda.executable} private", "my-org --label dev"
    result = in_session(
        conda,
        f'printf %s "$MY_TOKEN" | {run} login {dev} --token-stdin --storage helper:secretservice',
        "docker-credential-secretservice list",
        f"{conda.executable} create -y -p {conda.prefix('a')} hello-private",
        f"{run} logout {dev}",
        "echo AFTER $(docker-credential-secretservice list)",
        token=token,
    )
    assert result.code == 0, result.text
    address = f"{server.conda}/my-org/label/dev"
    before, after = result.out.split("AFTER")
    assert json.dumps({address: "token"}, separators=(",", ":")) in before
    assert address not in after
    assert (conda.prefix("a") / "bin" / "hello-private").exists()
    assert conda.files_with(token) == []


@pytest.fixture
def fake(conda: Conda, tmp_path: Path) -> Callable[[str], None]:
    """Puts a helper ``fake`` of these shell lines on the user's PATH, outside of her home."""
    folder = tmp_path / "bin"
    folder.mkdir()
    conda.environment["PATH"] = f"{folder}:{conda.environment['PATH']}"

    def make(script: str) -> None:
        path = folder / "docker-credential-fake"
        path.write_text(f"#!/bin/sh\ncat >/dev/null\n{script}\n")
        path.chmod(0o755)

    return make


def login(conda: Conda, name: str = "fake", *words: str) -> Result:
    """Log in with a helper; return the result, also if it fails."""
    return conda.private("login", *DEV, "--from-helper", name, *words)


def answer(username: str, secret: str) -> str:
    """The shell line that gives one credential."""
    return "echo '" + json.dumps({"ServerURL": "", "Username": username, "Secret": secret}) + "'"


def test_user_name_beside_the_secret_makes_it_basic(
    conda: Conda, world: Anaconda, server: Server, fake: Callable[[str], None]
) -> None:
    world.forms, password = {"password"}, "a password of alice"
    fake(answer("alice", password))
    result = login(conda, "fake", "--json")
    assert result.code == 0, result.text
    assert (result.data["login"]["scheme"], result.data["login"]["username"]) == (
        "basic",
        "alice",
    )
    server.clear()
    assert conda.create("a", *PRIVATE).code == 0
    basic = "Basic " + base64.b64encode(f"alice:{password}".encode()).decode()
    asked = [each for each in server.requests if each.origin == "conda"]
    assert {each.headers["Authorization"] for each in asked} == {basic}


def test_user_name_in_the_helper_that_is_not_part_of_the_credential_is_ignored(
    conda: Conda, server: Server, token: str, fake: Callable[[str], None]
) -> None:
    fake(answer("alice", token))
    result = login(conda, "fake", "--json")
    assert result.code == 0, result.text
    assert result.data["login"]["scheme"] == "token"


@pytest.mark.hard
def test_unverified_login_by_helper_uses_its_user_name(
    conda: Conda, world: Anaconda, server: Server, fake: Callable[[str], None]
) -> None:
    world.forms = {"password"}
    fake(answer("alice", "a password of alice"))
    assert login(conda, "fake", "--no-verify", "--scheme", "basic", "--username", "alice").code == 0
    assert conda.create("a", *PRIVATE).code == 0


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ("echo pass is not initialised; exit 1", 1, "pass is not initialised"),
        ("echo CANARY is no JSON", 1, "not a JSON object"),
        ("exit 0", 4, "fake has no credential for"),
        ("kill -9 $$", 1, "failed with exit code"),
    ],
    ids=["fails", "rubbish", "empty", "killed"],
)
def test_helper_that_breaks_the_protocol_is_a_clear_error(
    conda: Conda,
    server: Server,
    token: str,
    fake: Callable[[str], None],
    script: str,
    code: int,
    words: str,
) -> None:
    fake(script.replace("CANARY", token))
    result = login(conda)
    assert result.code == code, result.text
    assert words in result.err
    assert "docker-credential-fake" in result.err or "helper:fake" in result.err
    assert "Next:" in result.err
    assert not any(form in result.text for form in spellings_of(token))
    assert server.requests == []
    assert not conda.condarc.exists()


@pytest.mark.hard
def test_helper_that_breaks_later_stops_the_private_channel_and_not_the_public_one(
    conda: Conda, server: Server, token: str, fake: Callable[[str], None]
) -> None:
    fake(answer("token", token))
    assert login(conda, "fake", "--add-channel", "none").code == 0
    fake(f"echo {token}; exit 0")
    server.clear()
    result = conda.create("a", *PRIVATE)
    assert result.code == 1, result.text
    assert "HelperError" in result.text
    assert not [each for each in server.requests if each.path.startswith("/my-org/label")]
    assert conda.create("b", "--override-channels", "-c", "other", "hello-public").code == 0


@pytest.mark.parametrize("name", ["not-there", "../bin/fake"])
@pytest.mark.parametrize("option", ["--from-helper", "--storage"])
def test_helper_that_cannot_exist_is_refused_before_a_secret_is_read(
    conda: Conda, server: Server, option: str, name: str
) -> None:
    value = name if option == "--from-helper" else f"helper:{name}"
    words = ("private", "login", *DEV, f"{option}={value}")
    result = conda.run(*words, *(["--token-stdin"] if option == "--storage" else []), stdin="CAN")
    assert result.code == (1 if name == "not-there" else 2), result.text
    assert server.requests == [] or name == "not-there"
    assert not conda.condarc.exists()
    assert not conda.data_folder.exists()
