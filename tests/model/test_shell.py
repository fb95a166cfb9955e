"""The commands in error messages are those of the user's system."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError
from conda_private.stores.file import FileStore

PATH = PureWindowsPath(r"C:\Users\Ann Lee\secrets.json")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's system is Windows."""
    monkeypatch.setattr(sys, "platform", "win32")


@pytest.mark.usefixtures("windows")
def test_commands_of_windows_are_in_powershell_and_in_cmd() -> None:
    word = r'"C:\Users\Ann Lee\secrets.json"'
    assert shell.show(PATH) == f"type {word}"
    assert shell.look_at(PATH) == f"dir {word}"
    assert shell.look_at_folder(PATH) == f"dir {word}"
    assert shell.remove(PATH) == f"del {word}"
    assert shell.move_away(PATH) == f'move {word} {word[:-1]}.broken"'


@pytest.mark.usefixtures("windows")
def test_words_of_windows_have_double_quotes_if_they_need_them() -> None:
    words = ("conda", "config", "--file", r"C:\Users\Ann Lee\.condarc", "--set", "a_b", r"C:\x~1")
    expected = r'conda config --file "C:\Users\Ann Lee\.condarc" --set a_b C:\x~1'
    assert shell.joined(words) == expected
    assert shell.word("a & b") == '"a & b"'
    assert shell.word("") == '""'


@pytest.mark.usefixtures("windows")
def test_variables_of_windows_are_set_and_removed_in_both_shells() -> None:
    assert shell.set_variable("A", "x") == '$Env:A = "x"      (in cmd:  set A=x)'
    assert shell.unset_variable("A") == "Remove-Item Env:A      (in cmd:  set A=)"


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of POSIX")
def test_commands_of_posix_do_what_they_say(tmp_path: Path) -> None:
    file = tmp_path / "it's $mine"
    file.write_text("x")
    for command in (
        shell.show(file),
        shell.look_at(file),
        shell.look_at_folder(tmp_path),
        shell.move_away(file),
    ):
        assert shutil.which(shlex.split(command)[0])
        subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)
    broken = Path(f"{file}.broken")
    assert (file.exists(), broken.read_text()) == (False, "x")
    subprocess.run(shell.remove(broken), shell=True, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("windows")
def test_error_on_windows_names_no_command_of_posix(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "secrets.json")
    store.path.write_text(json.dumps({"version": 99}))
    with pytest.raises(FileFormatError) as caught:
        store.get(Address.parse("https://conda.example.org/my-org"))
    assert caught.value.next_step.endswith(f'move "{store.path}" "{store.path}.broken"')
