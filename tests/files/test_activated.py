"""Variables that an activated environment sets, in each of conda's three ways."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from conda_private.files import paths
from conda_private.files.activated import environment_that_sets
from tests.integration.runner import OWN_DATA

NAME = "XDG_DATA_HOME"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment, activated after another one."""
    folder = tmp_path / "env"
    (folder / "conda-meta").mkdir(parents=True)
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "other"))
    monkeypatch.setenv("CONDA_PREFIX_1", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(NAME, str(tmp_path / "data"))
    return folder


def by_state(folder: Path, value: str) -> None:
    """As ``conda env config vars set`` does."""
    (folder / "conda-meta" / "state").write_text(json.dumps({"env_vars": {NAME: value}}))


def by_package(folder: Path, value: str) -> None:
    """As a package does with a file of variables."""
    (folder / "etc" / "conda" / "env_vars.d").mkdir(parents=True)
    (folder / "etc" / "conda" / "env_vars.d" / "a.json").write_text(json.dumps({NAME: value}))


def by_script(folder: Path, value: str) -> None:
    """As a package does with a script, which may compute the value."""
    (folder / "etc" / "conda" / "activate.d").mkdir(parents=True)
    (folder / "etc" / "conda" / "activate.d" / "a.sh").write_text(f"export {NAME}=$A\n")


@pytest.mark.parametrize("way", [by_state, by_package, by_script])
def test_variable_of_an_activated_environment_is_not_the_users(
    environment: Path, tmp_path: Path, way: object
) -> None:
    assert callable(way)
    assert environment_that_sets(NAME) == ""
    way(environment, str(tmp_path / "data"))
    assert environment_that_sets(NAME) == str(environment)
    assert environment_that_sets("HOME") == ""


@pytest.mark.parametrize("way", [by_state, by_package])
def test_variable_with_another_value_is_the_users(environment: Path, way: object) -> None:
    assert callable(way)
    way(environment, "/elsewhere")
    assert environment_that_sets(NAME) == ""


def test_variable_that_is_not_set_is_nobodys(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_script(environment, "")
    monkeypatch.delenv(NAME)
    assert environment_that_sets(NAME) == ""


def test_base_environment_is_as_trusted_as_conda(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_script(environment, "")
    monkeypatch.setattr(sys, "prefix", str(environment))
    assert environment_that_sets(NAME) == ""


def test_longer_name_in_a_script_is_another_variable(environment: Path) -> None:
    by_script(environment, "")
    script = environment / "etc" / "conda" / "activate.d" / "a.sh"
    script.write_text(f"export MY_{NAME}=a {NAME}_2=b\n")
    assert environment_that_sets(NAME) == ""


@pytest.mark.parametrize("text", ["", "[", "[]", '{"env_vars": []}', "[" * 100_000])
def test_state_that_cannot_be_read_sets_nothing(environment: Path, text: str) -> None:
    (environment / "conda-meta" / "state").write_text(text)
    assert environment_that_sets(NAME) == ""


def test_folder_of_an_environment_is_not_ours_and_this_is_said_once(
    environment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert paths.logins() == tmp_path / "data" / "conda-private" / "credentials.json"
    by_script(environment, "")
    own = tmp_path / OWN_DATA / "conda-private"
    assert paths.logins() == own / "credentials.json"
    assert paths.secrets_file() == own / "secrets.json"
    said = capsys.readouterr().err
    assert said.count(f"uses {own}, because the activated environment {environment} sets") == 1
