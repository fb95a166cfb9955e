"""The packages of a channel: from the API, or from the channel itself."""

from __future__ import annotations

import pytest
from conda.models.version import VersionOrder
from hypothesis import given
from hypothesis import strategies as st

from conda_private.actions.listing import from_api, from_channel
from conda_private.model.facts import PackageFacts
from tests.actions.fake_api import FakePackages

HIDDEN = PackageFacts("hidden", "1.0", public=False, labels=("dev",))
OPEN = PackageFacts("open", "2.0", public=True, labels=("dev", "main"))
UNKNOWN = PackageFacts("unknown", "3.0", public=None, labels=("main",))
PACKAGES = FakePackages({each.name: each for each in (HIDDEN, OPEN, UNKNOWN)})


@pytest.mark.parametrize(
    ("label", "private", "found"),
    [
        ("", None, (HIDDEN, OPEN, UNKNOWN)),
        ("", True, (HIDDEN,)),
        ("", False, (OPEN,)),
        ("dev", None, (HIDDEN, OPEN)),
        ("dev", False, (OPEN,)),
        ("none", None, ()),
    ],
)
def test_api_knows_labels_and_access(
    label: str, private: bool | None, found: tuple[PackageFacts, ...]
) -> None:
    assert from_api("my-org", PACKAGES, label=label, private=private) == found


def channel(*packages: str, public: tuple[str, ...] = ()) -> list[tuple[str, bool]]:
    """A channel as it was read."""
    return [(package, package in public) for package in packages]


FILES = (
    "noarch/my-tool-1.9-0.conda",
    "linux-64/my-tool-1.10-py_0.tar.bz2",
    "linux-64/hello-1.0-0.conda",
)


def test_channel_lists_each_package_once_with_its_newest_version() -> None:
    found = from_channel(channel(*FILES, public=FILES[2:]), order=VersionOrder)
    assert found == (
        PackageFacts("hello", "1.0", True, ("conda",), ()),
        PackageFacts("my-tool", "1.10", False, ("conda",), ()),
    )


def test_label_that_was_read_is_the_label_of_all() -> None:
    found = from_channel(channel(*FILES), order=VersionOrder, label="dev", private=True)
    assert {each.labels for each in found} == {("dev",)}
    assert from_channel(channel(*FILES), order=VersionOrder, private=False) == ()


def test_package_with_any_public_file_is_public() -> None:
    (found, _) = from_channel(channel(*FILES, public=FILES[:1]), order=str)[::-1]
    assert (found.name, found.public) == ("my-tool", True)


@pytest.mark.parametrize(
    "file",
    ["noarch/x.conda", "noarch/x-1.conda", "noarch/-1-0", "noarch/x--0", "", "noarch/a\x1b[2J-1-0"],
)
def test_file_that_is_not_a_package_is_omitted(file: str) -> None:
    found = from_channel(channel(file, *FILES[2:]), order=VersionOrder)
    assert [each.name for each in found] == ["hello"]


@given(st.lists(st.text(max_size=12)))
def test_no_file_name_breaks_it(names: list[str]) -> None:
    for each in from_channel(channel(*names), order=str):
        assert each.name.isprintable()
        assert each.version
