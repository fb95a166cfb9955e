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


def login(conda: Conda, *words: str) -> Result:
    """Log in without reading the secret: only the entries matter here."""
    return conda.ok("private", "login", *words, "--from-env", "A_TOKEN", "--no-verify", "--json")


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


def test_many_channels_of_a_host_take_the_whole_host_with_a_warning(
    conda: Conda, server: Server
) -> None:
    elsewhere = "https://elsewhere.example.org/*"
    other_handler_for(conda.condarc, "other", f"{server.conda}/third/*", elsewhere)
    for number in range(4):
        assert login(conda, f"channel-{number}").data["takes_over"] == []
    file = conda.folder / "logins.yml"
    last = f"{server.conda}/channel-4"
    file.write_text(f"logins:\n- address: {last}\n  source: env:A_TOKEN\n")
    told = conda.ok("private", "login", "--all", str(file), "--yes", "--no-verify")
    offered = [line for line in told.err.splitlines() if line.startswith("Next: ")]
    assert offered == [
        f"Next:  conda private login {server.conda}/other",
        f"Next:  conda private login {server.conda}/third",
    ]


def test_channel_with_a_login_is_not_reported_as_taken_over(conda: Conda, server: Server) -> None:
    other_handler_for(conda.condarc, "my-org/label/rc", f"{server.conda}/my-org/*")
    assert login(conda, "my-org").data["takes_over"] == []


def test_entry_that_takes_precedence_over_ours_is_not_taken_over(
    conda: Conda, server: Server
) -> None:
    file = Path(conda.home, ".config", "conda", "condarc")
    other_handler_for(file, f"{server.conda}/*")
    told = login(conda, "my-org", "--label", "dev").data
    assert told["takes_over"] == []
    assert told["overridden_by"] == [str(file)]


@pytest.mark.parametrize("form", ["*", "https://*", "{conda}/my-*", "defaults", "a b"])
def test_patterns_that_name_no_single_channel_are_ignored(
    conda: Conda, server: Server, form: str
) -> None:
    other_handler_for(conda.condarc, form.format(conda=server.conda))
    told = login(conda, "my-org").data
    assert told["takes_over"] == []
    assert told["login"]["address"] == f"{server.conda}/my-org"
