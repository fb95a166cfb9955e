"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import conda_private

PACKAGE = Path(conda_private.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("test_*.py"))
MAX_MODULE, MAX_FUNCTION = 300, 30
# Where a request is signed, where a store writes, where a token's own form is looked at, and the
# printer, for `token create --show`; and what is taken out of a child's output.
MAY_REVEAL = {
    *("schemes.py", "keyring.py", "file.py", "helper.py", "expiry.py", "prompt.py"),
    *("output.py", "redactor.py", "tools.py"),
}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a module, and how many lines each has."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_and_its_functions_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_MODULE
    assert [name for name, lines in functions(path) if lines > MAX_FUNCTION] == []


def test_secret_is_revealed_only_where_it_is_signed_or_stored() -> None:
    revealing = {path.name for path in MODULES if ".reveal()" in path.read_text()}
    assert revealing <= MAY_REVEAL


def test_no_test_uses_a_mock_library_or_patches_by_a_dotted_string() -> None:
    forbidden = re.compile(r"unittest\.mock|from mock |mocker\b|setattr\(\s*[\"']")
    here = Path(__file__)
    assert [path for path in TESTS if path != here and forbidden.search(path.read_text())] == []


def test_every_verb_has_a_module_with_help_and_an_example() -> None:
    from importlib import import_module

    from conda_private.cli.verbs import VERBS, module_of

    for verb in VERBS:
        module = import_module(module_of(verb))
        assert re.search(r"examples?:\n  conda private ", module.HELP)


def test_every_command_that_make_announces_is_there() -> None:
    makefile = Path(__file__).parents[1].joinpath("Makefile").read_text()
    (announced,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(announced.split()) == set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
