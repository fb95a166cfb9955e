"""A command that names a private index is refused, or gets a changed environment file."""

from __future__ import annotations

from pathlib import Path

import pytest

from conda_private.gateway.command import with_gateway
from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.schemes import PATH
from conda_private.model.secret import Secret

GATEWAY = "http://127.0.0.1:4711/key"
ROOT = "https://pypi.anaconda.org/my-org"
INDEX = PrivateIndex(Address.parse(ROOT), PATH, Secret("al-1"), "my-org")
TEXT = f"""\
dependencies:
  - python
  - pip:
      - --index-url {ROOT}/simple
      - hello-wheel
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private folder. The current folder is another one, with an environment.yml."""
    here = tmp_path / "project"
    here.mkdir()
    (here / "environment.yml").write_text(TEXT)
    (here / "other.yml").write_text(TEXT.replace("hello-wheel", "other-wheel"))
    (here / "plain.yml").write_text("dependencies: [python]\n")
    monkeypatch.chdir(here)
    private = tmp_path / "private"
    private.mkdir()
    return private


def changed(folder: Path, command: str) -> list[str]:
    """Return the command as it is run."""
    return with_gateway(command.split(), [INDEX], GATEWAY, folder)


@pytest.mark.parametrize(
    "words",
    [
        *(f"--index-url {ROOT}/simple", f"--index-url={ROOT}/simple/", f"-i {ROOT}", f"-i{ROOT}/x"),
        f"--extra-index-url {ROOT}/label/dev/simple",
    ],
)
def test_index_on_the_command_line_is_refused(folder: Path, words: str) -> None:
    with pytest.raises(UsageError, match=r"Remove .* from the command"):
        changed(folder, f"pip install hello-wheel {words}")


@pytest.mark.parametrize("words", [f"-i {ROOT}-2/simple", "-i https://pypi.org/simple", "my-org"])
def test_other_words_are_unchanged(folder: Path, words: str) -> None:
    command = f"pip install hello-wheel {words}"
    assert changed(folder, command) == command.split()


@pytest.mark.parametrize(
    ("command", "expected", "wheel"),
    [
        ("conda env create -n a", "conda env create -n a --file OWN", "hello"),
        ("conda env create -f other.yml -n a", "conda env create --file OWN -n a", "other"),
        ("conda env create --file=other.yml -n a", "conda env create --file OWN -n a", "other"),
        ("conda env update --file other.yml", "conda env update --file OWN", "other"),
        ("/opt/bin/conda env create", "/opt/bin/conda env create --file OWN", "hello"),
    ],
)
def test_environment_file_is_replaced_by_a_changed_copy(
    folder: Path, command: str, expected: str, wheel: str
) -> None:
    words = changed(folder, command)
    own = Path(words[words.index("--file") + 1])
    assert own.parent == folder
    assert own.stat().st_mode & 0o777 == 0o600
    assert words == expected.replace("OWN", str(own)).split()
    text = own.read_text()
    assert f"--index-url {GATEWAY}/simple\n" in text
    assert f"- {wheel}-wheel" in text
    assert ROOT not in text
    assert Path("environment.yml").read_text() == TEXT


@pytest.mark.parametrize(
    "command",
    [
        *("conda env list", "conda env remove -n a", "conda create -n a", "conda install x"),
        *("conda env create -f plain.yml", "conda env create -f missing.yml", "conda env"),
        *("conda env create -f", "conda env config vars list", "pip install -r other.yml"),
    ],
)
def test_command_without_such_a_file_is_unchanged(folder: Path, command: str) -> None:
    assert changed(folder, command) == command.split()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "line", ["-e .", "-r more.txt", "./sub", '"-e ."', "-c limits.txt", "../x"]
)
def test_environment_file_with_relative_paths_is_refused(folder: Path, line: str) -> None:
    Path("environment.yml").write_text(f"{TEXT}      - {line}\n")
    with pytest.raises(UsageError, match="other files by relative paths") as error:
        changed(folder, "conda env create")
    assert f"{ROOT}/simple" in str(error.value)


def test_environment_file_without_the_index_may_have_relative_paths(folder: Path) -> None:
    Path("plain.yml").write_text("dependencies:\n  - pip:\n      - -e .\n")
    command = "conda env create -f plain.yml"
    assert changed(folder, command) == command.split()
