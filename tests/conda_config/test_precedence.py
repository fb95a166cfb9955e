"""Which handler conda takes where our channel settings meet those of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda.base.context import context
from conda.plugins import hookimpl
from conda.plugins.types import ChannelAuthBase, CondaAuthHandler

from conda_private.conda_config.precedence import (
    Entry,
    Taken,
    deciding,
    displaced,
    has_entries_of_others,
    is_ours,
    taken_over,
)
from conda_private.files import paths
from conda_private.model.address import Address
from tests.home import Home, home_in

HOST = "https://conda.example.org"
ORG = Address.parse("https://conda.anaconda.org/my-org")
DEV = ORG.child("label", "dev")
MAIN = ORG.child("label", "main")
OTHER = "anaconda-auth"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home without any setting."""
    with home_in(tmp_path) as home:
        yield home


@pytest.fixture
def earlier(home: Home) -> Path:
    """A file that conda reads before ours: it has a lower priority."""
    file = paths.channel_settings().with_name("a-other.yml")
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700)
    return file


def entries(*pairs: tuple[str, str]) -> str:
    """A ``.condarc`` that names a handler for each channel."""
    return json.dumps({"channel_settings": [{"channel": c, "auth": h} for c, h in pairs]})


def test_channel_with_a_login_is_ours(home: Home) -> None:
    assert not is_ours(ORG)
    home.log_in(str(ORG))
    assert is_ours(ORG)
    assert is_ours(DEV)
    assert not is_ours(Address.parse("https://conda.anaconda.org/my-org2"))


def test_login_of_a_label_is_for_labels_alone(home: Home) -> None:
    home.log_in(str(DEV))
    assert [is_ours(each) for each in (DEV, MAIN, ORG)] == [True, True, False]


def test_configuration_is_read_from_disk_each_time(home: Home) -> None:
    home.log_in(str(ORG))
    assert is_ours(ORG)
    paths.channel_settings().unlink()
    assert not is_ours(ORG)


@pytest.mark.parametrize("pattern", ["my-org", str(ORG), f"{ORG}/*", "https://*"])
def test_entry_of_another_handler_in_a_file_of_lower_priority_wins(
    home: Home, earlier: Path, pattern: str
) -> None:
    # conda puts the entries of such a file behind all others, and takes the last one that matches.
    home.log_in(str(ORG))
    earlier.write_text(entries((pattern, "unknown-handler")))
    assert is_ours(ORG) is (pattern == str(ORG))
    theirs, ours = Entry(pattern, "unknown-handler", str(earlier)), paths.channel_settings()
    expected = Entry(f"{ORG}/*", "conda-private", str(ours)) if pattern == str(ORG) else theirs
    assert deciding(ORG) == expected


def test_entry_of_another_handler_in_a_file_of_higher_priority_does_not_win(home: Home) -> None:
    home.log_in(str(ORG))
    home.condarc_path.write_text(entries(("my-org/label/dev", OTHER), (f"{ORG}/*", OTHER)))
    assert is_ours(ORG)
    assert is_ours(MAIN)


def test_entry_that_decides_is_the_last_one_that_matches(home: Home) -> None:
    patterns = ("my-org", "https://conda.anaconda.org/*", f"{HOST}/a/*")
    home.condarc_path.write_text(entries(*((each, OTHER) for each in patterns)))
    is_ours(ORG)  # reads the files
    file = str(home.condarc_path)
    assert deciding(ORG) == deciding(DEV) == Entry(patterns[1], OTHER, file)
    assert deciding(Address.parse(f"{HOST}/a")) == Entry(patterns[2], OTHER, file)
    for address in (f"{HOST}/b", f"{HOST}/a2", HOST):
        assert deciding(Address.parse(address)) is None


def test_entry_without_a_handler_decides_too(home: Home) -> None:
    home.condarc_path.write_text('{"channel_settings": [{"channel": "my-org"}]}')
    is_ours(ORG)
    assert deciding(ORG) == Entry("my-org", "", str(home.condarc_path))
    home.condarc_path.write_text("channel_settings: [{auth: anaconda-auth}]\n")
    is_ours(ORG)
    assert deciding(ORG) is None


@pytest.mark.parametrize(
    "pattern", ["my-org", str(ORG), f"{ORG}/*", "https://conda.anaconda.org/*"]
)
def test_handler_that_ours_takes_precedence_over_is_named(home: Home, pattern: str) -> None:
    home.condarc_path.write_text(entries((pattern, OTHER)))
    assert not is_ours(ORG)
    assert displaced(ORG) is None  # theirs is in effect
    home.log_in(str(ORG))
    assert is_ours(ORG)
    assert displaced(ORG) == Entry(pattern, OTHER, str(home.condarc_path))


class FailingPlugin:
    """Another plugin, whose handler cannot be created without its credential."""

    @hookimpl
    def conda_auth_handlers(self) -> Iterator[CondaAuthHandler]:
        """Add the handler."""
        yield CondaAuthHandler(name="failing", handler=Failing)


class Failing(ChannelAuthBase):
    """Its handler."""

    def __init__(self, channel_name: str) -> None:
        raise RuntimeError("Token not found")


def test_handler_of_another_plugin_that_fails_is_not_ours(home: Home) -> None:
    home.log_in(f"{HOST}/mine")
    home.condarc_path.write_text(entries((f"{HOST}/*", "failing"), ("my-org", "failing")))
    plugin = FailingPlugin()
    context.plugin_manager.register(plugin)
    try:
        assert not is_ours(ORG)
        assert is_ours(Address.parse(f"{HOST}/mine"))
        assert taken_over([Address.parse(f"{HOST}/mine")]) == []
    finally:
        context.plugin_manager.unregister(plugin)


def test_no_handler_is_named_where_none_has_an_entry(home: Home) -> None:
    home.condarc_path.write_text(entries((f"{HOST}/a", OTHER)))
    home.log_in(str(ORG))
    assert is_ours(ORG)
    assert displaced(ORG) is None


@pytest.mark.parametrize(
    "pattern", [f"{HOST}/a", f"{HOST}/a/*", "https://*", "https://*.example.org/*", "mine"]
)
def test_server_with_an_entry_of_another_handler_is_noticed(home: Home, pattern: str) -> None:
    mine = {"custom_channels": {"mine": f"{HOST}/get"}}
    home.condarc(json.dumps({**json.loads(entries((pattern, OTHER))), **mine}))
    assert has_entries_of_others(Address.parse(HOST))
    assert not has_entries_of_others(Address.parse("http://conda.example.org"))
    elsewhere = Address.parse("https://conda.anaconda.org")
    assert has_entries_of_others(elsewhere) is (pattern == "https://*")


def test_fifth_login_leaves_a_host_to_another_handler(home: Home) -> None:
    home.condarc(entries((f"{HOST}/theirs/*", OTHER)))
    for number in range(6):
        home.log_in(f"{HOST}/{number}")
    theirs = Address.parse(f"{HOST}/theirs")
    assert not is_ours(theirs)
    assert is_ours(Address.parse(f"{HOST}/5"))
    assert taken_over(Address.parse(f"{HOST}/{number}") for number in range(6)) == []


def test_nothing_is_taken_over_where_no_other_handler_has_an_entry(home: Home) -> None:
    home.log_in(str(DEV))
    assert taken_over([DEV]) == []
    home.condarc_path.write_text(entries((f"{HOST}/a", OTHER)))
    assert taken_over([DEV]) == []


@pytest.mark.parametrize("pattern", [str(MAIN), f"{MAIN}/*", "my-org/label/main", f"{ORG}/*"])
def test_label_that_another_handler_had_is_taken_over(home: Home, pattern: str) -> None:
    home.condarc_path.write_text(entries((pattern, OTHER)))
    home.log_in(str(DEV))
    assert taken_over([DEV]) == [Taken(MAIN, OTHER)]
    assert taken_over([DEV, MAIN]) == []
    assert taken_over([ORG]) == []


def test_entries_made_after_a_host_was_ours_as_a_whole_are_taken_over(home: Home) -> None:
    addresses = [Address.parse(f"{HOST}/{number}") for number in range(5)]
    for address in addresses:
        home.log_in(str(address))
    home.condarc_path.write_text(
        entries((f"{HOST}/theirs", "first"), (f"{HOST}/theirs", OTHER), (f"{HOST}/a/*", "third"))
    )
    theirs, third = (Address.parse(f"{HOST}/{name}") for name in ("theirs", "a"))
    # Of several entries conda takes the last one.
    assert taken_over(addresses) == [Taken(third, "third"), Taken(theirs, OTHER)]
    assert taken_over([*addresses, third]) == [Taken(theirs, OTHER)]


def test_channel_that_stays_with_the_other_handler_is_not_taken_over(
    home: Home, earlier: Path
) -> None:
    earlier.write_text(entries((f"{MAIN}/*", OTHER)))
    home.log_in(str(DEV))
    assert taken_over([DEV]) == []


def test_name_of_a_handler_cannot_move_the_cursor(home: Home) -> None:
    home.condarc_path.write_text(entries((str(MAIN), "an\x1b[2Jother\n")))
    home.log_in(str(DEV))
    assert taken_over([DEV]) == [Taken(MAIN, "an[2Jother")]


@pytest.mark.parametrize("pattern", ["https://*/label/*", "*", "defaults", ""])
def test_pattern_that_means_no_one_channel_is_no_error(home: Home, pattern: str) -> None:
    home.condarc_path.write_text(entries((pattern, OTHER), (str(MAIN), "last")))
    home.log_in(str(DEV))
    assert taken_over([DEV]) == [Taken(MAIN, "last")]
