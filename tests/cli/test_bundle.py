"""``conda private bundle``: what it says, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conda.cli.main import main

FILE = """\
logins:
- address: https://conda.example.org/acme
  source: command:op read op://acme/conda/token
channels: [https://conda.example.org/acme]
channel_settings:
- {channel: https://conda.example.org/acme/*, auth: conda-private}
"""
CANARY = "ca-nary-bu"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The team's file, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = tmp_path / "Acme Inc.yml"
    path.write_text(FILE)
    return path


def test_package_is_named_after_the_file_and_its_content_is_shown(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main("private", "bundle", str(file)) == 0
    said = capsys.readouterr().out
    package = file.with_name("acme-inc-channels-1.0-0.conda")
    assert package.is_file()
    for words in (
        f"conda install --name base {package}",
        "channel          https://conda.example.org/acme",
        "channel setting  https://conda.example.org/acme/*: conda-private",
        "from a program that runs on this machine:  op read op://acme/conda/token",
        "conda private login --all",
    ):
        assert words in said


def test_options_choose_name_version_and_folder(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    words = ("--name", "our-channels", "--version", "2026.12", "--output-dir", "out")
    assert main("private", "bundle", str(file), *words, "--with-plugin", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert Path(data["package"]) == tmp_path / "out" / "our-channels-2026.12-0.conda"
    assert Path(data["package"]).is_file()
    assert data["depends"] == ["conda-private"]
    assert data["addresses"] == data["channels"] == ["https://conda.example.org/acme"]


def test_dry_run_creates_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main("private", "bundle", str(file), "--dry-run") == 0
    assert "Would create" in capsys.readouterr().out
    assert not [*file.parent.glob("*.conda")]


def test_file_with_channels_alone_proposes_no_login(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("channels: [conda-forge]\n")
    assert main("private", "bundle", str(file)) == 0
    assert "credential    " not in capsys.readouterr().out


def test_file_with_a_credential_is_refused_and_creates_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(f"{FILE}token: {CANARY}\n")
    assert main("private", "bundle", str(file)) == 1
    said = capsys.readouterr()
    assert "FileFormatError" in said.err
    assert CANARY not in said.out + said.err
    assert not [*file.parent.glob("*.conda")]


@pytest.mark.parametrize(
    "words",
    [("--name", "Acme"), ("--name", "../acme"), ("--name", ""), ("--version", "1-0"),
     ("--version", "../1"), ("--version", "")],
)  # fmt: skip
def test_name_or_version_that_no_package_can_have_is_refused(
    file: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main("private", "bundle", str(file), *words) == 2
    assert "use " in capsys.readouterr().err
    assert not [*file.parent.glob("*.conda")]
