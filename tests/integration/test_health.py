"""``conda doctor`` shows what ``conda private doctor`` finds, and fixes it where conda can."""

from __future__ import annotations

import pytest

from tests.integration.runner import Conda
from tests.server import Server


@pytest.mark.hard
def test_conda_doctor_shows_and_fixes_a_token_in_the_settings(
    conda: Conda, server: Server, token: str
) -> None:
    clear = f"channels:\n  - {server.conda}/t/{token}/my-org\n"
    conda.condarc.write_text(clear)
    history = conda.prefix("empty") / "conda-meta" / "history"
    history.parent.mkdir(parents=True)
    history.touch()
    shown = conda.run("doctor", "-p", conda.prefix("empty"))
    assert "A credential is in conda's settings" in shown.out
    assert "~/.condarc:2" in shown.out
    assert "Error running" not in shown.text
    if "--fix" in conda.run("doctor", "--help").out:
        conda.run("doctor", "-p", conda.prefix("empty"), "--fix", "--yes", "conda-private")
    else:
        conda.private("doctor", "--fix")
    assert conda.condarc.read_text() == f"channels:\n  - {server.conda}/my-org\n"
    assert "0 problems" in conda.run("doctor", "-p", conda.prefix("empty")).out
