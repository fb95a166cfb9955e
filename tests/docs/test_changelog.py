"""The next changelog can be created, and contains every fragment."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.pages import CHECKOUT

FOLDER = CHECKOUT / "changelog.d"
FRAGMENTS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
KINDS = {"added", "changed", "fixed", "removed", "security"}


def test_every_fragment_is_of_a_kind_that_there_is() -> None:
    assert {path.suffixes[-2][1:] for path in FRAGMENTS} <= KINDS


def test_every_fragment_is_in_the_next_changelog() -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "NEXT"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    words = " ".join(done.stdout.split())
    assert [
        path.name for path in FRAGMENTS if " ".join(path.read_text().split()) not in words
    ] == []
