"""The pages name everything that the code has, nothing that it has not, and are all tested."""

from __future__ import annotations

import dataclasses
import inspect
import re
from argparse import ArgumentParser, _SubParsersAction
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from conda_private.cli.verbs import VERBS, module_of
from conda_private.files.team_file import Proposed
from conda_private.model import exceptions
from conda_private.model.exceptions import CondaPrivateError
from tests.docs import test_pages_for_admins, test_pages_for_users, test_recipes
from tests.docs.pages import CHECKOUT, DOCS, README, blocks, name_of, pages, section

# Commands that are not run, by reason.
NOT_RUN = {
    "it changes the conda that it runs in": 4,
    "it is not on a channel yet": 1,
    "it is the check itself": 2,
    "the address of such an API is made up": 1,
    "there is no docker here": 1,
    "it is a tool that PyPI does not have": 2,
    "there is no anaconda-client here": 2,
    "there is no pixi or mamba here": 1,
}
PROPOSALS = "Proposal files"
LANGUAGES = {"console", "text", "yaml", "json", "toml", "python", "bash", "dockerfile"}


def errors() -> list[type[CondaPrivateError]]:
    """All error classes of the package."""
    found = [each for _, each in inspect.getmembers(exceptions, inspect.isclass)]
    return [each for each in found if issubclass(each, CondaPrivateError)]


def commands() -> list[str]:
    """All verbs, and ``VERB ACTION`` for the actions of those that have some."""
    found = []
    for verb in VERBS:
        found += [verb, *(f"{verb} {name}" for name in actions_of(verb))]
    return found


def actions_of(verb: str) -> list[str]:
    """The actions that the real parser of a verb has, where each has options of its own."""
    parser = ArgumentParser()
    import_module(module_of(verb)).configure_parser(parser)
    below = [each for each in parser._actions if isinstance(each, _SubParsersAction)]
    return [name for each in below for name in each.choices]


def text_of(name: str) -> str:
    """The text of a page of the reference."""
    return (DOCS / "reference" / f"{name}.md").read_text()


def headings(name: str) -> set[str]:
    """The headings of a page of the reference."""
    return set(re.findall(r"^#+ (.+)$", text_of(name), re.M))


def test_output_for_programs_is_shown_for_every_verb_and_action() -> None:
    assert set(commands()) <= headings("json")


def test_every_error_class_has_its_section() -> None:
    names = {each.__name__ for each in errors()}
    assert names <= headings("errors")
    assert {name for name in headings("errors") if name.endswith("Error")} <= names


def test_every_key_of_a_proposal_is_explained() -> None:
    keys = {f"`{field.name}`" for field in dataclasses.fields(Proposed)}
    rows = re.findall(r"^\| (.+?) \|", section(DOCS / "reference" / "files.md", PROPOSALS), re.M)
    assert keys <= {key for row in rows for key in row.split(", ")}


def test_every_exit_code_is_explained() -> None:
    codes = {0, 130} | {each.return_code for each in errors()}
    shown = re.findall(r"^\| (\d+) \|", text_of("exit-codes"), re.M)
    assert sorted(map(int, shown)) == sorted(codes)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_page_names_no_verb_that_is_not_there(page: Path) -> None:
    named = set(re.findall(r"conda private ([a-z]+)", page.read_text()))
    assert named <= {*VERBS, "is"}


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_commands_stand_in_console_blocks(page: Path) -> None:
    used = {block.language for block in blocks(page) if not block.language.startswith("{")}
    assert used <= LANGUAGES


def test_every_page_with_commands_is_followed() -> None:
    modules = (test_pages_for_users, test_pages_for_admins, test_recipes)
    tests = "".join(map(inspect.getsource, modules))
    folders = ("tutorial", "how-to", "reference")
    for page in [README, *(page for folder in folders for page in (DOCS / folder).glob("*.md"))]:
        has_commands = any(block.language == "console" for block in blocks(page))
        if has_commands and page not in (README, DOCS / "reference" / "errors.md"):
            assert f'"{page.parent.name}" / "{page.name}"' in tests


def test_commands_that_are_not_run_are_known_and_few() -> None:
    reasons = Counter(block.not_run for page in pages() for block in blocks(page) if block.not_run)
    assert reasons == NOT_RUN


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)", README.read_text())
    assert links
    assert [link for link in links if not (CHECKOUT / link).exists()] == []
