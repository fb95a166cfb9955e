"""The table of the tests that need POSIX names tests that exist, once each."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.windows.chosen import FOLDERS
from tests.windows.needs_posix import REASONS, reason_for

TESTS = Path(__file__).parents[1]
NAMES = [name for names in REASONS.values() for name in names]


@pytest.mark.parametrize("name", NAMES)
def test_name_is_that_of_a_test(name: str) -> None:
    file, _, test = name.partition("::")
    text = TESTS.joinpath(file).read_text("utf-8")
    assert not test or re.search(rf"^ *def {test}\(", text, re.MULTILINE)


def test_workflow_runs_on_windows_what_runs_under_wine() -> None:
    workflow = TESTS.parent / ".github" / "workflows" / "tests.yml"
    assert " ".join(FOLDERS) + "\n" in workflow.read_text("utf-8")


def test_test_has_one_reason() -> None:
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []


def test_every_case_of_a_test_has_its_reason_and_no_other_test_has_one() -> None:
    assert reason_for(f"tests/{NAMES[0]}[a case]")
    assert reason_for("tests/gateway/test_child.py::test_any")
    assert not reason_for(f"tests/{NAMES[0]}_too")
