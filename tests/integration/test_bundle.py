"""A team's package: created, put into a channel, installed into base, and confirmed by the user."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.integration.bases import give_own_base
from tests.integration.runner import Conda
from tests.server import Anaconda, Server

pytestmark = pytest.mark.hard
QUESTION = r"Send these credentials to these servers\? \[y/N\] "
# rattler's own library, which pixi and rattler-build are built on, as a second judge.
RATTLER = """\
import asyncio, os, sys
from rattler import Gateway, install, solve
from rattler.networking import Client

async def main():
    channel, name = sys.argv[1:]
    client = Client()
    gateway = Gateway(cache_dir="rattler-cache", client=client)
    records = await solve([channel], [name], gateway=gateway, platforms=["noarch"])
    await install(records, "rattler-prefix", client=client, cache_dir="rattler-pkgs",
                  show_progress=False)

asyncio.run(main())
os._exit(0)  # its threads would wait
"""


@pytest.fixture
def base(tmp_path: Path, conda: Conda) -> Conda:
    """A user with a base environment of their own, with the conda and the plugin under test."""
    give_own_base(conda, tmp_path / "base")
    assert conda.ok("info", "--json").data["root_prefix"] == str(tmp_path / "base")
    return conda


@pytest.fixture
def team(tmp_path: Path, server: Server) -> Path:
    """The team's file: a login, the channel, and what makes conda ask the plugin before a login."""
    channel = f"{server.conda}/my-org/label/dev"
    content: dict[str, Any] = {
        "logins": [{"address": channel, "add_channel": "none", "source": "file"}],
        "channels": [channel],
        "channel_settings": [{"channel": f"{channel}/*", "auth": "conda-private"}],
    }
    file = tmp_path / "acme.yml"
    file.write_text(json.dumps(content))
    return file


def publish(conda: Conda, world: Anaconda, team: Path, *words: str) -> Path:
    """Create the package, and put it into the public channel of another organization."""
    done = conda.ok("private", "bundle", team, "--output-dir", conda.folder, "--json", *words)
    package = Path(done.data["package"])
    world.add_package("other", package)
    return package


def at_terminal(conda: Conda, *answers: tuple[str, str]) -> tuple[int, str]:
    """Run ``conda private login --all``, and answer what it asks."""
    words = ["private", "login", "--all"]
    child = pexpect.spawn(str(conda.executable), words, env=conda.environment, cwd=conda.folder,
                          timeout=60, encoding="utf-8", dimensions=(50, 200))  # fmt: skip
    said = ""
    for question, answer in answers:
        child.expect(question)
        said += child.before + child.after
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    conda.seen += said + child.before
    return int(child.exitstatus), said + child.before


def test_package_is_installed_into_base_and_the_user_confirms_its_logins(
    base: Conda, world: Anaconda, server: Server, token: str, team: Path
) -> None:
    publish(base, world, team)
    install = ("install", "-n", "base", "-y", "--override-channels", "-c", f"{server.conda}/other")
    base.ok(*install, "acme-channels")
    prefix = base.executable.parents[1]
    assert (prefix / "etc" / "conda-private" / "team.d" / "acme-channels.yml").is_file()
    channel = f"{server.conda}/my-org/label/dev"
    shown = base.ok("config", "--show", "channels", "channel_settings", "--json").data
    assert shown["channels"] == [channel]
    assert {"auth": "conda-private", "channel": f"{channel}/*"} in shown["channel_settings"]
    # Nothing is sent, and nothing is logged in to, before the user confirms it.
    server.clear()
    refused = base.run("private", "login", "--all")
    assert (refused.code, server.requests) == (2, [])
    assert "NoTerminalError" in refused.err
    assert "conda private login --all --yes" in refused.err
    code, said = at_terminal(base, (QUESTION, "n"))
    assert (code, server.requests) == (2, [])
    assert "team.d/acme-channels.yml" in said
    assert channel in said
    code, said = at_terminal(base, (QUESTION, "y"), ("input hidden", token))
    assert code == 0, said
    done = base.run("create", "-y", "-n", "work", "hello-private")
    assert done.code == 0, done.text
    assert not base.condarc.exists()
    code, said = at_terminal(base)
    assert "Nothing to do" in said
    # A removed package leaves the user's login, and nothing of its own.
    base.ok("remove", "-n", "base", "-y", "acme-channels")
    assert not list(prefix.rglob("*acme*.yml"))
    (login,) = base.ok("private", "list", "--json").data["logins"]
    assert login["address"] == channel
    base.ok("private", "logout", channel)
    assert base.ok("config", "--show", "channel_settings", "--json").data == {
        "channel_settings": []
    }


def test_users_login_without_a_credential_and_the_proposals_are_asked_for_together(
    base: Conda, world: Anaconda, server: Server, token: str, team: Path
) -> None:
    package = publish(base, world, team)
    base.ok("install", "-n", "base", "-y", package)
    base.login("my-org", "--storage", "file", "--add-channel", "none", token=token)
    base.secrets_file.unlink()
    answers = (QUESTION, "y"), ("input hidden", token), ("input hidden", token)
    code, said = at_terminal(base, *answers)
    assert code == 0, said
    assert "2 logged in, 0 failed" in said


def test_newer_version_replaces_the_proposals(
    base: Conda, world: Anaconda, server: Server, team: Path
) -> None:
    publish(base, world, team)
    install = ("-n", "base", "-y", "--override-channels", "-c", f"{server.conda}/other")
    base.ok("install", *install, "acme-channels")
    content = json.loads(team.read_text())
    content["channels"] = [f"{server.conda}/other"]
    team.write_text(json.dumps(content))
    publish(base, world, team, "--version", "2.0")
    base.ok("update", *install, "acme-channels")
    shown = base.ok("config", "--show", "channels", "--json").data
    assert shown["channels"] == [f"{server.conda}/other"]


def test_package_that_brings_the_plugin_along_depends_on_it(
    base: Conda, world: Anaconda, server: Server, team: Path
) -> None:
    publish(base, world, team, "--with-plugin")
    install = ("install", "-n", "base", "-y", "--override-channels", "-c", f"{server.conda}/other")
    refused = base.run(*install, "acme-channels")
    assert refused.code != 0
    assert "conda-private" in refused.text


def test_rattler_installs_the_same_files(
    conda: Conda, world: Anaconda, server: Server, team: Path
) -> None:
    publish(conda, world, team)
    words = [sys.executable, "-c", RATTLER, f"{server.conda}/other", "acme-channels"]
    done = subprocess.run(
        words, cwd=conda.folder, capture_output=True, text=True, timeout=60, check=False
    )
    prefix = conda.folder / "rattler-prefix"
    assert done.returncode == 0, done.stderr
    assert (prefix / "condarc.d" / "acme-channels.yml").is_file()
    assert (prefix / "etc" / "conda-private" / "team.d" / "acme-channels.yml").is_file()


def test_broken_file_of_a_package_is_named(base: Conda, server: Server, team: Path) -> None:
    folder = base.executable.parents[1] / "etc" / "conda-private" / "team.d"
    folder.mkdir(parents=True)
    (folder / "acme.yml").write_text("logins: [{address: https://a.example/b, token: ca-nary}]")
    result = base.run("private", "login", "--all", "--yes")
    assert result.code == 1
    assert str(folder / "acme.yml") in result.err
    assert "ca-nary" not in result.text
