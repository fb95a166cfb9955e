"""A home with logins, conda's session on it, and a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conda.gateways.connection.session import CondaSession

from conda_private import output
from conda_private.handler import answers, auth, retry
from tests.home import Home, home_in
from tests.server import Anaconda, Server, serve

Said = Callable[[], str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home without logins, in a process that has said nothing yet."""
    monkeypatch.setattr(auth, "_first_warning", iter([True]))
    monkeypatch.setattr(retry, "_first_warning", iter([True]))
    monkeypatch.setattr(answers, "_first_hint", iter([True]))
    auth._refuse_unusable_settings.cache_clear()
    monkeypatch.setattr(output, "_delayed", [])
    with home_in(tmp_path) as home:
        yield home


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with two channels that are open to everybody."""
    world = Anaconda()
    world.add_channel("my-org")
    world.add_channel("other")
    with serve(world) as server:
        yield server
        assert not server.errors


@pytest.fixture
def session(home: Home) -> CondaSession:
    """conda's session for a channel whose channel settings name our handler, without waiting."""
    home.condarc("remote_backoff_factor: 0\n")
    return CondaSession(auth=auth.PrivateAuth("my-org"))


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Returns what a command has said on stderr when it has ended."""

    def end() -> str:
        before = capsys.readouterr().err
        output.show_delayed()
        assert before == ""  # nothing was said while conda showed its progress
        return capsys.readouterr().err

    return end
