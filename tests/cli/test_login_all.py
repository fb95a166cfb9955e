"""``login --all`` without a file: what packages propose, and logins without a credential."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conda_private.composition import machine
from conda_private.files import team_package
from tests.cli.conftest import Run
from tests.server import Anaconda, Server

LISTING = ("--condarc", "unused")


@pytest.fixture
def proposed(
    tmp_path: Path, world: Anaconda, server: Server, monkeypatch: pytest.MonkeyPatch
) -> list[Path]:
    """Two packages that propose a channel, and one of them another; the token is in a variable."""
    monkeypatch.setenv("MY_TOKEN", world.add_token("alice"))
    own = {"address": f"{server.conda}/my-org", "source": "env:MY_TOKEN", "add_channel": "none"}
    label = {**own, "address": f"{server.conda}/my-org/label/main"}
    files = []
    for name, logins in (("a", [own]), ("b", [own, label])):
        file = tmp_path / f"{name}.yml"
        file.write_text(json.dumps({"logins": logins}))
        files.append(file)
    monkeypatch.setattr(team_package, "installed", lambda: files)
    return files


def test_each_proposal_comes_once_with_the_file_that_has_it(
    run: Run, server: Server, proposed: list[Path]
) -> None:
    code, text = run("login", "--all", *LISTING, "--yes")
    assert code == 0, text
    for file in proposed:
        assert f"Proposed by {file}:" in text
    assert text.count("sent as") == 2
    assert "2 logged in, 0 failed" in text
    assert len(machine.records().logins()) == 2
    code, text = run("login", "--all", *LISTING, "--yes")
    assert "Nothing to do" in text
    assert "Proposed by" not in text


def test_own_login_for_the_address_is_repeated_and_not_replaced_by_the_proposal(
    run: Run, server: Server, proposed: list[Path]
) -> None:
    channel = f"{server.conda}/my-org"
    words = ("--from-env", "NOT_SET", "--no-verify", "--add-channel", "none")
    assert run("login", channel, *words, *LISTING)[0] == 0
    code, text = run("login", "--all", *LISTING, "--yes")
    assert code == 4
    assert "1 logged in, 1 failed" in text
    assert "from env:NOT_SET" in text
    assert str(machine.records().logins()[0].source) == "env:NOT_SET"


def test_nothing_is_sent_before_it_is_confirmed(
    run: Run, server: Server, proposed: list[Path]
) -> None:
    code, text = run("login", "--all", *LISTING)
    assert code == 2
    assert "read it, then  conda private login --all --yes" in text
    assert server.requests == []
    assert machine.records().logins() == ()
