"""The progress bar of ``login`` and ``check`` at a real terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from conda_private.http.index_names import JSON
from tests.http.index_server import GOOD, Answer, Channel, serve, shown
from tests.integration.runner import Conda
from tests.integration.test_cost import index, user

__all__ = ["user"]
pytestmark = pytest.mark.hard

RECORDS = 20_000  # of 8 MB, so that it is not read whole with its beginning
DELAY = 1.2  # seconds


@pytest.fixture
def slow() -> Iterator[Channel]:
    """A channel of which half is public, whose server needs a second for the index."""
    files = [{JSON.file: index(JSON.file, RECORDS, step)} for step in (2, 1)]
    at_once = shown(*files)

    def answer(file: str, credential: str) -> Answer:
        time.sleep(DELAY if file.endswith(f"noarch/{JSON.file}") else 0)
        return at_once(file, credential)

    with serve(answer) as channel:
        yield channel


def at_terminal(user: Conda, *words: str | Path) -> str:
    """What a command writes to a terminal; it must exit 0."""
    process = pexpect.spawn(
        str(user.executable),
        [str(word) for word in ("private", *words)],
        env=user.environment,
        cwd=user.folder,
        timeout=60,
        encoding="utf-8",
        dimensions=(24, 100),
    )
    process.expect(pexpect.EOF)
    process.close()
    written: str = process.before
    assert process.exitstatus == 0, written
    return written


def screen(written: str) -> list[str]:
    """The lines that are on the screen after a terminal has shown all of it."""
    lines = []
    for line in written.split("\n"):
        on_screen = ""
        for part in line.split("\r"):
            on_screen = part + on_screen[len(part) :]
        lines.append(on_screen.rstrip())
    return lines


def test_bar_appears_after_a_second_and_leaves_nothing_on_the_screen(
    user: Conda, slow: Channel, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(GOOD.removeprefix("token "))
    login: list[str | Path] = ["login", slow.url, "--from-file", secret, "--scheme", "token"]
    for words in (login, ["check"]):
        written = at_terminal(user, *words)
        assert f"\rReading {slow.url}: " in written
        left = "\n".join(screen(written))
        assert "Reading" not in left
        assert slow.url in left
    assert "Reading" not in at_terminal(user, "check", "--quiet")
