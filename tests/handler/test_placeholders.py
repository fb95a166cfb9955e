"""URLs with ``/t/<TOKEN>/``: said before conda asks for them, with the edit that fixes them."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conda.base.context import context

from conda_private.handler.placeholders import warn_of_placeholders
from conda_private.model.placeholders import placeholders
from tests.home import Home

HOST = "https://conda.example.org"
FILE = f"{HOST}/my-org/noarch/hello-1.0-0.conda"
FORMS = ["<TOKEN>", "%3CTOKEN%3E", "$MY_TOKEN", "${MY_TOKEN}", "****"]


def said(capsys: pytest.CaptureFixture[str], **arguments: object) -> str:
    """What is printed for the arguments of a conda command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "_argparse_args", arguments)
        warn_of_placeholders("create")
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("base", ["", "/api/repo"])
def test_placeholder_is_found_with_the_url_without_it(form: str, base: str) -> None:
    text = f"@EXPLICIT\n{HOST}{base}/t/{form}/my-org/noarch/a-1-0.conda#{'0' * 32}\n"
    (found,) = placeholders(text)
    assert found.text == f"/t/{form}/"
    assert found.url == f"{HOST}{base}/my-org/noarch/a-1-0.conda"


@pytest.mark.parametrize(
    "url", [FILE, f"{HOST}/t/al-0b1c/my-org", f"{HOST}/x/t/<TOKEN>", "t/<TOKEN>/my-org"]
)
def test_other_urls_have_no_placeholder(url: str) -> None:
    assert list(placeholders(url)) == []


@pytest.mark.parametrize("form", FORMS)
def test_edit_that_is_named_makes_the_login_authenticate_the_file(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    home.log_in(f"{HOST}/my-org")
    file = tmp_path / "my list.txt"
    masked = FILE.replace("/my-org", f"/t/{form}/my-org")
    file.write_text(f"@EXPLICIT\n{masked}\n{masked}\n")
    text = said(capsys, file=[str(file)])
    assert f"{file} has 2 URLs with /t/{form}/." in text
    assert f"your login for {HOST}/my-org is used" in text
    edit = next(line.strip() for line in text.splitlines() if "sed -i" in line)
    subprocess.run(shlex.split(edit), check=True)
    assert file.read_text() == f"@EXPLICIT\n{FILE}\n{FILE}\n"
    assert said(capsys, file=[str(file)]) == ""


def test_edit_is_described_on_windows_which_has_no_sed(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    file = tmp_path / "list.txt"
    file.write_text(f"@EXPLICIT\n{HOST}/t/<TOKEN>/my-org/noarch/a-1-0.conda\n")
    assert f"replace  /t/<TOKEN>/  with  /  in {file}\n" in said(capsys, file=[str(file)])


def test_channel_without_a_login_is_named_with_its_login(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "environment.yml"
    file.write_text(f"channels:\n  - {HOST}/t/<TOKEN>/my-org/label/dev\n")
    text = said(capsys, file=str(file))
    assert " has a URL with /t/<TOKEN>/. That is how conda masks a token" in text
    assert f"\n       conda private login {HOST}/my-org/label/dev\n" in text


def test_url_on_the_command_line_is_shown_without_it(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.log_in(f"{HOST}/my-org")
    text = said(capsys, packages=[FILE.replace("/my-org", "/t/$X/my-org"), "python"], channel=None)
    assert "The command line has a URL with /t/$X/. A variable in a URL is not replaced" in text
    assert f"\n       use  {FILE}\n" in text
    assert "sed -i" not in text


def test_command_without_such_a_url_says_nothing(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list").write_text(f"@EXPLICIT\n{FILE}\n")
    files = [str(tmp_path / "list"), str(tmp_path / "none"), f"{HOST}/t/<TOKEN>/list"]
    assert said(capsys, file=files, packages=["python"], channel=["defaults"]) == ""
    assert said(capsys) == ""


def test_pipe_is_left_for_conda(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    readable, writable = os.pipe()
    os.write(writable, FILE.encode())
    os.close(writable)
    said(capsys, file=[f"/dev/fd/{readable}"])
    assert os.read(readable, 1000) == FILE.encode()
    os.close(readable)
