"""The pages name everything that the code has and nothing else, and all of them are tested."""

from __future__ import annotations

import inspect
import json
import re
from argparse import ArgumentParser, _SubParsersAction
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import conda_private
from conda_private.cli.verbs import VERBS, module_of
from conda_private.files import policy_file
from conda_private.files.team_file import KEYS
from conda_private.model import discovery, exceptions, policy, sign_in
from conda_private.model.exceptions import CondaPrivateError
from tests.docs import test_pages_for_admins, test_pages_for_users, test_recipes
from tests.docs.pages import (
    CHECKOUT,
    DOCS,
    README,
    Step,
    blocks,
    blocks_in,
    name_of,
    pages,
    section,
)

# Commands that are not run, by reason.
NOT_RUN = {
    "there is no such certificate here": 1,
    "there is no such host here": 1,
    "it changes the conda that it runs in": 4,
    "it is not on a channel yet": 1,
    "it is the check itself": 2,
    "the address of such an API is made up": 1,
    "there is no docker here": 2,
    "it is a tool that PyPI does not have": 2,
    "there is no anaconda-client here": 3,
    "these tools are not here": 2,
}
JSON_PAGE = DOCS / "reference" / "json.md"
PROPOSALS = "Proposal files"
LANGUAGES = {"console", "text", "yaml", "json", "toml", "python", "bash", "dockerfile"}
LANGUAGES |= {"powershell", "bat"}


def errors() -> list[type[CondaPrivateError]]:
    """All error classes of the package."""
    modules = (exceptions, sign_in, policy, discovery)
    members = {name: each for module in modules for name, each in vars(module).items()}
    found = [each for _, each in sorted(members.items()) if inspect.isclass(each)]
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


def examples_with_json() -> list[tuple[str, Step]]:
    """The commands with ``--json``, each with the heading that it is below."""
    return [
        (heading, step)
        for heading in re.findall(r"^#+ (.+)$", text_of("json"), re.M)
        for block in blocks_in(section(JSON_PAGE, heading))
        for step in block.steps()
        if "--json" in step.command
    ]


def keys_in(value: Any) -> set[str]:
    """The keys of an object, and of all objects in it."""
    if isinstance(value, list):
        return {key for each in value for key in keys_in(each)}
    if isinstance(value, dict):
        return {*value, *keys_in(list(value.values()))}
    return set()


def words_in(text: str) -> set[str]:
    """The words in backticks outside of the blocks; of ``failed[].error``, the last one."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return {word.rpartition(".")[2] for word in re.findall(r"`([\w.\[\]]+)`", prose)}


def words_for(heading: str) -> set[str]:
    """The words in backticks of a section, and of the sections that it refers to."""
    text = section(JSON_PAGE, heading)
    anchors = set(re.findall(r"\]\(#([\w-]+)\)", text))
    referred = (each for each in headings("json") if each.lower().replace(" ", "-") in anchors)
    return words_in(text).union(*(words_in(section(JSON_PAGE, each)) for each in referred))


def test_examples_with_json_are_found() -> None:
    assert len(examples_with_json()) >= len(commands())


@pytest.mark.parametrize(
    ("heading", "step"), examples_with_json(), ids=lambda each: getattr(each, "command", each)
)
def test_every_key_of_an_example_is_explained(heading: str, step: Step) -> None:
    assert keys_in(json.loads(step.shown)) - words_for(heading) == set()


def test_no_key_is_explained_that_no_command_prints() -> None:
    sources = Path(conda_private.__file__).parent.joinpath("cli").rglob("*.py")
    code = "".join(path.read_text() for path in sources)
    of_verbs = text_of("json").replace(section(JSON_PAGE, "Errors"), "")
    rows = re.findall(r"^\| `([\w.\[\]]+)` \|", of_verbs, re.M)
    assert rows
    assert {row for row in rows if f'"{row.rpartition(".")[2]}"' not in code} == set()


def test_every_error_class_has_its_section() -> None:
    names = {each.__name__ for each in errors()}
    assert names <= headings("errors")
    assert {name for name in headings("errors") if name.endswith("Error")} <= names


def test_every_key_of_a_proposal_is_explained() -> None:
    keys = {f"`{key}`" for key in KEYS}
    rows = re.findall(r"^\| (.+?) \|", section(DOCS / "reference" / "files.md", PROPOSALS), re.M)
    assert keys <= {key for row in rows for key in row.split(", ")}


def test_every_key_of_a_policy_is_explained() -> None:
    rows = re.findall(r"^\| `(.+?)` \|", text_of("policy"), re.M)
    assert set(policy_file.KEYS) <= set(rows)


def test_every_exit_code_is_explained() -> None:
    codes = {0, 130} | {each.return_code for each in errors()}
    shown = re.findall(r"^\| (\d+) \|", text_of("exit-codes"), re.M)
    assert sorted(map(int, shown)) == sorted(codes)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_page_names_no_verb_that_is_not_there(page: Path) -> None:
    named = set(re.findall(r"conda private ([a-z][a-z-]*)", page.read_text()))
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
