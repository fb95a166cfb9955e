"""Entries of other authentication handlers in ``channel_settings``: conflicts are reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.integration.runner import Conda, Result
from tests.server import Server


def other_handler_for(file: Path, *channels: str, name: str = "http-basic") -> None:
    """Write entries as other plugins do."""
    file.parent.mkdir(parents=True, exist_ok=True)
    entries = [{"channel": channel, "auth": name} for channel in channels]
    YAML().dump({"channel_settings": entries}, file)


def log_in(conda: Conda, *words: str) -> Result:
    """Log in without reading the secret: only the entries matter here."""
    return conda.private("login", *words, "--from-env", "A_TOKEN", "--no-verify", "--json")


def login(conda: Conda, *words: str) -> Result:
    """Log in; conda must use the login."""
    result = log_in(conda, *words)
    assert result.code == 0, result.text
    return result


@pytest.mark.parametrize("form", ["my-org/label/rc", "{conda}/my-org/label/rc/*"])
def test_login_for_a_label_names_the_label_that_it_takes_from_another_handler(
    conda: Conda, server: Server, form: str
) -> None:
    other_handler_for(conda.condarc, form.format(conda=server.conda))
    taken = login(conda, "my-org", "--label", "dev").data["takes_over"]
    assert taken == [{"channel": f"{server.conda}/my-org/label/rc", "handler": "http-basic"}]


def test_login_for_a_label_takes_the_other_labels_from_the_handler_of_the_host(
    conda: Conda, server: Server
) -> None:
    other_handler_for(conda.condarc, f"{server.conda}/*")
    taken = login(conda, "my-org", "--label", "dev").data["takes_over"]
    assert taken == [{"channel": f"{server.conda}/my-org/label/main", "handler": "http-basic"}]


@pytest.mark.parametrize("form", ["my-org", "{conda}/my-org", "{conda}/my-org/noarch/*"])
def test_login_for_a_label_leaves_its_channel_to_the_other_handler(
    conda: Conda, server: Server, form: str
) -> None:
    other_handler_for(conda.condarc, form.format(conda=server.conda))
    assert login(conda, "my-org", "--label", "dev").data["takes_over"] == []


@pytest.mark.hard
def test_warning_has_the_command_that_fixes_it(conda: Conda, server: Server, token: str) -> None:
    other_handler_for(conda.condarc, "my-org/label/rc")
    told = conda.login("my-org", "--label", "dev", token=token)
    assert f"conda no longer uses http-basic for {server.conda}/my-org/label/rc." in told.err
    (command,) = [line for line in told.err.splitlines() if line.startswith("Next: ")]
    assert command == f"Next:  conda private login {server.conda}/my-org/label/rc"
    # The label has no packages, so nothing is verified; the entries do not depend on it.
    conda.ok("private", "login", command.split()[-1], "--from-env", "A_TOKEN", "--no-verify")
    after = conda.login("my-org", "--label", "dev", token=token)
    assert "http-basic" not in after.err


def test_name_of_a_handler_cannot_move_the_cursor(conda: Conda, token: str) -> None:
    other_handler_for(conda.condarc, "my-org/label/rc", name="evil\x1b[2J\rhandler")
    told = conda.login("my-org", "--label", "dev", token=token)
    assert "conda no longer uses evil[2Jhandler for" in told.err


@pytest.mark.hard
def test_many_channels_of_a_host_take_no_channel_from_another_handler(
    conda: Conda, server: Server
) -> None:
    other_handler_for(conda.condarc, "other", f"{server.conda}/third/*")
    file = conda.folder / "logins.yml"
    rows = [f"- {{address: '{server.conda}/{n}', source: 'env:A_TOKEN'}}" for n in range(5)]
    file.write_text("\n".join(["logins:", *rows]))
    told = conda.ok("private", "login", "--all", str(file), "--yes", "--no-verify")
    assert "Warning" not in told.err
    # Entries that come later are noticed, and the next login leaves them alone.
    conda.condarc.unlink()
    conda.ok("private", "logout", f"{server.conda}/4")
    login(conda, "4", "--add-channel", "none")
    other_handler_for(conda.condarc, "other")
    taken = [{"channel": f"{server.conda}/other", "handler": "http-basic"}]
    assert conda.private("list", "--json").data["takes_over"] == taken
    assert login(conda, "5", "--add-channel", "none").data["takes_over"] == []


def test_channel_with_a_login_is_not_reported_as_taken_over(conda: Conda, server: Server) -> None:
    other_handler_for(conda.condarc, "my-org/label/rc", f"{server.conda}/my-org/*")
    assert login(conda, "my-org").data["takes_over"] == []


def test_entry_that_takes_precedence_over_ours_is_not_taken_over(
    conda: Conda, server: Server
) -> None:
    file = Path(conda.home, ".conda", ".condarc")
    other_handler_for(file, f"{server.conda}/*")
    result = log_in(conda, "my-org", "--label", "dev")
    assert result.code == 4
    told = result.data
    assert told["takes_over"] == []
    assert told["hidden_by"] == [{"setting": "channel_settings", "source": str(file)}]


@pytest.mark.parametrize("form", ["*", "https://*", "{conda}/my-*", "defaults", "a b"])
def test_patterns_that_name_no_single_channel_are_ignored(
    conda: Conda, server: Server, form: str
) -> None:
    other_handler_for(conda.condarc, form.format(conda=server.conda))
    told = login(conda, "my-org").data
    assert told["takes_over"] == []
    assert told["login"]["address"] == f"{server.conda}/my-org"
