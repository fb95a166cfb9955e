"""The pages about security name tests that exist, and every family of attacks has one."""

from __future__ import annotations

import re

from tests.docs.pages import CHECKOUT, DOCS

ATTACKS = DOCS / "development" / "attacks.md"
FAMILIES = 50


def rows() -> dict[str, list[str]]:
    """The tests of each row."""
    found = re.findall(r"^\| (\d+|[a-z]) \|.*\| (.*?) \|$", ATTACKS.read_text(), re.M)
    return {number: re.findall(r"`([a-z_/]+)`", tests) for number, tests in found}


def test_every_family_of_attacks_has_a_test() -> None:
    numbers = [number for number in rows() if number.isdigit()]
    assert numbers == [str(number) for number in range(1, FAMILIES + 1)]
    assert all(rows().values())


def test_every_test_that_is_named_is_there() -> None:
    named = {name for tests in rows().values() for name in tests}
    folder = CHECKOUT / "tests"
    there = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.py")}
    assert {name for name in named - there if not (folder / name).is_dir()} == set()


def test_promises_name_tests_that_are_there() -> None:
    text = (CHECKOUT / "SECURITY.md").read_text()
    named = re.findall(r"`(tests/[a-z_./]+)`", text)
    assert named
    assert [name for name in named if not (CHECKOUT / name).exists()] == []
    links = re.findall(r"\]\(([^)#]+)", text)
    assert [link for link in links if not (CHECKOUT / link).exists()] == []
