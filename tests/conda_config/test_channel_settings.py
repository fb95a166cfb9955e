"""conda uses our handler for the channels that have a login, and for no other request."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from itertools import product
from pathlib import Path
from urllib.parse import urlparse

import pytest
from conda.base.context import reset_context
from conda.gateways.connection.session import get_session
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conda_private.conda_config.channel_settings import (
    HANDLER,
    MAX_CHANNELS_PER_ORIGIN,
    ChannelSettingsFile,
    Neighbors,
    patterns,
    render,
)
from conda_private.files.permissions import SYSTEM
from conda_private.handler.auth import PrivateAuth
from conda_private.model.address import Address
from conda_private.model.channel import channel_of, with_label
from conda_private.model.exceptions import FileWriteError

HOST = "https://conda.anaconda.org"
SHARED = Neighbors(has_others=lambda origin: str(origin) == HOST)


def _addresses(*texts: str) -> list[Address]:
    return [Address.parse(text) for text in texts]


def _calls_our_handler(url: str, found: Iterable[str]) -> bool:
    """Whether conda would call our handler: it compares scheme, host and path."""
    asked = urlparse(url)
    entries = [urlparse(pattern) for pattern in found]
    return any(
        entry.scheme == asked.scheme
        and fnmatch(asked.netloc + asked.path, entry.netloc + entry.path)
        for entry in entries
    )


@pytest.fixture
def conda_reads(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Makes conda read this configuration file, and no other, until the test ends."""

    def read(text: str) -> None:
        file = tmp_path / "conda-private.yml"
        file.write_text(text)
        reset_context([file])
        get_session.cache_clear()

    yield read
    reset_context()
    get_session.cache_clear()


def test_channel_has_two_settings_its_address_and_all_below() -> None:
    assert patterns(_addresses(f"{HOST}/my-org")) == (f"{HOST}/my-org", f"{HOST}/my-org/*")


def test_label_has_the_one_setting_for_all_labels_of_its_channel() -> None:
    assert patterns(_addresses(f"{HOST}/my-org/label/dev")) == (f"{HOST}/my-org/label/*",)


def test_channel_and_its_labels_have_two_settings_together() -> None:
    addresses = _addresses(f"{HOST}/my-org", f"{HOST}/my-org/label/dev", f"{HOST}/my-org/label/rc")
    assert patterns(addresses) == (f"{HOST}/my-org", f"{HOST}/my-org/*")


def test_settings_are_ordered_whatever_the_order_of_the_logins() -> None:
    addresses = _addresses(f"{HOST}/b", "http://localhost:8080/z", f"{HOST}/a/label/dev")
    expected = (
        "http://localhost:8080/z",
        "http://localhost:8080/z/*",
        f"{HOST}/a/label/*",
        f"{HOST}/b",
        f"{HOST}/b/*",
    )
    assert patterns(addresses) == expected
    assert patterns(reversed(addresses)) == expected


def test_channel_below_another_has_no_settings_of_its_own() -> None:
    addresses = _addresses(f"{HOST}/get/private", f"{HOST}/get", f"{HOST}/get/private/deep/label/x")
    assert patterns(addresses) == (f"{HOST}/get", f"{HOST}/get/*")


def test_channel_with_a_longer_name_is_not_below() -> None:
    addresses = _addresses(f"{HOST}/private", f"{HOST}/private2")
    assert patterns(addresses, SHARED) == (
        f"{HOST}/private",
        f"{HOST}/private/*",
        f"{HOST}/private2",
        f"{HOST}/private2/*",
    )


def test_login_for_a_whole_host_covers_all_its_channels() -> None:
    addresses = _addresses(f"{HOST}/a", HOST, f"{HOST}/b")
    assert patterns(addresses) == (HOST, f"{HOST}/*")


def pairs_of(channels: Iterable[str]) -> list[str]:
    """The exact settings of channels."""
    return [text for channel in channels for text in (channel, f"{channel}/*")]


def test_two_to_four_channels_of_an_origin_share_one_setting() -> None:
    channels = [f"{HOST}/channel-{number}" for number in range(MAX_CHANNELS_PER_ORIGIN)]
    assert len(channels) == 4
    assert patterns(_addresses(*channels)) == (f"{HOST}/channel-[0123]*",)
    assert patterns(_addresses(*channels[:2])) == (f"{HOST}/channel-[01]*",)
    assert list(patterns(_addresses(channels[0]))) == pairs_of(channels[:1])


def test_shared_setting_has_the_letters_at_each_place_of_the_names() -> None:
    addresses = _addresses(f"{HOST}/my-org", f"{HOST}/x-data-science")
    assert patterns(addresses) == (f"{HOST}/[mx][-y][-d][ao][rt][ag]*",)


NAMES = ["my-org", "bio-team", "data.science", "x", "my-org2", "ab", "a/b", "-+-", "~=,", "0_@:"]


@given(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
def test_settings_of_several_channels_cover_each_of_them(names: list[str]) -> None:
    found = patterns(_addresses(*(f"{HOST}/{name}" for name in names)))
    for name, path in product(names, OF_THE_CHANNEL.values()):
        assert _calls_our_handler(HOST + path.replace("/my-org", f"/{name}", 1), found)


@pytest.mark.parametrize("names", [("a", "cd"), ("my-org", "conda-forge-x"), ("rx", "sx", "r-y")])
def test_setting_that_would_match_a_well_known_channel_is_not_shared(
    names: tuple[str, ...],
) -> None:
    channels = sorted(f"{HOST}/{name}" for name in names)
    found = patterns(_addresses(*channels))
    for name in ("conda-forge", "bioconda", "r", "main"):
        assert not _calls_our_handler(f"{HOST}/{name}/linux-64/repodata.json", found)
    if names != ("rx", "sx", "r-y"):
        assert list(found) == pairs_of(channels)


def test_setting_that_would_match_a_channel_in_use_is_not_shared() -> None:
    channels = [f"{HOST}/my-org", f"{HOST}/my-team"]
    assert patterns(_addresses(*channels)) == (f"{HOST}/my-[ot][er][ag]*",)
    near = Neighbors(public=_addresses(f"{HOST}/my-organization"))
    assert list(patterns(_addresses(*channels), near)) == pairs_of(channels)
    far = Neighbors(public=_addresses(f"{HOST}/your-org", channels[0] + "/label/dev"))
    assert patterns(_addresses(*channels), far) == (f"{HOST}/my-[ot][er][ag]*",)


def test_channel_of_a_label_with_a_login_is_not_in_a_shared_setting() -> None:
    channels = [f"{HOST}/my-org", f"{HOST}/my-team"]
    found = patterns(_addresses(*channels, f"{HOST}/my-organs/label/dev"))
    assert set(found) == {*pairs_of(channels), f"{HOST}/my-organs/label/*"}


def test_settings_beside_those_of_another_handler_are_exact_however_many() -> None:
    channels = sorted(f"{HOST}/channel-{number}" for number in range(12))
    elsewhere = [f"https://other.example.org/x{name}" for name in "ab"]
    found = patterns(_addresses(*channels, *elsewhere), SHARED)
    assert list(found) == [*pairs_of(channels), "https://other.example.org/x[ab]*"]


def test_five_channels_of_an_origin_have_the_setting_of_the_origin() -> None:
    channels = [f"{HOST}/channel-{number}" for number in range(5)]
    other = "https://conda.example.org:8443/private"
    assert patterns(_addresses(*channels, other)) == (f"{HOST}/*", other, f"{other}/*")


def test_labels_of_five_channels_of_an_origin_have_the_setting_of_the_origin() -> None:
    labels = [f"{HOST}/channel-{number}/label/dev" for number in range(5)]
    assert patterns(_addresses(*labels)) == (f"{HOST}/*",)


def test_labels_are_not_counted_as_channels() -> None:
    labels = [f"{HOST}/my-org/label/{number}" for number in range(40)]
    assert patterns(_addresses(*labels)) == (f"{HOST}/my-org/label/*",)


def test_channel_named_label_is_not_a_label() -> None:
    assert patterns(_addresses(f"{HOST}/label/label/dev")) == (f"{HOST}/label/label/*",)
    both = _addresses(f"{HOST}/my-org/label", f"{HOST}/my-org/label/dev")
    assert patterns(both) == (f"{HOST}/my-org/label", f"{HOST}/my-org/label/*")


def test_channels_of_other_origins_are_not_counted_together() -> None:
    near = [f"{HOST}/channel-{number}" for number in range(3)]
    far = [f"{HOST}:8443/channel-{number}" for number in range(3)]
    expected = (f"{HOST}/channel-[012]*", f"{HOST}:8443/channel-[012]*")
    assert patterns(_addresses(*near, *far)) == expected


@pytest.mark.parametrize(
    ("address", "channel"),
    [
        ("/my-org", "/my-org"),
        ("/my-org/label/dev", "/my-org"),
        ("/get/my-org/label/dev", "/get/my-org"),
        ("/get/my-org", "/get/my-org"),
        ("/my-org/label", "/my-org/label"),
        ("/label/my-org", "/label/my-org"),
        ("/label/label/dev", "/label"),
        ("/my-org/label/label", "/my-org"),
        ("", ""),
    ],
)
def test_channel_of_a_label(address: str, channel: str) -> None:
    assert str(channel_of(Address.parse(HOST + address))) == HOST + channel


BELOW = {
    "address": "",
    "repodata": "/noarch/repodata.json",
    "repodata of a platform": "/linux-64/repodata.json.zst",
    "JLAP": "/linux-64/repodata.jlap",
    "shard index": "/noarch/repodata_shards.msgpack.zst",
    "shard": "/noarch/shards/0a1b2c3d4e5f.msgpack.zst",
    "notices": "/notices.json",
    "package": "/noarch/x-1.0-0.conda",
    "old package of an epoch": "/noarch/x-1!1.0-0.tar.bz2",
}
OF_THE_LABEL = {f"{name}, label": f"/my-org/label/dev{path}" for name, path in BELOW.items()}
OF_THE_CHANNEL = {name: f"/my-org{path}" for name, path in BELOW.items()} | OF_THE_LABEL

NOT_OURS = {
    "longer name": f"{HOST}/my-org2/noarch/repodata.json",
    "longer name, itself": f"{HOST}/my-org2",
    "name with an end": f"{HOST}/my-org-evil/noarch/repodata.json",
    "another channel": f"{HOST}/conda-forge/noarch/repodata.json",
    "the same name deeper": f"{HOST}/other/my-org/noarch/repodata.json",
    "the host": HOST,
    "another host": "https://conda.example.org/my-org/noarch/repodata.json",
    "host with our host as its beginning": f"{HOST}.evil.example/my-org/noarch/repodata.json",
    "host that ends in ours": "https://evil-conda.anaconda.org/my-org/noarch/repodata.json",
    "another port": f"{HOST}:8443/my-org/noarch/repodata.json",
    "http": "http://conda.anaconda.org/my-org/noarch/repodata.json",
    "file": "file:///conda.anaconda.org/my-org/noarch/repodata.json",
}


@pytest.mark.parametrize("path", OF_THE_CHANNEL.values(), ids=OF_THE_CHANNEL)
@pytest.mark.parametrize("address", [f"{HOST}/my-org", HOST])
def test_conda_calls_our_handler_for_everything_in_a_channel(address: str, path: str) -> None:
    assert _calls_our_handler(HOST + path, patterns(_addresses(address)))


@pytest.mark.parametrize("path", OF_THE_LABEL.values(), ids=OF_THE_LABEL)
def test_conda_calls_our_handler_for_everything_in_a_label(path: str) -> None:
    assert _calls_our_handler(HOST + path, patterns(_addresses(f"{HOST}/my-org/label/dev")))


@pytest.mark.parametrize("path", BELOW.values(), ids=BELOW)
def test_conda_does_not_call_our_handler_for_the_channel_of_a_label(path: str) -> None:
    url = f"{HOST}/my-org{path}"
    assert not _calls_our_handler(url, patterns(_addresses(f"{HOST}/my-org/label/dev")))


@pytest.mark.parametrize("path", OF_THE_CHANNEL.values(), ids=OF_THE_CHANNEL)
def test_conda_calls_our_handler_for_everything_in_one_of_many_channels(path: str) -> None:
    channels = [f"{HOST}/channel-{number}" for number in range(4)]
    assert _calls_our_handler(HOST + path, patterns(_addresses(f"{HOST}/my-org", *channels)))


@pytest.mark.parametrize("url", NOT_OURS.values(), ids=NOT_OURS)
@pytest.mark.parametrize("address", [f"{HOST}/my-org", f"{HOST}/my-org/label/dev"])
def test_conda_does_not_call_our_handler_for(address: str, url: str) -> None:
    assert not _calls_our_handler(url, patterns(_addresses(address)))


@pytest.mark.parametrize(
    ("address", "paths"),
    [("/my-org", OF_THE_CHANNEL), ("/my-org/label/dev", OF_THE_LABEL)],
    ids=["channel", "label"],
)
def test_real_conda_calls_our_handler_below_the_address_and_nowhere_else(
    conda_reads: Callable[[str], None], address: str, paths: dict[str, str]
) -> None:
    conda_reads(render(_addresses(HOST + address)))
    urls = [HOST + path for path in OF_THE_CHANNEL.values()]
    urls += [url for url in NOT_OURS.values() if url.startswith("http")]
    asked = {url for url in urls if type(get_session(url).auth) is PrivateAuth}
    assert asked == {HOST + path for path in paths.values()}


def test_no_login_needs_no_file() -> None:
    assert patterns([]) == ()
    assert render([]) == ""


def test_file_has_a_comment_and_the_settings() -> None:
    text = render(_addresses(f"{HOST}/my-org"))
    assert text.startswith("# Created by conda-private")
    assert YAML(typ="safe").load(text) == {
        "channel_settings": [
            {"channel": f"{HOST}/my-org", "auth": HANDLER},
            {"channel": f"{HOST}/my-org/*", "auth": HANDLER},
        ]
    }


def test_file_is_one_comment_and_one_line_however_many_the_settings() -> None:
    # Every conda command parses it, and each line costs time.
    text = render(_addresses(*(f"{HOST}/channel-{number}" for number in range(4))))
    assert text.count("\n") == 2


@pytest.mark.parametrize(
    "segment", ["~", "null", "yes", "1.0", "0x1f", "-", "=", "+a", "a:b", "a,b", "@user", "---"]
)
def test_every_name_of_a_channel_is_read_back_from_the_file(segment: str) -> None:
    address = Address.parse(f"{HOST}/{segment}")
    (plain, below) = YAML(typ="safe").load(render([address]))["channel_settings"]
    assert (plain["channel"], below["channel"]) == (str(address), f"{address}/*")


@pytest.fixture
def file(tmp_path: Path) -> ChannelSettingsFile:
    """Our file, in a folder that does not exist yet."""
    return ChannelSettingsFile(tmp_path / "condarc.d" / "conda-private.yml")


CHANNEL = Address.parse(f"{HOST}/my-org")
posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


def test_file_is_replaced_whole_and_private(file: ChannelSettingsFile) -> None:
    file.write((CHANNEL, with_label(CHANNEL, "dev")))
    first = file.path.read_text()
    file.path.write_text("not ours")
    file.write((CHANNEL,))
    assert file.path.read_text() == first
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_file_that_would_not_change_is_not_written_again(file: ChannelSettingsFile) -> None:
    file.write((CHANNEL,))
    number = file.path.stat().st_ino
    file.write((CHANNEL, with_label(CHANNEL, "dev")))
    assert file.path.stat().st_ino == number
    file.write((CHANNEL, Address.parse(f"{HOST}/other")))
    assert file.path.stat().st_ino != number


def test_deleted_file_is_restored(file: ChannelSettingsFile) -> None:
    file.write((CHANNEL,))
    text = file.path.read_text()
    file.path.unlink()
    file.write((CHANNEL,))
    assert file.path.read_text() == text


@posix
@pytest.mark.parametrize("mode", [0o644, 0o666, 0o620])
def test_file_with_a_wrong_mode_is_restored(file: ChannelSettingsFile, mode: int) -> None:
    file.write((CHANNEL,))
    file.path.chmod(mode)
    file.write((CHANNEL,))
    assert file.path.stat().st_mode & 0o777 == 0o600


@posix
def test_system_file_is_readable_by_all(tmp_path: Path) -> None:
    system = ChannelSettingsFile(tmp_path / "condarc.d" / "conda-private.yml", SYSTEM)
    system.write((CHANNEL,))
    assert system.path.stat().st_mode & 0o777 == 0o644


def test_file_is_removed_with_the_last_address(file: ChannelSettingsFile) -> None:
    file.write(())
    file.write((CHANNEL,))
    file.write(())
    assert not file.path.exists()


def test_folder_in_place_of_the_file_is_an_error(file: ChannelSettingsFile) -> None:
    file.path.mkdir(parents=True)
    for addresses in ((CHANNEL,), ()):
        with pytest.raises(FileWriteError, match="could not be written"):
            file.write(addresses)
