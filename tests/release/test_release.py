"""The sources and the recipe of a release; `make release` builds and tries everything."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.recipe.project import pyproject, run_requirements, split
from tests.recipe.steps import Steps
from tests.recipe.workplace import CHECKOUT

from .__main__ import main
from .feedstock import PLACEHOLDER, recipe_for
from .source import VERSION, copy_sources, current_version, write_changelog

RECIPE = (CHECKOUT / "recipe" / "recipe.yaml").read_text(encoding="utf-8")


@pytest.fixture
def submitted(tmp_path: Path) -> Any:
    """The recipe for conda-forge."""
    sdist = tmp_path / "conda_private-1.0.tar.gz"
    sdist.write_bytes(b"sources")
    return YAML(typ="safe").load(recipe_for(RECIPE, sdist))


def test_recipe_for_conda_forge_builds_from_a_url_with_its_sha256(submitted: Any) -> None:
    source = submitted["source"]
    assert source["url"].startswith("https://pypi.org/packages/source/c/conda-private/")
    assert "${{ version }}" in source["url"]
    assert source["sha256"] == hashlib.sha256(b"sources").hexdigest()
    assert "path" not in source


def test_recipe_for_conda_forge_keeps_its_rules(submitted: Any) -> None:
    build, requirements = submitted["build"], submitted["requirements"]
    assert (build["number"], build["noarch"]) == (0, "python")
    assert "python ${{ python_min }}.*" in requirements["host"]
    assert "python >=${{ python_min }}" in requirements["run"]
    (python,) = [each["python"] for each in submitted["tests"] if "python" in each]
    assert python["python_version"] == "${{ python_min }}.*"
    assert python["pip_check"] is True
    assert submitted["about"]["license_file"] == "LICENSE"
    assert submitted["about"]["license"] == "BSD-3-Clause"
    assert not submitted["about"]["summary"].endswith(".")
    assert submitted["extra"]["recipe-maintainers"] == [PLACEHOLDER]


def test_recipe_for_conda_forge_has_the_requirements_of_the_project(submitted: Any) -> None:
    needed = dict(map(split, submitted["requirements"]["run"]))
    del needed["python"]
    assert needed == run_requirements()


def test_recipe_of_another_form_is_refused(tmp_path: Path) -> None:
    sdist = tmp_path / "sdist"
    sdist.touch()
    with pytest.raises(AssertionError):
        recipe_for(RECIPE.replace("path: ..", "path: ../.."), sdist)


@pytest.mark.parametrize("version", ["1.0.0", "1.0.0rc1", "0.2.0a1", "1.0"])
def test_version_of_a_release_or_a_candidate_is_accepted(version: str) -> None:
    assert re.fullmatch(VERSION, version)


@pytest.mark.parametrize("version", ["v1.0", "1", "1.0-rc1", "1.0.0.dev1", "../1.0", "1.0 "])
def test_other_version_is_refused(
    version: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = [word for name in ("tools", "recipe-tools", "client") for word in (f"--{name}", "x")]
    monkeypatch.setattr(sys, "argv", ["release", *tools, "--version", version])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert "use a version such as" in capsys.readouterr().err


@pytest.mark.skipif(not (CHECKOUT / ".git").exists(), reason="only in a repository")
def test_copy_has_the_version_and_the_changelog_and_the_checkout_stays(tmp_path: Path) -> None:
    steps, folder = Steps(tmp_path / "log"), tmp_path / "source"
    before = (CHECKOUT / "CHANGELOG.md").read_bytes()
    copy_sources(steps, "9.8.7rc6", folder)
    assert 'version = "9.8.7rc6"' in (folder / "pyproject.toml").read_text()
    assert '  version: "9.8.7rc6"' in (folder / "recipe" / "recipe.yaml").read_text()
    notes = tmp_path / "NOTES.md"
    write_changelog(steps, "9.8.7rc6", folder, notes)
    assert notes.read_text().startswith("## 9.8.7rc6 (")
    assert notes.read_text().strip() in (folder / "CHANGELOG.md").read_text()
    assert [path.name for path in folder.glob("changelog.d/*.md")] == ["README.md"]
    assert (CHECKOUT / "CHANGELOG.md").read_bytes() == before
    assert pyproject()["project"]["version"] == current_version()
