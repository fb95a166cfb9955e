"""Without Wine, the command says what is missing and how to install it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.windows import __main__ as command
from tests.windows.wine import PROGRAM

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Wine runs on POSIX alone")


def test_user_who_cannot_install_wine_is_told_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PROGRAM", tmp_path / "wine64")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert command.main() == 1
    said = capsys.readouterr().err
    assert f"{tmp_path / 'wine64'} is missing" in said
    assert "apt-get install -y --no-install-recommends wine64 wine" in said


def test_wine_that_is_there_is_not_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / PROGRAM.name
    program.touch()
    monkeypatch.setattr(command, "PROGRAM", program)
    assert command.provide_wine() == ""
