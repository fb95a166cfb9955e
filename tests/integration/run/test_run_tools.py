"""Tools that read their credentials from a file get a temporary file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.integration.run.conftest import Runner
from tests.server import Anaconda, Server

# rattler's own library, instead of the tools that are built on it.
RATTLER = f"""\
#!{sys.executable}
import asyncio, os, sys
from rattler import Gateway, install, solve
from rattler.networking import AuthenticationMiddleware, Client

async def main():
    client = Client([AuthenticationMiddleware()])
    gateway = Gateway(cache_dir="rattler-cache", client=client)
    records = await solve([sys.argv[1]], ["on-main"], gateway=gateway, platforms=["noarch"])
    await install(records, "rattler-prefix", client=client, cache_dir="rattler-pkgs",
                  show_progress=False)
    print("FILE", os.environ["RATTLER_AUTH_FILE"], flush=True)

asyncio.run(main())
os._exit(0)  # its threads would wait
"""
MAMBA = """\
#!/bin/sh
find "$HOME/" -maxdepth 3 -printf '%M %P -> %l\\n'
cat "$HOME/.mamba/auth/authentication.json"
echo
echo "ROOT $MAMBA_ROOT_PREFIX"
echo new > "$HOME/.config/written-by-mamba"
[ -z "$1" ] || { echo ready; exec sleep "$1"; }
"""


@pytest.fixture
def program(run: Runner) -> Callable[[str, str], None]:
    """Adds programs to the user's ``PATH``."""

    def make(name: str, text: str) -> None:
        folder = run.conda.folder / "bin"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
        path = run.conda.environment["PATH"]
        run.conda.environment["PATH"] = f"{folder}:{path}"

    return make


def relogin(run: Runner, server: Server, secret: str, *words: str) -> None:
    """Log in with another scheme, without an index."""
    run.conda.login("my-org", *words, token=secret)
    server.clear()


@pytest.mark.parametrize(
    ("words", "form"),
    [
        pytest.param((), "bearer"),
        pytest.param(("--scheme", "bearer"), "bearer", marks=pytest.mark.hard),
        pytest.param(("--scheme", "path"), "path", marks=pytest.mark.hard),
    ],
    ids=["token", "bearer", "path"],
)
def test_rattler_installs_from_the_private_channel(
    run: Runner,
    server: Server,
    token: str,
    program: Callable[[str, str], None],
    words: tuple[str, ...],
    form: str,
) -> None:
    program("rattler-build", RATTLER)
    relogin(run, server, token, *words)
    result = run("rattler-build", f"{server.conda}/my-org")
    assert result.code == 0, result.text
    assert (run.conda.folder / "rattler-prefix" / "bin" / "on-main").exists()
    assert form in {each.credential for each in server.requests if each.origin == "conda"}
    assert not Path(result.out.split()[-1]).exists()


@pytest.mark.hard
def test_rattler_authenticates_with_user_name_and_password(
    run: Runner, server: Server, world: Anaconda, program: Callable[[str, str], None]
) -> None:
    program("pixi", RATTLER)
    world.forms, password = {"password"}, "a password of alice"
    relogin(run, server, password, "--username", "alice", "--scheme", "basic")
    result = run("pixi", f"{server.conda}/my-org")
    assert result.code == 0, result.text
    assert "basic" in {each.credential for each in server.requests if each.origin == "conda"}


@pytest.mark.hard
def test_two_secrets_for_one_host_are_refused_and_for_selects(
    run: Runner, server: Server, world: Anaconda, program: Callable[[str, str], None]
) -> None:
    program("rattler", RATTLER)
    other = world.add_token("alice", scopes=["conda:download"])
    run.conda.login("my-org", "--label", "dev", token=other)
    result = run("rattler", f"{server.conda}/my-org")
    assert result.code == 2, result.text
    assert "supports one credential per host" in result.err
    assert run("rattler", f"{server.conda}/my-org", options=("--for", "my-org")).code == 0


def test_mamba_gets_a_copy_of_the_home_and_the_real_one_stays_intact(
    run: Runner, token: str, program: Callable[[str, str], None], server: Server
) -> None:
    home = run.conda.home
    (home / ".config").mkdir(exist_ok=True)
    (home / "notes.txt").write_text("mine")
    before = set(home.rglob("*"))
    program("micromamba", MAMBA)
    result = run("micromamba")
    assert result.code == 0, result.text
    lines = result.out.splitlines()
    assert "drwx------ .mamba/auth -> " in lines
    assert "-rw------- .mamba/auth/authentication.json -> " in lines
    assert f"lrwxrwxrwx notes.txt -> {home}/notes.txt" in lines
    (entries,) = (json.loads(line) for line in lines if line.startswith("{"))
    host = server.conda.partition("://")[2]
    assert entries == {host: {"type": "BearerToken", "token": "****"}}
    assert f"ROOT {home}/.local/share/mamba" in lines
    # Files that it wrote into the user's folders exist there, and no file of the user is missing.
    assert (home / ".config" / "written-by-mamba").exists()
    assert before <= set(home.rglob("*"))


@pytest.mark.parametrize("name", ["SIGTERM", pytest.param("SIGINT", marks=pytest.mark.hard)])
def test_file_is_deleted_after_a_signal(
    run: Runner, program: Callable[[str, str], None], name: str
) -> None:
    (run.conda.home / ".config").mkdir(exist_ok=True)
    program("micromamba", MAMBA)
    run.conda.run("--version")
    process = subprocess.Popen(
        [str(run.conda.executable), "private", "run", "micromamba", "60"],
        env=run.conda.environment,
        cwd=run.conda.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    while (line := process.stdout.readline()) and line != "ready\n":
        run.conda.seen += line
    time.sleep(0.2)
    (folder,) = run.temporary.glob("conda-private-*")
    assert os.stat(folder).st_mode & 0o777 == 0o700
    process.send_signal(getattr(signal, name))
    assert process.wait(timeout=30) == 128 + getattr(signal, name)
    assert not folder.exists()
    assert run.conda.secrets_file.exists()


def test_ctrl_c_at_a_terminal_returns_the_status_of_the_command_and_leaves_no_file(
    run: Runner, program: Callable[[str, str], None]
) -> None:
    (run.conda.home / ".config").mkdir(exist_ok=True)
    program("micromamba", MAMBA)
    run.conda.run("--version")
    terminal = pexpect.spawn(
        str(run.conda.executable),
        ["private", "run", "micromamba", "60"],
        env=run.conda.environment,
        cwd=run.conda.folder,
        timeout=30,
        encoding="utf-8",
    )
    terminal.expect_exact("ready\r\n")
    run.conda.seen += terminal.before
    (folder,) = run.temporary.glob("conda-private-*")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 128 + signal.SIGINT
    assert not folder.exists()
    assert "Traceback" not in terminal.before
