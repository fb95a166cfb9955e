"""What verbs say about conda's settings: in this process, with conda's own configuration."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conda.base.context import sys_rc_path

from conda_private.actions.login import LoginResult
from conda_private.actions.verify import Finding
from conda_private.cli import arguments
from conda_private.cli.settings import Settings, settings_about, warn_of_settings
from conda_private.cli.verbs import execute, parse
from conda_private.composition import machine
from conda_private.files import paths
from conda_private.model.exceptions import ChannelNotAllowedError, NoTerminalError, UsageError
from conda_private.model.facts import ChannelsInUse
from conda_private.model.login_request import LoginRequest
from tests.home import CANARY, Home, home_in
from tests.server import Anaconda, Server, serve

HOST = "https://conda.example.org"
ORG = f"{HOST}/my-org"
OTHER = {"channel_settings": [{"channel": "my-org", "auth": "http-basic"}]}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home with a login for ``my-org``."""
    monkeypatch.setenv("A_TOKEN", CANARY)
    with home_in(tmp_path) as home:
        set_to(home)
        home.log_in(ORG)
        yield home


def set_to(home: Home, **settings: object) -> None:
    """Give conda these settings, beside an alias."""
    home.condarc(json.dumps({"channel_alias": HOST, **settings}))


def run(*words: str) -> int:
    """Run a verb in this process."""
    parsed, _ = parse(ArgumentParser(prog="conda private"), words, None)
    return execute(parsed)


def hide(home: Home) -> Path:
    """Write another handler's entry that takes precedence over ours."""
    file = paths.channel_settings().with_name("a-other.yml")
    file.write_text(json.dumps({"channel_settings": [{"channel": f"{HOST}/*", "auth": "x"}]}))
    return file


def test_list_notes_what_hides_a_login(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert "conda:" not in capsys.readouterr().out
    file = hide(home)
    assert run("list") == 0
    assert f"not used by conda: channel_settings in {file}".replace(
        str(home.folder), "~"
    ) in capsys.readouterr().out.replace(str(home.folder), "~")


def test_list_notes_which_handler_a_login_replaces(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    set_to(home, **OTHER)
    assert run("list") == 0
    assert "instead of http-basic" in capsys.readouterr().out
    home.log_in(f"{HOST}/team/label/dev")
    rc = {"channel_settings": [{"channel": "team/label/rc", "auth": "http-basic"}]}
    set_to(home, **rc)
    assert run("list") == 0
    assert f"no longer uses http-basic for {HOST}/team/label/rc" in capsys.readouterr().err


def test_explain_says_what_hides_a_login_and_what_it_replaces(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    set_to(home, **OTHER)
    assert run("explain", "my-org") == 0
    told = capsys.readouterr().out
    assert f"{ORG}\nis authenticated by the login for {ORG} (stored in file)" in told
    assert "The login replaces the auth handler http-basic (" in told
    file = hide(home)
    assert run("explain", "my-org") == 4
    told = capsys.readouterr().out
    assert f"{ORG}\nwould be authenticated by" in told
    assert f"Cause: Another entry in channel_settings takes precedence: {file} (x)" in told
    assert "replaces" not in told


@pytest.mark.parametrize("rest", ["", "/noarch/repodata.json", "/label/dev/linux-64/a-1-0.conda"])
def test_explain_follows_conda_to_another_address(
    home: Home, capsys: pytest.CaptureFixture[str], rest: str
) -> None:
    old = "https://old.example.org/my-org" + rest
    assert run("explain", old) == 0
    assert "No login covers" in capsys.readouterr().out
    set_to(home, migrated_channel_aliases=["https://old.example.org"])
    assert run("explain", old) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"conda's settings replace {old}:\n{ORG}{rest}\nis authenticated by")


def test_explain_takes_every_channel_of_a_multichannel(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.log_in(f"{HOST}/team")
    set_to(home, custom_multichannels={"ours": ["my-org", "team", "public"], "none": []})
    assert run("explain", "ours") == 0
    told = capsys.readouterr().out
    assert told.count("is authenticated by") == 2
    assert f"\n\nNo login covers {HOST}/public" in told
    with pytest.raises(UsageError, match="a list of channels"):
        run("explain", "none")


def test_explain_of_a_url_with_a_credential_names_no_setting(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", f"{HOST}/t/some-token/my-org/noarch/x.json") == 0
    assert "No login covers this URL" in capsys.readouterr().out


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with a channel that is open to everybody."""
    world = Anaconda()
    world.add_channel("my-org")
    with serve(world) as server:
        yield server


def test_login_that_conda_does_not_use_is_stored_and_fails_with_4(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--from-env", "A_TOKEN", "--no-verify", "--condarc", str(home.condarc_path))
    set_to(home, custom_channels={"team": f"{HOST}/t/old-token"})
    assert run("login", "team", *words) == 4
    told = capsys.readouterr()
    assert "Stored the token for team" in told.out
    assert f"Cause: {home.condarc_path} has a token or a password in custom_channels" in told.err
    assert "old-token" not in told.out + told.err
    assert run("login", "fine", *words, "--dry-run") == 0


def test_login_that_is_not_allowed_reads_no_credential(home: Home) -> None:
    set_to(home, allowlist_channels=["other"])
    words = ("--from-env", "NO_SUCH_VARIABLE", "--condarc", str(home.condarc_path))
    with pytest.raises(ChannelNotAllowedError):
        run("login", "team", *words)
    with pytest.raises(ChannelNotAllowedError):
        run("channels", "add", "team", "--condarc", str(home.condarc_path))


def test_logout_says_which_handler_is_back(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    set_to(home, **OTHER)
    assert run("logout", "my-org") == 0
    assert "conda now uses the auth handler http-basic (" in capsys.readouterr().out


@pytest.mark.parametrize("has_login", [False, True])
def test_channel_that_does_not_exist_is_added_with_a_warning(
    home: Home, server: Server, capsys: pytest.CaptureFixture[str], has_login: bool
) -> None:
    if has_login:
        home.log_in(f"{server.conda}/my-org")
    nope = f"{server.conda}/my-org/label/nope"
    file = ("--condarc", str(home.condarc_path))
    assert run("channels", "add", nope, *file) == 0
    told = capsys.readouterr()
    assert "✓ +" in told.out
    assert "Warning:" in told.err
    name = machine.name_for(arguments.address_of(nope))
    assert told.err.endswith(f"Next:  conda private channels remove {name} {' '.join(file)}\n")
    assert run("channels", "remove", name, *file) == 0
    assert nope not in home.condarc_path.read_text()
    assert run("channels", "add", f"{server.conda}/my-org", *file) == 0
    assert "Warning" not in capsys.readouterr().err


def test_server_that_cannot_be_asked_is_no_warning(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    set_to(home, remote_backoff_factor=0)
    file = ("--condarc", str(home.condarc_path))
    assert run("channels", "add", "http://127.0.0.1:9/x", *file) == 0
    assert "Warning" not in capsys.readouterr().err


def test_env_in_base_is_confirmed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    base = Path(sys_rc_path)
    monkeypatch.setenv("CONDA_PREFIX", str(base.parent))
    words = ("channels", "add", "other", "--env")
    with pytest.raises(NoTerminalError) as caught:
        run(*words)
    assert str(base) in caught.value.cause
    assert run(*words, "--dry-run") == 0
    monkeypatch.setattr(arguments, "confirm", lambda *words, **options: False)
    with pytest.raises(UsageError, match="Nothing was changed"):
        run(*words)
    parsed, _ = parse(ArgumentParser(), words, None)
    monkeypatch.setattr(arguments, "confirm", lambda *words, **options: True)
    assert arguments.condarc_from(parsed) == str(base)
    assert not base.exists()
    monkeypatch.setenv("CONDA_PREFIX", str(home.folder))
    monkeypatch.setattr(arguments, "confirm", None)
    assert arguments.condarc_from(parsed) == str(home.condarc_path)
    assert arguments.command("x", "a b", parsed) == "x 'a b' --env"


def result(name: str, before: ChannelsInUse, *after: str, listed: bool = True) -> LoginResult:
    """A login after which conda uses these channels."""
    login = machine.records().logins()[0]
    request = replace(LoginRequest.again(login), name=name, condarc="FILE", position="prepend")
    now = ChannelsInUse(after, lists_defaults="defaults" in after)
    return LoginResult(request, login, "", Finding(None, None), listed, "", before, now)


def about(*facts: object, **options: bool) -> Settings:
    """What is said about it."""
    return settings_about(result(*facts, **options))  # type: ignore[arg-type]


def test_channels_in_effect_are_compared(home: Home) -> None:
    some = ChannelsInUse(("defaults",), depends_on_variable=True)
    good = about("my-org", some, "my-org", "defaults")
    assert (good.defaults_added, good.is_elsewhere, good.is_unused) == (True, False, False)
    assert (good.lost, good.variable) == ([], True)
    assert about("my-org", some, "x", "my-org").lost == ["defaults"]
    assert about("my-org", some, "x", "my-org").is_elsewhere
    assert about("my-org", some, "x").is_unused
    kept = about("my-org", some, "x", listed=False)
    assert (kept.is_unused, kept.variable, kept.is_elsewhere) == (False, False, False)


def test_channels_that_are_lost_or_unused_are_warned_about(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    given = result("my-org", ChannelsInUse(("defaults",), depends_on_variable=True), "x")
    warn_of_settings(given, settings_about(given))
    told = capsys.readouterr().err
    assert "conda does not use the channel my-org yet" in told
    assert "conda no longer uses defaults.\n" in told
    assert told.count("Next:  conda config --file FILE --append channels defaults") == 2
    fine = result("my-org", ChannelsInUse(("x",)), "my-org", "x")
    warn_of_settings(fine, settings_about(fine))
    assert capsys.readouterr().err == ""
