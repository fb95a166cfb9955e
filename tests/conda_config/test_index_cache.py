"""Which of conda's cached indexes belong to an address, and that only they are removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda.base.context import reset_context
from conda.gateways.repodata import cache_fn_url

from conda_private.conda_config.index_cache import drop
from conda_private.model.address import Address

HOST = "https://conda.example.org"
ORG = Address.parse(f"{HOST}/my-org")
ENDINGS = (".json", ".info.json", ".msgpack.zst", ".solv", ".q", ".1a2b.tmp")


class _Caches:
    """Two package caches, which conda's configuration names."""

    def __init__(self, folder: Path) -> None:
        self.folders = [folder / "one" / "cache", folder / "two" / "cache"]
        for each in self.folders:
            each.mkdir(parents=True)

    def add(self, channel: str, *, name: str = "repodata.json", record: str = "url") -> set[str]:
        """Cache the index of a channel's noarch in both, with every file that conda may write."""
        url = f"{channel}/noarch"
        stem = cache_fn_url(url, name).removesuffix(".json")
        files = {stem + one + ending for one in ("", "1") for ending in ENDINGS}
        for folder in self.folders:
            for file in files:
                (folder / file).write_text(json.dumps({record: url}) if record else "{}")
        return files

    @property
    def files(self) -> set[str]:
        """The names of the files, which both have."""
        one, two = ({file.name for file in folder.iterdir()} for folder in self.folders)
        assert one == two
        return one


@pytest.fixture
def caches(tmp_path: Path) -> Iterator[_Caches]:
    """Empty caches, and a configuration with nothing else."""
    configure(tmp_path)
    yield _Caches(tmp_path)
    reset_context()


def configure(folder: Path, *channels: str) -> None:
    """Make conda read a configuration with two caches and these channels."""
    folders = [str(folder / name) for name in ("one", "two", "missing")]
    file = folder / "condarc.yml"
    file.write_text(json.dumps({"pkgs_dirs": folders, "channels": channels or ["other"]}))
    reset_context([file])


@pytest.mark.parametrize("name", ["repodata.json", "current_repodata.json"])
@pytest.mark.parametrize("record", ["url", "_url", ""])
def test_every_file_of_an_index_is_removed_in_every_cache(
    caches: _Caches, name: str, record: str
) -> None:
    caches.add(str(ORG), name=name, record=record)
    assert drop(ORG) == []
    assert caches.files == set()


def test_index_of_a_label_is_removed_with_its_channel(caches: _Caches) -> None:
    caches.add(f"{ORG}/label/dev")
    assert drop(ORG) == []
    assert caches.files == set()


def test_index_of_a_listed_label_is_removed_even_if_conda_recorded_no_url(
    caches: _Caches, tmp_path: Path
) -> None:
    configure(tmp_path, f"{ORG}/label/dev")
    caches.add(f"{ORG}/label/dev", record="")
    assert drop(ORG) == []
    assert caches.files == set()


@pytest.mark.parametrize(
    "channel", [f"{HOST}/my-org2", f"{HOST}/other", "https://other.example/my-org"]
)
def test_index_of_another_channel_is_kept(caches: _Caches, channel: str) -> None:
    kept = caches.add(channel)
    caches.add(str(ORG))
    assert drop(ORG) == []
    assert caches.files == kept


def test_index_of_the_channel_and_of_other_labels_is_kept_when_a_label_is_dropped(
    caches: _Caches,
) -> None:
    kept = caches.add(str(ORG)) | caches.add(f"{ORG}/label/rc")
    caches.add(f"{ORG}/label/dev")
    assert drop(ORG.child("label", "dev")) == []
    assert caches.files == kept


def test_every_index_of_a_server_is_removed_with_the_server(caches: _Caches) -> None:
    kept = caches.add("https://other.example/my-org")
    caches.add(str(ORG))
    assert drop(Address.parse(HOST)) == []
    assert caches.files == kept


@pytest.mark.parametrize("text", ["", "[]", "{", '{"url": 1}', "\xff"])
def test_record_that_cannot_be_read_is_that_of_another_channel(caches: _Caches, text: str) -> None:
    state = caches.folders[0] / "0123abcd.info.json"
    state.write_text(text, encoding="latin-1")
    for name in ("notices.json", "repodata_shards.db", "0123abcd.json"):
        (caches.folders[0] / name).touch()
    assert drop(ORG) == []
    assert len(list(caches.folders[0].iterdir())) == 4


def test_file_that_cannot_be_removed_is_returned(caches: _Caches) -> None:
    caches.add(str(ORG))
    stem = cache_fn_url(f"{ORG}/noarch").removesuffix(".json")
    stuck = caches.folders[1] / f"{stem}.solv"
    stuck.unlink()
    stuck.mkdir()
    assert drop(ORG) == [stuck]
