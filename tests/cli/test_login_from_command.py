"""``login --from-command`` and its records: from the command line, from a team's file, kept."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from conda_private.cli.report import entry
from conda_private.composition import machine
from conda_private.files.logins_format import Content, parse, render
from conda_private.files.team_file import read
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Login, renewal
from conda_private.model.schemes import BEARER
from conda_private.model.secret import Secret
from conda_private.model.source import KEYRING, Source
from conda_private.stores.once import answers
from tests.cli.conftest import Run
from tests.server import Anaconda, Server

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs here are shell scripts")

COMMAND = "op read op://team/conda/token"


@pytest.fixture
def manager(tmp_path: Path, world: Anaconda, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A secret manager ``op``, which prints what a file has; its calls are in ``calls``."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "op"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\ncat {tmp_path}/item\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    token = world.add_token("alice", scopes=["conda:download"], name="laptop")
    (tmp_path / "item").write_text(token)
    return tmp_path


def login(run: Run, server: Server, *words: str) -> tuple[int, str]:
    """Log in with the command, without a change of any ``.condarc``."""
    options = ("--api-url", server.api, "--add-channel", "none", "--condarc", "unused")
    channel = f"{server.conda}/my-org"
    return run("login", channel, "--from-command", COMMAND, *options, *words)


def listed(run: Run) -> list[dict[str, object]]:
    """The logins as ``list --json`` shows them."""
    logins: list[dict[str, object]] = json.loads(run("list", "--json")[1])["logins"]
    return logins


def secret_of(server: Server) -> Secret:
    """What a new process would send to the channel."""
    machine.resolver.cache_clear()
    answers.cache_clear()
    found = machine.resolver().find(f"{server.conda}/my-org/noarch/repodata.json")
    assert found is not None
    return machine.resolver().secret(found)


def calls(folder: Path) -> int:
    """How often the secret manager was asked since the last time."""
    file = folder / "calls"
    count = len(file.read_text().splitlines()) if file.exists() else 0
    file.unlink(missing_ok=True)
    return count


def test_login_stores_nothing_and_asks_the_command_once(
    run: Run, server: Server, manager: Path
) -> None:
    code, text = login(run, server)
    assert code == 0, text
    assert f"stored in  command {COMMAND}, run when it is needed" in text
    assert calls(manager) == 1
    token = (manager / "item").read_text()
    assert secret_of(server) == Secret(token)
    assert calls(manager) == 1
    assert not any(token in path.read_text() for path in Path.home().rglob("*") if path.is_file())
    (only,) = listed(run)
    assert (only["source"], only["kept_in"]) == (f"command:{COMMAND}", None)
    # The next credential has another expiry, so that of this one is not recorded.
    assert only["expires"] is None
    code, text = run("logout", f"{server.conda}/my-org")
    assert (code, listed(run)) == (0, [])
    assert "is not managed by conda-private" in text


def test_without_verification_the_command_is_not_run(
    run: Run, server: Server, manager: Path
) -> None:
    code, text = login(run, server, "--no-verify")
    assert (code, calls(manager)) == (0, 0), text


def test_login_that_is_kept_asks_once_until_the_expiry(
    run: Run, server: Server, manager: Path
) -> None:
    token = (manager / "item").read_text()
    ends = datetime.now(timezone.utc) + timedelta(hours=1)
    (manager / "item").write_text(json.dumps({"token": token, "expires": ends.isoformat()}))
    code, text = login(run, server, "--storage", "file")
    assert code == 0, text
    assert "kept until it expires in: " in text
    assert calls(manager) == 1
    assert [secret_of(server) for _ in range(2)] == [Secret(token)] * 2
    assert calls(manager) == 0
    (only,) = listed(run)
    assert (only["source"], only["kept_in"]) == (f"command:{COMMAND}", "file")
    code, text = run("logout", f"{server.conda}/my-org")
    assert "deleted from the file" in text
    assert not any(token in path.read_text() for path in Path.home().rglob("*") if path.is_file())


def test_dry_run_keeps_nothing(run: Run, server: Server, manager: Path) -> None:
    token = (manager / "item").read_text()
    (manager / "item").write_text(json.dumps({"token": token, "expires_in": 3600}))
    code, text = login(run, server, "--storage", "file", "--dry-run")
    assert code == 0, text
    assert not [path for path in Path.home().rglob("*") if path.is_file()]


def test_login_for_all_users_keeps_nothing(run: Run, server: Server, manager: Path) -> None:
    code, text = login(run, server, "--storage", "file", "--all-users")
    assert (code, calls(manager)) == (2, 0)
    assert "cannot store a credential of its own" in text


def test_refused_credential_of_a_command_stores_no_login(
    run: Run, server: Server, manager: Path
) -> None:
    (manager / "item").write_text("al-" + "0" * 32)
    code, text = login(run, server)
    assert code == 4, text
    assert listed(run) == []


def test_command_of_a_team_is_shown_and_not_run_before_it_is_confirmed(
    run: Run, server: Server, manager: Path, tmp_path: Path
) -> None:
    file = tmp_path / "team.json"
    entry = {"address": f"{server.conda}/my-org", "source": f"command:{COMMAND}"}
    file.write_text(json.dumps({"logins": [{**entry, "api": server.api, "add_channel": "none"}]}))
    code, text = run("login", "--all", str(file))
    assert (code, calls(manager)) == (2, 0)
    assert f"from a program that runs on this machine:  {COMMAND}" in text
    code, text = run("login", "--all", str(file), "--yes")
    assert (code, calls(manager)) == (0, 1), text
    # A login that has its command is complete, so it is not run to find out.
    assert run("login", "--all")[0] == 0
    assert calls(manager) == 0


def test_list_of_one_user_is_a_proposal_without_where_that_user_keeps_credentials(
    tmp_path: Path,
) -> None:
    address = Address.parse("https://conda.example.org/private")
    keyring = KEYRING._replace(name="keyring.backends.macOS.Keyring")
    sources = (Source("command", COMMAND, "file"), keyring)
    logins = [entry(Login(address, BEARER, source)) for source in sources]
    file = tmp_path / "team.json"
    file.write_text(json.dumps({"logins": logins}))
    assert [each.source for each in read(file)] == [Source("command", COMMAND), KEYRING]


def test_record_of_a_login_has_the_store_that_keeps_the_credential() -> None:
    address = Address.parse("https://conda.example.org/private")
    for kept_in in ("", "file", "helper-store:pass"):
        source = Source("command", COMMAND, kept_in)
        login = Login(address, BEARER, source)
        assert parse(render(Content([login]))).logins == [login]
        assert ("kept_in" in render(Content([login]))) is bool(kept_in)
        assert source.is_written_to is bool(kept_in)
        assert source.is_reference
    assert source.place == "helper-store:pass"


def test_renewal_repeats_the_login_with_its_command_and_its_storage() -> None:
    address = Address.parse("https://conda.example.org/private")
    for kept_in, storage in (("", ""), ("helper-store:pass", " --storage helper:pass")):
        step = renewal(Login(address, BEARER, Source("command", COMMAND, kept_in)), [])
        command = f"conda private login {address} --from-command '{COMMAND}'{storage}"
        assert step.endswith(f"\n{command}")


def test_command_can_be_proposed_and_needs_its_text() -> None:
    assert Source.proposed(f"command:{COMMAND}") == Source("command", COMMAND)
    with pytest.raises(UsageError):
        Source.proposed("command")
