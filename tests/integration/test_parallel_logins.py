"""Many commands at once: no login is lost, and every file is valid at the end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.integration.runner import TIMEOUT, Conda
from tests.server import Anaconda, Server

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def channels(world: Anaconda, packages: dict[str, Path]) -> list[str]:
    """Twenty organizations with a private package each."""
    names = [f"team-{number:02}" for number in range(20)]
    for name in names:
        world.add_organization(name, owners=["alice"])
        world.add_package(name, packages["on-main-1.0"], private=True)
    return names


def at_once(conda: Conda, commands: Iterable[tuple[str, ...]], token: str) -> list[str]:
    """Run all commands at once, and return the output of those that failed."""
    conda.run("--version")  # writes conda's settings, once
    started = [
        subprocess.Popen(
            [conda.executable, "private", *words],
            env={**conda.environment, "MY_TOKEN": token},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=conda.folder,
        )
        for words in commands
    ]
    for process in started:
        assert process.stdin
        process.stdin.write(token)
        process.stdin.close()
    said = []
    for process in started:
        assert process.stdout
        said.append(process.stdout.read())
        process.wait(TIMEOUT)
    conda.seen += "".join(said)
    return [text for process, text in zip(started, said, strict=True) if process.returncode]


def log_in(channel: str, *words: str) -> tuple[str, ...]:
    """Return the arguments of one login."""
    return ("login", channel, "--token-stdin", *words)


def load(path: Path) -> Any:
    """Parse a configuration file of conda."""
    return YAML(typ="safe", pure=True).load(path.read_text())


def assert_exactly(conda: Conda, server: Server, channels: Iterable[str]) -> None:
    """Check that logins, store, channel settings and channel list have exactly these channels."""
    wanted = sorted(f"{server.conda}/{name}" for name in channels)
    file = json.loads((conda.data_folder / "credentials.json").read_text())
    assert [login["address"] for login in file["logins"]] == wanted
    assert sorted(json.loads(conda.secrets_file.read_text())["secrets"]) == wanted
    # conda 25.9 and later have no channel that no file lists.
    nobody = {"HOME": str(conda.prefix("nobody"))}
    implicit = json.loads(conda.ok("config", "--show", "channels", "--json", env=nobody).out)
    assert implicit["channels"] in (["defaults"], [])
    assert sorted(load(conda.condarc)["channels"]) == sorted([*channels, *implicit["channels"]])
    ours = load(conda.home / ".conda" / "condarc.d" / "conda-private.yml")
    patterns = [
        each["channel"] for each in ours["channel_settings"] if each["auth"] == "conda-private"
    ]
    for address in wanted:
        url = f"{address}/noarch/repodata.json"
        assert any(fnmatch(url, pattern) for pattern in patterns)
    leftovers = [path for path in conda.home.rglob(".*.json.*") if path.suffix != ".lock"]
    assert leftovers == []


@pytest.fixture
def user(conda: Conda) -> Conda:
    """A user with conda's default channel list."""
    del conda.settings["default_channels"]
    return conda


@pytest.mark.hard
def test_twenty_logins_at_once_store_twenty(
    user: Conda, server: Server, token: str, channels: list[str]
) -> None:
    logins = [log_in(name, "--no-verify") for name in channels]
    assert at_once(user, logins, token) == []
    assert_exactly(user, server, channels)
    created = user.create("a", "--override-channels", "-c", "team-19", "on-main")
    assert created.code == 0, created.text


@pytest.mark.hard
def test_logins_and_logouts_at_once_leave_the_new_logins(
    user: Conda, server: Server, token: str, channels: list[str]
) -> None:
    going, coming = channels[:3], channels[3:6]
    logins = [log_in(name, "--no-verify") for name in going]
    assert at_once(user, logins, token) == []
    logins = [log_in(name, "--no-verify") for name in coming]
    commands = [*(("logout", name) for name in going), *logins]
    assert at_once(user, commands, token) == []
    assert_exactly(user, server, coming)


def test_logins_to_one_channel_at_once_leave_one(
    user: Conda, server: Server, token: str, channels: list[str]
) -> None:
    commands = [log_in(channels[0], "--no-verify")] * 3
    assert at_once(user, commands, token) == []
    assert_exactly(user, server, channels[:1])
    user.ok("private", "logout", channels[0])
    assert not user.secrets_file.exists()
    assert not user.condarc.exists()


@pytest.mark.long
@pytest.mark.timeout(2400)
def test_twenty_rounds_of_twenty_logins_and_logouts_lose_nothing(
    user: Conda, server: Server, token: str, channels: list[str]
) -> None:
    there, away = channels[:10], channels[10:]
    assert at_once(user, (log_in(name) for name in there), token) == []
    for _ in range(20):
        logins = [log_in(name, "--no-verify") for name in away]
        logouts = [("logout", name) for name in there]
        mixed = [words for pair in zip(logins, logouts, strict=True) for words in pair]
        assert at_once(user, mixed, token) == []
        there, away = away, there
        assert_exactly(user, server, there)
