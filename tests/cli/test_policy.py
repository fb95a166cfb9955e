"""The policy of a machine holds for every command that creates a login or an account."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conda.cli.main import main

import conda_private
from conda_private.composition import machine
from conda_private.files import paths, policy_file
from conda_private.files.permissions import PRIVATE
from conda_private.model.address import Address
from conda_private.model.exceptions import KeyringUnavailableError
from conda_private.model.policy import PolicyError
from conda_private.model.secret import Secret
from conda_private.model.source import AUTO, FILE, Source
from tests.home import Home, home_in
from tests.windows import win32cred

CHANNEL = "https://conda.example.org/my-org"
API = "https://api.example.org"
TOKEN = "ca-nary-po"
MANAGER = "keyring.backends.Windows.WinVaultKeyring"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A user without a keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    # Whoever runs the tests is the administrator here.
    monkeypatch.setattr(policy_file, "SYSTEM", PRIVATE)
    with home_in(tmp_path) as home:
        yield home


@pytest.fixture
def policy(home: Home) -> Callable[[str], None]:
    """Writes the policy of this machine."""

    def write(text: str) -> None:
        file = paths.policy()
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.write_text(text)
        file.chmod(0o600)

    return write


@pytest.fixture
def run(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs ``conda private`` with a token on standard input; returns the code and the text."""

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(TOKEN))
        code = main("private", *words)
        return code, "".join(capsys.readouterr())

    return run


OFFLINE = ("--no-verify", "--token-stdin")
LOGIN = ("login", CHANNEL, "--add-channel", "none", *OFFLINE)
ACCOUNT = ("login", "--account", API, *OFFLINE)


@pytest.mark.parametrize("words", [LOGIN, ACCOUNT, (*LOGIN, "--dry-run")])
def test_login_to_another_server_is_refused_and_nothing_is_written(
    run: Callable[..., tuple[int, str]], policy: Callable[[str], None], words: tuple[str, ...]
) -> None:
    policy("allowed-servers: [other.example.org]\n")
    code, text = run(*words)
    assert code == 1
    assert "PolicyError: The policy of this machine does not allow logins to https://" in text
    assert str(paths.policy()) in text
    assert not paths.logins().exists()
    assert not paths.secrets_file().exists()


@pytest.mark.parametrize("words", [LOGIN, ACCOUNT])
def test_login_to_an_allowed_server_works(
    run: Callable[..., tuple[int, str]], policy: Callable[[str], None], words: tuple[str, ...]
) -> None:
    policy("allowed-servers: ['*.example.org']\nallowed-sources: [file]\n")
    assert run(*words)[0] == 0
    assert paths.secrets_file().exists()


@pytest.mark.parametrize("words", [LOGIN, ACCOUNT])
def test_file_does_not_take_the_place_of_a_required_keyring(
    run: Callable[..., tuple[int, str]], policy: Callable[[str], None], words: tuple[str, ...]
) -> None:
    policy("require-keyring: true\n")
    code, text = run(*words)
    assert code == 1
    assert "does not allow credentials in a file" in text
    code, text = run(*words, "--storage", "file")
    assert code == 1
    assert "does not allow the source file" in text
    assert not paths.secrets_file().exists()


def test_keyring_that_refuses_a_token_is_not_replaced_by_a_file(
    policy: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", MANAGER)
    win32cred.installed(monkeypatch)
    policy("require-keyring: true\n")
    store = machine.store_for_login(AUTO)
    with pytest.raises(KeyringUnavailableError, match="cannot store"):
        store.put(Address.parse(CHANNEL), Secret("a" * 1500))
    policy("require-keyring: false\n")
    store = machine.store_for_login(AUTO)
    store.put(Address.parse(CHANNEL), Secret("a" * 1500))
    assert store.source == FILE


def test_login_of_a_sign_in_needs_the_store_of_its_tokens_to_be_allowed(
    policy: Callable[[str], None],
) -> None:
    policy("allowed-sources: [web]\n")
    with pytest.raises(PolicyError, match="in a file"):
        machine.store_for_login(Source("web", "https://sso.example.org client", "auto"))


@pytest.mark.parametrize("words", [LOGIN, ACCOUNT])
def test_policy_that_is_not_valid_refuses_every_login(
    run: Callable[..., tuple[int, str]], policy: Callable[[str], None], words: tuple[str, ...]
) -> None:
    policy("allow: everything\n")
    for more in ((), ("--storage", "file")):
        code, text = run(*words, *more)
        assert code == 1
        assert "is not a valid policy, so no login is allowed" in text
    assert not paths.logins().exists()


def test_policy_does_not_stop_a_user_from_listing_and_removing_logins(
    run: Callable[..., tuple[int, str]], policy: Callable[[str], None]
) -> None:
    assert run(*LOGIN)[0] == 0
    policy("oops")
    assert CHANNEL in run("list")[1]
    assert run("logout", CHANNEL)[0] == 0
    assert not paths.secrets_file().exists()


def test_every_login_gets_the_policy_from_one_place() -> None:
    package = Path(conda_private.__file__).parent
    users = {
        str(path.relative_to(package)): path.read_text()
        for path in package.rglob("*.py")
        if re.search(r"actions\.login import .*\bEdges\b", path.read_text())
    }
    made = [name for name, text in users.items() if re.search(r"\bEdges\(", text)]
    assert made == ["composition/servers.py"]
    assert "policy=policy_file.in_force()" in users[made[0]]
