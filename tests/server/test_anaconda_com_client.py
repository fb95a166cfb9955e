"""The real clients of anaconda.com, unmodified, work against the mock: channels and whoami.

They live in an environment of their own: ``ANACONDA_CLIENT_PYTHON`` is its interpreter.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import Anaconda, Server, serve
from .settings import API_KEY

PYTHON = os.environ.get("ANACONDA_CLIENT_PYTHON")
CHANNEL = "acme/tools"
START = "import sys; from anaconda_cli_base.cli import app; sys.argv[0] = 'anaconda'; app()"

pytestmark = [
    pytest.mark.hard,
    pytest.mark.skipif(
        not PYTHON, reason="ANACONDA_CLIENT_PYTHON names no interpreter that has anaconda-client"
    ),
]

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world over TLS, which these clients insist on."""
    with serve(world, tls=True) as server:
        yield server
    assert server.errors == []


@pytest.fixture
def command(server: Server, world: Anaconda, packages: Path, tmp_path: Path) -> Command:
    """Run ``anaconda ...`` as alice, in the folder of the packages, without a terminal."""
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "COLUMNS": "200",
        "ANACONDA_AUTH_DOMAIN": server.api.partition("://")[2].partition("/")[0],
        "ANACONDA_AUTH_SSL_VERIFY": str(server.ca_file),
        "ANACONDA_AUTH_API_KEY": world.add_token("alice", API_KEY),
        # It would send telemetry to its makers.
        "OTEL_SDK_DISABLED": "true",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PYTHON), "-c", START, *arguments],
            cwd=packages,
            env=environment,
            input="",
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
        )

    return run


def test_user_is_shown(command: Command) -> None:
    shown = command("auth", "whoami")
    assert (shown.returncode, "alice@example.org" in shown.stdout) == (0, True), shown


def test_channel_is_made_listed_shared_and_changed(world: Anaconda, command: Command) -> None:
    made = command("channel", "create", CHANNEL, "--private")
    assert "created (private)" in made.stdout, made
    channel = world.accounts[CHANNEL]
    assert channel.privacy == "private"
    assert "already exists" in command("channel", "create", CHANNEL, "--private").stdout
    listed = command("channel", "list", "--source", "repo").stdout
    assert [word for word in (CHANNEL, "private", "owner") if word not in listed] == []
    for words, group in (((), "viewers"), (("--access", "collaborator"), "collaborators")):
        shared = command("channel", "share", "bob", "-c", CHANNEL, *words)
        assert "Success" in shared.stdout, shared
        assert channel.groups[group].members == {"bob"}
    assert channel.groups["viewers"].members == set()
    assert "Unshared" in command("channel", "share", "bob", "-c", CHANNEL, "--unshare").stdout
    assert channel.groups["collaborators"].members == set()
    for privacy in ("public", "private"):
        assert privacy in command("channel", "modify", CHANNEL, "-p", privacy).stdout
        assert channel.privacy == privacy
    assert "is already" in command("channel", "modify", CHANNEL, "-p", "private").stdout


def test_package_is_uploaded_shown_and_removed(world: Anaconda, command: Command) -> None:
    world.add_private_channel(CHANNEL, owners=["alice"])
    world.add_private_channel("acme/wheels", owners=["alice"])
    sent = command("channel", "upload", "hello-private-1.0-0.conda", "-c", CHANNEL)
    assert "hello-private" in world.accounts[CHANNEL].packages, sent
    sent = command("channel", "upload", "hello_wheel-1.0-py3-none-any.whl", "-c", "acme/wheels")
    assert "hello-wheel" in world.accounts["acme/wheels"].packages, sent
    shown = command("channel", "show", CHANNEL, "--packages").stdout
    assert "hello-private" in shown
    shown = command("channel", "show", "acme/wheels", "--files").stdout
    assert "hello_wheel-1.0-py3-none-any.whl" in shown
    command("channel", "remove", CHANNEL)
    assert CHANNEL not in world.accounts


def test_refusals_are_shown_with_their_words(world: Anaconda, command: Command) -> None:
    channel = world.add_private_channel(CHANNEL, owners=["alice"])
    channel.groups["viewers"].members.add("carol")
    world.sharing_limit = 1
    for key in ("message", "detail", "error"):
        world.com_error = key
        refused = command("channel", "share", "bob", "-c", CHANNEL)
        assert "You have reached the limit of 1 for collaborators" in refused.stdout, refused
        assert "not found" in command("channel", "share", "nobody", "-c", CHANNEL).stdout
    world.channel_limit = 1
    refused = command("channel", "create", "acme/second", "--private")
    assert "reached the limit of 1 for private channels" in refused.stdout, refused
    world.tokens.clear()
    assert "anaconda login" in command("channel", "show", CHANNEL).stdout
