"""The user's ``.condarc``: only our line is added and removed; and the precedence of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.server import Server

FILES = {
    "comments": "# mine\nchannels:\n  # first of all\n  - conda-forge   # why not\n\n# end\n",
    "no list": "# mine\nssl_verify: true\n",
    "CRLF": "channels:\r\n- conda-forge\r\nauto_activate_base: false\r\n",
    "flow": "channels: [conda-forge, defaults]  # both\n",
    "no line end": "channels:\n  - conda-forge",
    "unknown keys": "my_key: 3\nchannels: []\nother: {a: [1, 2]}\n",
    "quotes": "channels:\n    - 'conda-forge'\n    - \"other\"\n",
    "empty": "",
    "only comments": "# nothing yet\n",
}


@pytest.mark.hard
@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_logout_restores_the_file_byte_for_byte_but_for_a_last_line_break(
    conda: Conda, text: str, token: str
) -> None:
    conda.condarc.write_bytes(text.encode())
    conda.condarc.chmod(0o640)
    conda.login("my-org", token=token)
    conda.login("my-org", "--label", "dev", "--add-channel", "append", token=token)
    changed = conda.condarc.read_bytes().decode()
    assert changed != text
    assert all(line in changed for line in text.splitlines() if line.startswith("#"))
    listed = conda.ok("config", "--show", "channels", "--json").data["channels"]
    assert (listed[0], listed[-1]) == ("my-org", "my-org/label/dev")
    conda.ok("private", "logout", "my-org")
    conda.ok("private", "logout", "my-org", "--label", "dev")
    line_end = "" if not text or text.endswith("\n") else "\n"
    assert conda.condarc.read_bytes() == (text + line_end).encode()
    assert conda.condarc.stat().st_mode & 0o777 == 0o640


def test_channels_in_effect_remain(conda: Conda, server: Server, token: str) -> None:
    conda.settings["default_channels"] = [f"{server.conda}/other"]
    before = conda.ok("config", "--show", "channels", "--json").data["channels"]
    conda.login("my-org", token=token)
    # conda 25.9 and later have no implicit channel.
    lines = "".join(f"  - {name}\n" for name in ("my-org", *before))
    assert conda.condarc.read_text() == f"channels:\n{lines}"
    after = conda.ok("config", "--show", "channels", "--json").data["channels"]
    assert after == ["my-org", *before]


def test_defaults_are_not_added_when_another_file_has_the_list(conda: Conda, token: str) -> None:
    conda.settings["channels"] = ["conda-forge"]
    conda.login("my-org", token=token)
    assert conda.condarc.read_text() == "channels:\n  - my-org\n"


def test_link_to_a_dotfiles_folder_stays_a_link(conda: Conda, token: str) -> None:
    dotfiles = conda.home / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "condarc").write_text("channels:\n  - conda-forge\n")
    conda.condarc.symlink_to(dotfiles / "condarc")
    conda.login("my-org", token=token)
    assert conda.condarc.is_symlink()
    assert (dotfiles / "condarc").read_text() == "channels:\n  - my-org\n  - conda-forge\n"


def test_add_channel_none_leaves_the_file_alone(conda: Conda, token: str) -> None:
    conda.login("my-org", "--add-channel", "none", token=token)
    assert not conda.condarc.exists()


def test_condarc_option_writes_to_that_file_and_logout_finds_it(conda: Conda, token: str) -> None:
    file = conda.folder / "team" / "condarc"
    conda.login("my-org", "--condarc", str(file), token=token)
    assert "my-org" in file.read_text()
    assert not conda.condarc.exists()
    conda.ok("private", "logout", "my-org")
    assert not file.exists()


def test_env_option_writes_to_the_active_environment(conda: Conda, token: str) -> None:
    prefix = conda.prefix("active")
    conda.ok("create", "-y", "-p", prefix)
    conda.environment["CONDA_PREFIX"] = str(prefix)
    conda.login("my-org", "--env", token=token)
    assert "my-org" in (prefix / ".condarc").read_text()
    assert not conda.condarc.exists()


def test_channel_that_the_user_listed_herself_stays_after_logout(conda: Conda, token: str) -> None:
    conda.condarc.write_text("channels:\n  - my-org\n")
    assert "my-org was already listed" in conda.login("my-org", token=token).out
    conda.ok("private", "logout", "my-org")
    assert conda.condarc.read_text() == "channels:\n  - my-org\n"


@pytest.mark.hard
def test_lines_that_were_added_since_stay_after_logout(conda: Conda, token: str) -> None:
    conda.login("my-org", token=token)
    conda.ok("config", "--append", "channels", "bioconda")
    conda.ok("private", "logout", "my-org")
    listed = conda.ok("config", "--show", "channels", "--json").data["channels"]
    assert "my-org" not in listed
    assert "bioconda" in listed


@pytest.mark.hard
def test_channels_verb_adds_lists_and_removes_without_a_login(conda: Conda) -> None:
    conda.ok("private", "channels", "add", "my-org", "--label", "dev")
    listed = conda.ok("private", "channels", "list", "--json").data
    assert listed == {
        "file": str(conda.condarc),
        "channels": ["my-org/label/dev"],
        "warnings": [],
    }
    again = conda.ok("private", "channels", "add", "my-org/label/dev").out
    assert again == "my-org/label/dev was already listed in ~/.condarc\n"
    conda.ok("private", "channels", "remove", "my-org/label/dev")
    assert not conda.condarc.exists()


def test_channels_remove_leaves_a_channel_of_the_user_and_names_conda_s_command(
    conda: Conda,
) -> None:
    conda.condarc.write_text("channels:\n  - my-org\n")
    out = conda.ok("private", "channels", "remove", "my-org").out
    assert "conda config --file" in out
    assert conda.condarc.read_text() == "channels:\n  - my-org\n"


def test_channel_settings_are_in_a_file_of_our_own_that_every_conda_reads(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    shown = conda.ok("config", "--show", "channel_settings", "--json").data["channel_settings"]
    expected = [{"channel": f"{server.conda}/my-org/label/*", "auth": "conda-private"}]
    assert shown == expected
    assert "channel_settings" not in conda.condarc.read_text()


def test_file_that_takes_precedence_is_named(conda: Conda, server: Server, token: str) -> None:
    file = Path(conda.home, ".conda", ".condarc")
    file.parent.mkdir(parents=True)
    entry = f'channel_settings:\n  - channel: "{server.conda}/*"\n    auth: http-basic\n'
    file.write_text(entry)
    result = conda.private("login", "my-org", "--token-stdin", stdin=token)
    assert result.code == 4
    assert str(file) in result.err
    assert "conda config --show-sources" in result.err
    told = conda.private("explain", f"{server.conda}/my-org", "--json").data
    assert told["handled"] is False


def test_read_only_condarc_is_an_error_with_a_next_step(conda: Conda, token: str) -> None:
    if os.geteuid() == 0:
        # Root writes everywhere: but not even root can create a file below a file.
        target = conda.folder / "plain file" / "condarc"
        target.parent.write_text("")
    else:
        target = conda.folder / "locked" / "condarc"
        target.parent.mkdir(mode=0o500)
    words = ("my-org", "--condarc", str(target), "--token-stdin")
    result = conda.private("login", *words, stdin=token)
    assert result.code == 1
    assert "Next:" in result.err


@pytest.mark.hard
def test_new_login_with_another_file_removes_the_channel_from_the_first(
    conda: Conda, token: str
) -> None:
    file = conda.folder / "team" / "condarc"
    conda.login("my-org", token=token)
    conda.login("my-org", "--condarc", str(file), token=token)
    assert not conda.condarc.exists()
    assert "my-org" in file.read_text()
    conda.ok("private", "logout", "my-org")
    assert not file.exists()
