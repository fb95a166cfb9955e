"""The hidden prompt at a real terminal, and interrupting it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pexpect
import pytest

from tests.integration.runner import Conda
from tests.server import Server

PROMPT = r"Token for http://127.0.0.1:\d+/my-org/label/dev \(input hidden\): "


@pytest.fixture
def terminal(conda: Conda, server: Server) -> Iterator[pexpect.spawn]:
    """A login that waits at the prompt for its token."""
    conda.run("--version")  # writes conda's settings
    words = ["private", "login", "my-org", "--label", "dev"]
    process = pexpect.spawn(
        str(conda.executable),
        words,
        env=conda.environment,
        cwd=conda.folder,
        timeout=30,
        encoding="utf-8",
    )
    process.expect(PROMPT)
    yield process
    process.close(force=True)
    conda.seen += process.before or ""


def test_prompt_hides_the_token_and_the_login_works(
    terminal: pexpect.spawn, conda: Conda, token: str
) -> None:
    assert terminal.waitnoecho(timeout=10)
    terminal.sendline(token)
    terminal.expect(r"Logged in to my-org/label/dev with the token \(1 package, 1 private\)")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
    assert conda.files_with(token) == [conda.secrets_file]


def test_empty_answer_is_refused(terminal: pexpect.spawn) -> None:
    terminal.waitnoecho(timeout=10)
    terminal.sendline("")
    terminal.expect("It is empty")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 2


def test_interrupt_at_the_prompt_exits_130_and_changes_nothing(
    terminal: pexpect.spawn, conda: Conda
) -> None:
    terminal.waitnoecho(timeout=10)
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 130
    assert not conda.data_folder.exists()


def test_end_of_input_at_the_prompt_cancels(terminal: pexpect.spawn) -> None:
    terminal.waitnoecho(timeout=10)
    terminal.sendeof()
    terminal.expect("CancelledError")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 130


def test_json_prints_only_the_object_to_standard_output(
    conda: Conda, server: Server, token: str
) -> None:
    result = conda.login("my-org", "--label", "dev", "--json", token=token)
    assert json.loads(result.out)["success"] is True
    assert result.err == ""
