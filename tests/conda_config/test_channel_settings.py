"""conda hands over exactly what is in a channel that has a login, and no other request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlparse

import pytest
from conda.base.context import reset_context
from conda.gateways.connection.session import get_session
from ruamel.yaml import YAML

from conda_private.conda_config.channel_settings import (
    HANDLER,
    MAX_CHANNELS_PER_ORIGIN,
    patterns,
    wiring,
)
from conda_private.handler.auth import PrivateAuth
from conda_private.model.address import ChannelUrl, channel_of

HOST = "https://conda.anaconda.org"


def _scopes(*texts: str) -> list[ChannelUrl]:
    return [ChannelUrl.parse(text) for text in texts]


def _is_handed_over(url: str, found: Iterable[str]) -> bool:
    """Whether conda would call the handler: it compares host and path, and so the scheme."""
    asked = urlparse(url)
    entries = [urlparse(pattern) for pattern in found]
    return any(
        entry.scheme == asked.scheme
        and fnmatch(asked.netloc + asked.path, entry.netloc + entry.path)
        for entry in entries
    )


@pytest.fixture
def conda_reads(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Makes conda read one configuration file, and nothing else, until the test ends."""

    def read(text: str) -> None:
        file = tmp_path / "conda-private.yml"
        file.write_text(text)
        reset_context([file])
        get_session.cache_clear()

    yield read
    reset_context()
    get_session.cache_clear()


def test_channel_has_two_entries_its_address_and_all_below() -> None:
    assert patterns(_scopes(f"{HOST}/my-org")) == (f"{HOST}/my-org", f"{HOST}/my-org/*")


def test_label_has_the_one_entry_of_all_labels_of_its_channel() -> None:
    assert patterns(_scopes(f"{HOST}/my-org/label/dev")) == (f"{HOST}/my-org/label/*",)


def test_channel_and_labels_cost_two_entries_together() -> None:
    scopes = _scopes(f"{HOST}/my-org", f"{HOST}/my-org/label/dev", f"{HOST}/my-org/label/rc")
    assert patterns(scopes) == (f"{HOST}/my-org", f"{HOST}/my-org/*")


def test_entries_are_ordered_whatever_the_order_of_the_logins() -> None:
    scopes = _scopes(f"{HOST}/b", "http://localhost:8080/z", f"{HOST}/a/label/dev")
    expected = (
        "http://localhost:8080/z",
        "http://localhost:8080/z/*",
        f"{HOST}/a/label/*",
        f"{HOST}/b",
        f"{HOST}/b/*",
    )
    assert patterns(scopes) == expected
    assert patterns(reversed(scopes)) == expected


def test_channel_below_another_needs_no_entries_of_its_own() -> None:
    scopes = _scopes(f"{HOST}/get/private", f"{HOST}/get", f"{HOST}/get/private/deep/label/x")
    assert patterns(scopes) == (f"{HOST}/get", f"{HOST}/get/*")


def test_channel_with_a_longer_name_is_not_below() -> None:
    scopes = _scopes(f"{HOST}/private", f"{HOST}/private2")
    assert patterns(scopes) == (
        f"{HOST}/private",
        f"{HOST}/private/*",
        f"{HOST}/private2",
        f"{HOST}/private2/*",
    )


def test_login_for_a_whole_host_covers_all_its_channels() -> None:
    scopes = _scopes(f"{HOST}/a", HOST, f"{HOST}/b")
    assert patterns(scopes) == (HOST, f"{HOST}/*")


def test_four_channels_of_an_origin_have_entries_of_their_own() -> None:
    channels = [f"{HOST}/channel-{number}" for number in range(MAX_CHANNELS_PER_ORIGIN)]
    expected = [text for channel in channels for text in (channel, f"{channel}/*")]
    assert len(channels) == 4
    assert list(patterns(_scopes(*channels))) == expected


def test_five_channels_of_an_origin_become_the_origin() -> None:
    channels = [f"{HOST}/channel-{number}" for number in range(5)]
    other = "https://conda.example.org:8443/private"
    assert patterns(_scopes(*channels, other)) == (f"{HOST}/*", other, f"{other}/*")


def test_labels_of_five_channels_of_an_origin_become_the_origin() -> None:
    labels = [f"{HOST}/channel-{number}/label/dev" for number in range(5)]
    assert patterns(_scopes(*labels)) == (f"{HOST}/*",)


def test_labels_are_not_counted_as_channels() -> None:
    labels = [f"{HOST}/my-org/label/{number}" for number in range(40)]
    assert patterns(_scopes(*labels)) == (f"{HOST}/my-org/label/*",)


def test_channel_that_is_named_label_is_no_label() -> None:
    assert patterns(_scopes(f"{HOST}/label/label/dev")) == (f"{HOST}/label/label/*",)
    both = _scopes(f"{HOST}/my-org/label", f"{HOST}/my-org/label/dev")
    assert patterns(both) == (f"{HOST}/my-org/label", f"{HOST}/my-org/label/*")


def test_channels_of_other_origins_are_not_counted_together() -> None:
    near = [f"{HOST}/channel-{number}" for number in range(3)]
    far = [f"{HOST}:8443/channel-{number}" for number in range(3)]
    assert len(patterns(_scopes(*near, *far))) == 12


@pytest.mark.parametrize(
    ("scope", "channel"),
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
def test_channel_of_a_label(scope: str, channel: str) -> None:
    assert str(channel_of(ChannelUrl.parse(HOST + scope))) == HOST + channel


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

LEFT_TO_CONDA = {
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
@pytest.mark.parametrize("scope", [f"{HOST}/my-org", HOST])
def test_conda_hands_over_what_is_in_a_channel(scope: str, path: str) -> None:
    assert _is_handed_over(HOST + path, patterns(_scopes(scope)))


@pytest.mark.parametrize("path", OF_THE_LABEL.values(), ids=OF_THE_LABEL)
def test_conda_hands_over_what_is_in_a_label(path: str) -> None:
    assert _is_handed_over(HOST + path, patterns(_scopes(f"{HOST}/my-org/label/dev")))


@pytest.mark.parametrize("path", BELOW.values(), ids=BELOW)
def test_conda_keeps_the_channel_of_a_label_to_itself(path: str) -> None:
    url = f"{HOST}/my-org{path}"
    assert not _is_handed_over(url, patterns(_scopes(f"{HOST}/my-org/label/dev")))


@pytest.mark.parametrize("path", OF_THE_CHANNEL.values(), ids=OF_THE_CHANNEL)
def test_conda_hands_over_what_is_in_one_of_many_channels(path: str) -> None:
    channels = [f"{HOST}/channel-{number}" for number in range(4)]
    assert _is_handed_over(HOST + path, patterns(_scopes(f"{HOST}/my-org", *channels)))


@pytest.mark.parametrize("url", LEFT_TO_CONDA.values(), ids=LEFT_TO_CONDA)
@pytest.mark.parametrize("scope", [f"{HOST}/my-org", f"{HOST}/my-org/label/dev"])
def test_conda_keeps_to_itself(scope: str, url: str) -> None:
    assert not _is_handed_over(url, patterns(_scopes(scope)))


@pytest.mark.parametrize(
    ("scope", "paths"),
    [("/my-org", OF_THE_CHANNEL), ("/my-org/label/dev", OF_THE_LABEL)],
    ids=["channel", "label"],
)
def test_real_conda_hands_over_what_is_in_the_scope_and_nothing_else(
    conda_reads: Callable[[str], None], scope: str, paths: dict[str, str]
) -> None:
    conda_reads(wiring(_scopes(HOST + scope)))
    urls = [HOST + path for path in OF_THE_CHANNEL.values()]
    urls += [url for url in LEFT_TO_CONDA.values() if url.startswith("http")]
    asked = {url for url in urls if type(get_session(url).auth) is PrivateAuth}
    assert asked == {HOST + path for path in paths.values()}


def test_no_login_needs_no_file() -> None:
    assert patterns([]) == ()
    assert wiring([]) == ""


def test_file_says_what_it_is_and_holds_the_entries() -> None:
    text = wiring(_scopes(f"{HOST}/my-org"))
    assert text.startswith("# Made by conda-private")
    assert YAML(typ="safe").load(text) == {
        "channel_settings": [
            {"channel": f"{HOST}/my-org", "auth": HANDLER},
            {"channel": f"{HOST}/my-org/*", "auth": HANDLER},
        ]
    }


def test_file_is_one_comment_and_one_line_however_many_the_entries() -> None:
    # conda parses it in each command, and each line costs.
    text = wiring(_scopes(*(f"{HOST}/channel-{number}" for number in range(4))))
    assert text.count("\n") == 2


@pytest.mark.parametrize(
    "segment", ["~", "null", "yes", "1.0", "0x1f", "-", "=", "+a", "a:b", "a,b", "@user", "---"]
)
def test_every_name_of_a_channel_is_read_back_from_the_file(segment: str) -> None:
    scope = ChannelUrl.parse(f"{HOST}/{segment}")
    (plain, below) = YAML(typ="safe").load(wiring([scope]))["channel_settings"]
    assert (plain["channel"], below["channel"]) == (str(scope), f"{scope}/*")
