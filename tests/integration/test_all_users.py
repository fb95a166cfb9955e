"""An administrator's login and policy for all users: root writes them, each user's conda obeys.

The system's folders are stood in for inside a private mount namespace; the machine's own ``/etc``
is neither written nor read beyond a few public files.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.runner import Conda, spellings_of
from tests.server import Anaconda, Server

NOBODY = 65534
PUBLIC_FILES = ("passwd", "group", "nsswitch.conf", "hosts", "ld.so.cache", "localtime")
DEV = ("my-org", "--label", "dev")
PRIVATE = ("-c", "my-org/label/dev", "hello-private")
PUBLIC = ("--override-channels", "-c", "other", "hello-public")
NONE = ("--add-channel", "none")


def why_not() -> str:
    """Why no namespace can be created here; "" if one can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "needs root on Linux"
    missing = [name for name in ("unshare", "mount", "setpriv") if shutil.which(name) is None]
    if missing:
        return f"needs {', '.join(missing)} (Debian: util-linux, mount)"
    words = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /etc"]
    done = subprocess.run(words, capture_output=True, check=False)
    return "" if done.returncode == 0 else "needs permission to mount in a namespace"


@pytest.fixture(autouse=True, scope="module")
def _namespace() -> None:
    if reason := why_not():
        pytest.skip(reason)


@dataclass(frozen=True)
class Machine:
    """A machine of our own: its ``/etc``, root, and an ordinary user."""

    folder: Path
    root: Conda
    user: Conda

    @property
    def logins_file(self) -> Path:
        """The administrator's logins file."""
        return self.folder / "etc" / "conda-private" / "credentials.json"

    @property
    def policy(self) -> Path:
        """The administrator's policy."""
        return self.logins_file.with_name("policy.yml")

    def write_policy(self, text: str) -> None:
        """Write it as root, whatever it has."""
        self.policy.parent.mkdir(exist_ok=True)
        self.policy.write_text(text)
        self.policy.chmod(0o644)

    @property
    def secret(self) -> Path:
        """The secret, where root put it."""
        return self.folder / "secret"


def closed_folder(path: Path) -> Path | None:
    """The first folder of a path that others cannot enter."""
    ways = [folder for folder in (*reversed(path.parents), path) if folder != Path("/")]
    return next((folder for folder in ways if not folder.stat().st_mode & 0o001), None)


def opening(path: Path, aside: Path) -> list[str]:
    """Shell lines that make a path reachable for all users, in this namespace alone."""
    closed = closed_folder(path)
    if closed is None:
        return []
    quoted = {name: shlex.quote(str(each)) for name, each in (("p", path), ("c", closed))}
    return [
        f"mount --bind {quoted['p']} {aside}",
        f"mount -t tmpfs -o mode=755 none {quoted['c']}",
        f"mkdir -p {quoted['p']}",
        f"mount --bind {aside} {quoted['p']}",
    ]


def in_namespace(conda: Path, folder: Path, *, user: int | None) -> Path:
    """A ``conda`` that runs where ``/etc`` is the folder's, as root or as a user."""
    (folder / "aside").mkdir(exist_ok=True)
    python = Path(os.path.realpath(conda.with_name("python")))
    become = f"setpriv --reuid={user} --regid={user} --clear-groups --no-new-privs" if user else ""
    lines = [
        "set -e",
        f"mount --bind {folder / 'etc'} /etc",
        *(opening(python.parents[1], folder / "aside") if user else []),
        # That user cannot write where coverage is collected, and would only report that.
        *(["unset COVERAGE_PROCESS_CONFIG COVERAGE_PROCESS_START"] if user else []),
        f'exec {become} {shlex.quote(str(conda))} "$@"',
    ]
    inner = folder / f"inside-{user}"
    inner.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    outer = folder / f"bin-{user}" / "conda"
    outer.parent.mkdir()
    outer.write_text(f'#!/bin/sh\nexec unshare --mount {inner} "$@"\n')
    for script in (inner, outer):
        script.chmod(0o755)
    return outer


def assert_no_leak(machine: Machine, world: Anaconda) -> None:
    """Check that no secret is outside of root's file and the user's own store."""
    stores = [machine.secret, machine.user.secrets_file]
    for conda in (machine.root, machine.user):
        for secret in world.tokens:
            assert conda.files_with(secret, apart_from=stores) == []
            assert not any(form in conda.seen for form in spellings_of(secret))


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, world: Anaconda, server: Server, token: str
) -> Iterator[Machine]:
    """The machine; afterwards it is searched for secrets."""
    # Not in pytest's own folder: that one is closed to others.
    folder = Path(tempfile.mkdtemp(prefix="machine-"))
    folder.chmod(0o755)
    (folder / "etc").mkdir()
    for name in PUBLIC_FILES:
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), folder / "etc" / name)
    executable = request.config.getoption("--conda")
    if closed_folder(executable.absolute().parent):
        pytest.skip("needs a conda that other users can run")
    condas = {
        user: Conda(
            in_namespace(executable, folder, user=user),
            "classic",  # others load libraries that want more of /etc than there is
            folder / f"user-{user}",
            server.conda,
        )
        for user in (None, NOBODY)
    }
    machine = Machine(folder, condas[None], condas[NOBODY])
    machine.secret.write_text(token)
    machine.secret.chmod(0o644)
    for path in (machine.user.folder, machine.user.home):
        os.chown(path, NOBODY, NOBODY)
    yield machine
    assert_no_leak(machine, world)
    shutil.rmtree(folder)


@pytest.fixture
def set_up(machine: Machine, server: Server) -> Machine:
    """The machine, with a login to ``my-org``'s label dev for all users."""
    machine.root.ok("private", "login", *DEV, "--all-users", "--from-file", machine.secret, *NONE)
    server.clear()
    return machine


def shown(server: Server) -> set[str | None]:
    """The ``Authorization`` headers of the requests to the label."""
    asked = [each for each in server.requests if each.path.startswith("/my-org/label/dev/")]
    return {each.headers["Authorization"] for each in asked}


def test_logins_file_is_roots_and_readable_for_all_and_has_no_secret(
    set_up: Machine, token: str
) -> None:
    etc = set_up.folder / "etc"
    settings = etc / "conda" / "condarc.d" / "conda-private.yml"
    for path, mode in ((set_up.logins_file, 0o644), (settings, 0o644), (settings.parent, 0o755)):
        status = path.stat()
        assert (status.st_uid, status.st_mode & 0o777) == (0, mode)
    assert token not in set_up.logins_file.read_text() + settings.read_text()
    assert not set_up.root.data_folder.exists()


def test_every_user_installs_with_it_and_sees_that_it_is_for_all(
    set_up: Machine, server: Server, token: str
) -> None:
    user = set_up.user
    done = user.create("a", *PRIVATE)
    assert done.code == 0, done.text
    assert shown(server) == {f"token {token}"}
    assert (user.prefix("a") / "bin" / "hello-private").stat().st_uid == NOBODY
    (entry,) = user.ok("private", "list", "--json").data["logins"]
    assert (entry["from_system"], entry["source"]) == (True, f"secret-file:{set_up.secret}")
    assert "all users" in user.ok("private", "list").out
    assert user.ok("private", "check", "--json").code == 0


def test_secret_that_a_user_cannot_read_is_a_clear_error_and_public_channels_work(
    set_up: Machine, server: Server
) -> None:
    set_up.secret.chmod(0o600)
    result = set_up.user.create("a", *PRIVATE)
    assert result.code == 4, result.text
    assert f"{set_up.secret} cannot be read" in result.text
    assert shown(server) == set()
    assert set_up.user.create("b", *PUBLIC).code == 0


@pytest.mark.hard
def test_own_login_for_the_same_address_takes_precedence(
    set_up: Machine, world: Anaconda, server: Server
) -> None:
    own = world.add_token("alice", scopes=["conda:download"])
    set_up.user.login(*DEV, *NONE, token=own)
    server.clear()
    assert set_up.user.create("a", *PRIVATE).code == 0
    assert shown(server) == {f"token {own}"}
    own, shared = set_up.user.ok("private", "list", "--json").data["logins"]
    assert (own["from_system"], shared["from_system"]) == (False, True)
    told = set_up.user.ok("private", "explain", "my-org/label/dev", "--json").data
    assert [each["authenticates"] for each in told["candidates"]] == [True, False]
    assert "your own login for this address takes precedence" in told["candidates"][1]["why"]
    set_up.user.ok("private", "logout", *DEV)
    (left,) = set_up.user.ok("private", "list", "--json").data["logins"]
    assert left["from_system"] is True


def open_to_the_group(machine: Machine) -> str:
    machine.logins_file.chmod(0o664)
    return "chmod 644 /etc/conda-private/credentials.json"


def a_users(machine: Machine) -> str:
    os.chown(machine.logins_file, NOBODY, NOBODY)
    return "chown 0 /etc/conda-private/credentials.json"


def open_folder(machine: Machine) -> str:
    machine.logins_file.parent.chmod(0o777)
    return "chmod 755 /etc/conda-private"


def a_link(machine: Machine) -> str:
    machine.logins_file.rename(machine.folder / "elsewhere.json")
    machine.logins_file.symlink_to(machine.folder / "elsewhere.json")
    return "/etc/conda-private/credentials.json"


@pytest.mark.parametrize("spoil", [open_to_the_group, a_users, open_folder, a_link])
def test_logins_file_that_others_could_have_written_is_refused_with_the_fix(
    set_up: Machine, server: Server, spoil: Callable[[Machine], str]
) -> None:
    fix = spoil(set_up)
    result = set_up.user.create("a", *PRIVATE)
    assert result.code == 1, result.text
    assert "UnsafeFileError" in result.text
    assert fix in result.text
    assert not any(shown(server))


def test_logout_for_all_users_removes_everything(set_up: Machine) -> None:
    set_up.root.ok("private", "logout", *DEV, "--all-users")
    found = set_up.user.ok("private", "list", "--json").data
    assert (found["logins"], found["accounts"]) == ([], [])
    assert not set_up.logins_file.exists()
    assert set_up.secret.exists()


@pytest.mark.hard
def test_channel_is_added_to_the_file_for_all_users(machine: Machine) -> None:
    words = ("--from-file", machine.secret, "--condarc", "/etc/conda/.condarc")
    machine.root.ok("private", "login", *DEV, "--all-users", *words)
    assert (machine.folder / "etc" / "conda" / ".condarc").stat().st_mode & 0o777 == 0o644
    done = machine.user.create("a", "hello-private")
    assert done.code == 0, done.text


@pytest.mark.hard
def test_umask_of_root_does_not_lock_the_others_out(machine: Machine) -> None:
    before = os.umask(0o077)
    try:
        words = ("--all-users", "--from-file", machine.secret, *NONE)
        machine.root.ok("private", "login", *DEV, *words)
    finally:
        os.umask(before)
    modes = {
        path: path.stat().st_mode & 0o777
        for path in (machine.folder / "etc").rglob("*conda*")
        if not path.name.endswith(".lock")
    }
    assert modes
    assert all(mode & 0o444 == 0o444 for mode in modes.values()), modes
    for words in (PRIVATE, PUBLIC):
        done = machine.user.create(words[-1], *words)
        assert done.code == 0, done.text


@pytest.mark.parametrize("words", [("--storage", "file"), ()])
def test_secret_that_would_have_to_be_stored_is_refused_for_all_users(
    machine: Machine, server: Server, token: str, words: tuple[str, ...]
) -> None:
    stdin = ("--token-stdin",)
    result = machine.root.run("private", "login", *DEV, "--all-users", *words, *stdin, stdin=token)
    assert result.code in (1, 2), result.text
    assert server.requests == []
    assert not machine.logins_file.exists()


def test_user_cannot_log_in_for_all_users(machine: Machine, token: str) -> None:
    result = machine.user.private(
        "login", *DEV, "--all-users", "--from-file", str(machine.secret), *NONE
    )
    assert result.code == 1, result.text
    assert "FileWriteError" in result.err
    assert not machine.logins_file.exists()


def test_user_cannot_log_in_where_the_policy_does_not_allow_it(
    machine: Machine, server: Server, token: str
) -> None:
    machine.write_policy(f"allowed-servers:\n  - {server.conda}/other\n")
    for words in (DEV, (f"{server.conda}/other2",)):
        result = machine.user.private("login", *words, *NONE, "--token-stdin", stdin=token)
        assert result.code == 1, result.text
        assert "PolicyError" in result.err
        assert "cat /etc/conda-private/policy.yml" in result.err
    account = ("login", "--account", server.api, "--token-stdin")
    assert "PolicyError" in machine.user.private(*account, stdin=token).err
    assert server.requests == []
    assert not machine.user.data_folder.exists()
    machine.write_policy(f"allowed-servers:\n  - {server.conda}/my-org\n  - {server.api}\n")
    words = ("private", "login", *DEV, *NONE, "--api-url", server.api, "--token-stdin")
    machine.user.ok(*words, stdin=token)


@pytest.mark.hard
def test_user_cannot_store_a_credential_where_the_policy_does_not_allow_it(
    machine: Machine, server: Server, token: str
) -> None:
    for text in ("require-keyring: true\n", "allowed-sources: [keyring, secret-file]\n"):
        machine.write_policy(text)
        for words in ((), ("--storage", "file")):
            stdin = (*words, "--token-stdin")
            result = machine.user.private("login", *DEV, *NONE, *stdin, stdin=token)
            assert result.code == 1, result.text
            assert "PolicyError" in result.err
            assert "/etc/conda-private/policy.yml" in result.err
        assert server.requests == []
        assert not machine.user.data_folder.exists()
    machine.user.ok("private", "login", *DEV, *NONE, "--from-file", machine.secret)


def policy_open_to_the_group(machine: Machine) -> str:
    machine.write_policy("require-keyring: false\n")
    machine.policy.chmod(0o664)
    return "chmod 644 /etc/conda-private/policy.yml"


def policy_of_the_user(machine: Machine) -> str:
    machine.write_policy("require-keyring: false\n")
    os.chown(machine.policy, NOBODY, NOBODY)
    return "chown 0 /etc/conda-private/policy.yml"


def policy_that_the_user_cannot_read(machine: Machine) -> str:
    machine.write_policy("require-keyring: false\n")
    machine.policy.chmod(0o600)
    return "ls -l /etc/conda-private/policy.yml"


def policy_with_a_typo(machine: Machine) -> str:
    machine.write_policy("require_keyring: true\n")
    return "unknown key 'require_keyring'"


@pytest.mark.hard
@pytest.mark.parametrize(
    "spoil",
    [policy_open_to_the_group, policy_of_the_user, policy_that_the_user_cannot_read,
     policy_with_a_typo],
)  # fmt: skip
def test_policy_that_cannot_be_relied_on_refuses_every_login_and_nothing_else(
    set_up: Machine, server: Server, token: str, spoil: Callable[[Machine], str]
) -> None:
    fix = spoil(set_up)
    for words in (("my-org", *NONE), ("--account", server.api)):
        result = set_up.user.private("login", *words, "--token-stdin", stdin=token)
        assert result.code == 1, result.text
        assert fix in result.err
    assert server.requests == []
    # conda itself does not read it, so what works goes on.
    assert set_up.user.create("a", *PRIVATE).code == 0
    assert shown(server) == {f"token {token}"}
    assert set_up.user.ok("private", "check", "--json").code == 0
