"""What conda's settings mean for a login is asked of conda, and every verb says it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Server


def log_in(conda: Conda, *words: str, **env: str) -> Result:
    """Log in without reading the secret: only the settings matter here."""
    options = ("--from-env", "A_TOKEN", "--no-verify")
    return conda.run("private", "login", *words, *options, "--json", env=env)


def listed(file: Path) -> list[str]:
    """The lines of a file with a list of channels."""
    return [line.strip(" -") for line in file.read_text().splitlines() if line[:1] in " -"]


@pytest.mark.hard
def test_login_says_that_defaults_is_listed_with_the_channel(conda: Conda, server: Server) -> None:
    conda.settings["default_channels"] = [f"{server.conda}/other"]
    before = json.loads(conda.ok("config", "--show", "channels", "--json").out)["channels"]
    told = conda.ok("private", "login", "my-org", "--from-env", "A_TOKEN", "--no-verify")
    after = json.loads(conda.ok("config", "--show", "channels", "--json").out)["channels"]
    assert after == ["my-org", *before]
    # conda 25.9 and later have no implicit channel.
    assert ("+ my-org (first) and defaults in ~/.condarc" in told.out) is (before == ["defaults"])
    assert before in (["defaults"], [])


@pytest.mark.hard
def test_login_beside_a_variable_says_which_channels_are_in_effect(conda: Conda) -> None:
    conda.settings["default_channels"] = ["conda-forge"]
    words = ("private", "login", "my-org", "--from-env", "A_TOKEN", "--no-verify")
    told = conda.ok(*words, env={"CONDA_CHANNELS": "conda-forge"})
    assert listed(conda.condarc) == ["my-org"]
    assert "in effect  conda-forge, my-org" in told.out
    if not conda.run("--version").out.startswith("conda 24"):
        return
    (fix,) = [line for line in told.err.splitlines() if line.startswith("Next:")]
    conda.ok(*shlex.split(fix.removeprefix("Next:  conda")))
    assert listed(conda.condarc) == ["my-org", "defaults"]


@pytest.mark.hard
@pytest.mark.parametrize("setting", ["channel_alias", "custom_channels"])
def test_credential_in_a_setting_is_named_by_every_verb_until_it_is_gone(
    conda: Conda, server: Server, token: str, setting: str
) -> None:
    url = server.conda.replace("://", "://alice:old-password@")
    value = url if setting == "channel_alias" else {"my-org": url}
    conda.settings["channel_alias"] = server.conda
    conda.condarc.write_text(json.dumps({setting: value}))
    if setting == "channel_alias":
        del conda.settings["channel_alias"]
    told = conda.run("private", "login", f"{server.conda}/my-org", "--token-stdin", stdin=token)
    assert told.code == 4
    assert f"{conda.condarc} has a token or a password in {setting}" in told.err
    checked, explained = conda.private("check"), conda.private("explain", "my-org")
    shown = conda.private("list")
    assert (checked.code, explained.code, shown.code) == (4, 4, 0)
    for text in (checked.out, explained.out):
        assert f"{conda.condarc} has a token or a password in {setting}" in text
    assert f"not used by conda: {setting} in ~/.condarc" in shown.out
    assert "old-password" not in told.text + checked.text + explained.text + shown.text
    (fix,) = [line for line in told.err.splitlines() if line.startswith("Next:")]
    conda.ok(*shlex.split(fix.removeprefix("Next:  conda")))
    assert conda.private("check").code == conda.private("explain", "my-org").code == 0


@pytest.mark.hard
def test_channel_that_conda_does_not_allow_is_refused_before_a_secret_is_read(
    conda: Conda, server: Server
) -> None:
    conda.settings["allowlist_channels"] = ["other"]
    told = conda.private("login", "my-org", "--token-stdin")
    assert told.code == 1
    assert f"allowlist_channels is set in {conda.folder / 'condarc'}" in told.err
    assert not conda.condarc.exists()
    assert server.requests == []
    assert conda.private("channels", "add", "my-org").code == 1
    assert log_in(conda, "other").code == 0


@pytest.mark.hard
def test_label_that_does_not_exist_is_warned_about_and_removed(
    conda: Conda, token: str, server: Server
) -> None:
    conda.login("my-org", token=token)
    added = conda.ok("private", "channels", "add", "my-org", "--label", "nope")
    (fix,) = [line for line in added.err.splitlines() if line.startswith("Next:")]
    failed = conda.run("search", "on-main")
    assert failed.code != 0
    remove = "conda private channels remove my-org/label/nope"
    assert fix == f"Next:  {remove}"
    assert remove in failed.text
    conda.ok(*shlex.split(remove)[1:])
    assert conda.run("search", "on-main").code == 0
    good = conda.ok("private", "channels", "add", "my-org", "--label", "dev", "--json")
    assert good.data["problem"] is None


@pytest.mark.hard
def test_label_of_a_channel_without_a_login_is_looked_for_too(conda: Conda, server: Server) -> None:
    told = conda.ok("private", "channels", "add", "other/label/nope", "--json").data
    missing = f"{server.conda}/other/label/nope"
    assert told["problem"].endswith(f"{missing}, or hides it without a login.")
    assert conda.ok("private", "channels", "add", "other", "--json").data["problem"] is None


@pytest.mark.hard
def test_env_in_base_is_confirmed(conda: Conda, tmp_path: Path) -> None:
    base = conda.executable.parents[1]
    env = {"CONDA_PREFIX": str(base)}
    words = ("private", "channels", "add", "other", "--env")
    refused = conda.run(*words, env=env)
    assert refused.code == 2
    assert f"{base / '.condarc'} is for all environments and all users" in refused.err
    assert not (base / ".condarc").exists()
    # A dry run changes nothing, so it asks nothing.
    assert conda.run(*words, "--dry-run", env=env).code == 0
    own = tmp_path / "env"
    own.mkdir()
    assert conda.run(*words, env={"CONDA_PREFIX": str(own)}).code == 0
    assert "other" in listed(own / ".condarc")


@pytest.mark.hard
def test_explain_follows_a_migrated_alias(conda: Conda, server: Server) -> None:
    conda.settings["migrated_channel_aliases"] = ["https://old.example.org"]
    assert log_in(conda, "my-org").code == 0
    old = "https://old.example.org/my-org"
    told = conda.ok("private", "explain", f"{old}/noarch/repodata.json", "--json").data
    assert told["url"] == f"{server.conda}/my-org/noarch/repodata.json"
    assert told["instead_of_url"] == f"{old}/noarch/repodata.json"
    assert told["authenticated_by"] == f"{server.conda}/my-org"
    # A login for the old address would never be used, and says so.
    useless = log_in(conda, old)
    assert useless.code == 4
    assert [each["setting"] for each in useless.data["hidden_by"]] == ["migrated_channel_aliases"]


@pytest.mark.hard
def test_explain_and_check_take_a_multichannel_of_several_logins(
    conda: Conda, world: Anaconda, token: str, server: Server
) -> None:
    conda.settings["custom_multichannels"] = {"ours": ["my-org", "other/label/x"]}
    conda.login("my-org", token=token)
    assert log_in(conda, "other", "--label", "x").code == 0
    told = conda.ok("private", "explain", "ours", "--json").data["channels"]
    logins = [f"{server.conda}/my-org", f"{server.conda}/other/label/x"]
    assert [each["authenticated_by"] for each in told] == logins
    text = conda.ok("private", "explain", "ours").out
    assert all(f"is authenticated by the login for {each}" in text for each in logins)
    checked = conda.run("private", "check", "ours", "--json").data["checked"]
    assert [each["address"] for each in checked] == logins


def other_handler(conda: Conda, *channels: str) -> None:
    """Write entries of another handler into the user's file."""
    entries: list[Any] = [{"channel": each, "auth": "http-basic"} for each in channels]
    conda.condarc.write_text(json.dumps({"channel_settings": entries}))


@pytest.mark.hard
def test_handler_that_a_login_replaces_is_named_and_said_to_be_back(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", "--add-channel", "none", token=token)
    assert "instead of" not in conda.private("list").out
    other_handler(conda, "my-org")  # later, as `conda auth login` does
    expected = {"handler": "http-basic", "source": str(conda.condarc)}
    (entry,) = conda.private("list", "--json").data["logins"]
    assert entry["instead_of"] == expected
    assert "instead of http-basic" in conda.private("list").out
    assert "replaces the auth handler http-basic (~/.condarc)" in conda.ok("private", "check").out
    told = conda.ok("private", "explain", "my-org")
    assert "The login replaces the auth handler http-basic (~/.condarc)." in told.out
    out = conda.ok("private", "logout", "my-org")
    assert "conda now uses the auth handler http-basic (~/.condarc)" in out.out


@pytest.mark.hard
def test_later_entry_that_ours_hides_is_noticed(conda: Conda, server: Server, token: str) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    other_handler(conda, "my-org/label/rc")
    taken = [{"channel": f"{server.conda}/my-org/label/rc", "handler": "http-basic"}]
    for verb in ("list", "check"):
        assert conda.private(verb, "--json").data["takes_over"] == taken
        assert "conda no longer uses http-basic for" in conda.private(verb).err


@pytest.mark.hard
def test_entry_that_hides_a_login_is_named_by_check_and_list(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", "--add-channel", "none", token=token)
    file = conda.home / ".conda" / ".condarc"
    entry = {"channel": f"{server.conda}/*", "auth": "http-basic"}
    file.write_text(json.dumps({"channel_settings": [entry]}))
    checked = conda.private("check", "--json")
    assert checked.code == 4
    (found,) = checked.data["checked"]
    assert found["error"]["name"] == "HiddenLoginError"
    assert found["gives_access"]  # the credential is valid
    assert found["hidden_by"] == [{"setting": "channel_settings", "source": str(file)}]
    told = conda.private("check").out
    assert "next             remove that entry; see both with  conda config --show-sources" in told
