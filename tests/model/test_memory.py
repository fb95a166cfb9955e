"""What a login remembers: hashes that recognize names, and tell nothing without the credential."""

from __future__ import annotations

import pytest

from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.memory import MAX_MISSED, Recognizer, is_remembered, recognizer, remember
from conda_private.model.schemes import TOKEN, BasicScheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE

ADDRESS = Address.parse("https://conda.example.org/my-org")
SECRET = Secret("ca-nary-m1")
NAMES = {"noarch": ("a", "b"), "linux-64": ("c",), "osx-64": ()}


def known(names: dict[str, tuple[str, ...]]) -> Recognizer:
    """What recognizes these names."""
    found = recognizer(ADDRESS, SECRET, remember(ADDRESS, SECRET, names))
    assert found
    return found


def test_remembered_names_are_recognized_in_their_subdir() -> None:
    found = known(NAMES)
    assert found.subdirs == {"noarch", "linux-64"}
    assert found.finds_any("noarch", iter(["x", "b"]))
    assert not found.finds_any("linux-64", ["a", "b", ""])
    assert [found.knows(name) for name in ("a", "c", "d", "\0")] == [True, True, False, False]


def test_memory_holds_no_name_and_nothing_of_the_credential() -> None:
    text = repr(remember(ADDRESS, SECRET, {"noarch": ("a-name",)}))
    assert "a-name" not in text
    assert "ca-nary" not in text


def test_hashes_differ_between_credentials_and_between_addresses() -> None:
    here = remember(ADDRESS, SECRET, NAMES)
    other = remember(ADDRESS, Secret("other"), NAMES)
    label = remember(ADDRESS.child("label", "dev"), SECRET, NAMES)
    hashes = [{each.own, *each.names["noarch"]} for each in (here, other, label)]
    assert len(set.union(*hashes)) == 9


@pytest.mark.parametrize("secret", ["other", "ca-nary-m"])
def test_nothing_is_recognized_with_another_credential(secret: str) -> None:
    memory = remember(ADDRESS, SECRET, NAMES)
    assert recognizer(ADDRESS, Secret(secret), memory) is None
    assert recognizer(ADDRESS, SECRET, None) is None


def test_name_that_is_not_shown_any_more_is_missed_until_all_is_remembered_anew() -> None:
    before = remember(ADDRESS, SECRET, NAMES)
    after = remember(ADDRESS, SECRET, {"noarch": ("b", "c")}, before)
    found = recognizer(ADDRESS, SECRET, after)
    assert found
    assert found.knows("a")
    assert not found.finds_any("noarch", ["a"])
    assert len(after.missed) == 1
    assert remember(ADDRESS, SECRET, {"noarch": ("b",)}, after).missed == (
        *before.names["linux-64"],
        *after.missed,
    )
    assert not known({"noarch": ("b",)}).knows("a")


def test_name_with_public_files_is_known_in_part_and_proves_nothing() -> None:
    before = remember(ADDRESS, SECRET, {"noarch": ("a", "b")}, mixed=("m",))
    found = recognizer(ADDRESS, SECRET, before)
    assert found
    assert (found.knows_in_part("m"), found.knows_in_part("a")) == (True, False)
    assert not found.knows("m")
    assert not found.finds_any("noarch", ["m"])
    # A private package that has public files now is not missed.
    after = remember(ADDRESS, SECRET, {"noarch": ("b",)}, before, mixed=("a",))
    found = recognizer(ADDRESS, SECRET, after)
    assert found
    assert [found.knows(name) for name in "am"] == [False, False]
    assert [found.knows_in_part(name) for name in "am"] == [True, True]
    many = remember(ADDRESS, SECRET, {}, mixed=[str(at) for at in range(MAX_MISSED + 9)])
    assert len(many.mixed) == MAX_MISSED


def test_missed_names_are_bounded() -> None:
    before = remember(ADDRESS, SECRET, {"noarch": tuple(map(str, range(MAX_MISSED + 9)))})
    assert len(remember(ADDRESS, SECRET, {}, before).missed) == MAX_MISSED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"address": Address.parse("https://conda.example.org")}, False),
        ({"scheme": BasicScheme("alice")}, False),
    ],
    ids=["channel", "server", "password"],
)
def test_nothing_is_remembered_for_a_server_or_a_password(
    changes: dict[str, object], expected: bool
) -> None:
    assert is_remembered(Login(ADDRESS, TOKEN, FILE)._replace(**changes)) is expected  # type: ignore[arg-type]
