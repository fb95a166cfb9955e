"""The packages of a channel: from the API, or from the channel itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

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
    assert tuple(from_api("my-org", PACKAGES, label=label, private=private)) == found


def listed(*files: str, public: tuple[str, ...] = (), **options: Any) -> tuple[PackageFacts, ...]:
    """The packages of a channel with these files."""
    in_order = [(file, file in public) for file in sorted(files)]
    return tuple(from_channel(in_order, **{"order": VersionOrder, **options}))


FILES = ("my-tool-1.9-0.conda", "my-tool-1.10-py_0.tar.bz2", "hello-1.0-0.conda")


def test_channel_lists_each_package_once_with_its_newest_version() -> None:
    assert listed(*FILES, public=FILES[2:]) == (
        PackageFacts("hello", "1.0", True, ("conda",), ()),
        PackageFacts("my-tool", "1.10", False, ("conda",), ()),
    )


def test_label_that_was_read_is_the_label_of_all() -> None:
    found = listed(*FILES, label="dev", private=True)
    assert {each.labels for each in found} == {("dev",)}
    assert listed(*FILES, private=False) == ()


def test_package_with_any_public_file_is_public() -> None:
    (found, _) = listed(*FILES, public=FILES[:1])[::-1]
    assert (found.name, found.public) == ("my-tool", True)


@pytest.mark.parametrize(
    "file", ["x.conda", "x-1.conda", "-1-0", "x--0", "", "a\x1b[2J-1-0", "a/b-1-0"]
)
def test_file_that_is_not_a_package_is_omitted(file: str) -> None:
    assert [each.name for each in listed(file, *FILES[2:])] == ["hello"]


@given(st.lists(st.text(max_size=12)))
def test_no_file_name_breaks_it(names: list[str]) -> None:
    for each in listed(*names, order=str):
        assert each.name.isprintable()
        assert each.version


PART = st.sampled_from(["a", "b", "0", "1", "a-b", "a-0", "0-a", "_", "."])


@given(st.lists(st.tuples(PART, st.sampled_from("01a_"), st.booleans()), max_size=20))
def test_each_package_is_listed_once_in_whatever_order_its_files_are(
    packages: list[tuple[str, str, bool]],
) -> None:
    files = {f"{name}-{version}-0": (name, version) for name, version, _ in packages}
    public = tuple(f"{name}-{version}-0" for name, version, is_public in packages if is_public)
    expected = {
        name: (
            max(version for other, version in files.values() if other == name),
            any(files[file][0] == name for file in public),
        )
        for name, _ in files.values()
    }
    found = listed(*files, public=public, order=str)
    assert len(found) == len(expected)
    assert {each.name: (each.version, each.public) for each in found} == expected


def test_package_is_listed_before_the_files_behind_it_are_read() -> None:
    read: list[str] = []

    def files(names: Iterable[str]) -> Iterator[tuple[str, bool]]:
        for name in names:
            read.append(name)
            yield f"{name}-1-0.conda", False

    plain = from_channel(files(["a", "b", "c"]), order=str)
    assert next(plain).name == "a"
    assert read == ["a", "b"]
    # Files of "a" can follow those of a-0 to a-9, but not all of them are collected.
    read.clear()
    nested = from_channel(files(["a-1", *(f"a-1-{at:04}" for at in range(3000))]), order=str)
    assert next(nested).name == "a-1-0000"
    assert len(read) < 1100
