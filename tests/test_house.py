"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import conda_private
from conda_private.cli.verbs import VERBS, module_of, parse

PACKAGE = Path(conda_private.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("test_*.py"))
MAX_MODULE, MAX_FUNCTION = 300, 30
MIN_MODULE, MAX_TOP_LEVEL = 40, 18
# Modules with fewer lines than that, each with its reason.
SHORT = {
    "__init__.py": "the package says what it is; conda imports it for every command",
    "cli/token/__init__.py": "the parser of a family of verbs; the verbs are beside it",
}
# Where a request is signed, where a store writes, where a token's own form is looked at, and the
# printer, for `token create --show`; and what is taken out of a server's answer.
MAY_REVEAL = {
    *("model/schemes.py", "model/expiry.py", "stores/keyring.py", "stores/file.py"),
    *("stores/helper.py", "stores/kept.py", "stores/oidc.py", "cli/prompt.py", "output.py"),
    *("gateway/credentials.py", "cli/helper/protocols.py", "keyring_backend.py"),
    *("stores/by_host.py", "composition/exports.py"),
    *("signin/grant.py", "signin/issuer.py", "signin/store.py"),
}
# Phrases that read as if translated, or that use a word of ours for a term of the field.
FOREIGN = re.compile(
    r"somebody's|\bshall\b|\bmends?\b|is believed"
    r"|(?:token|credential|login)s? (?:is|are) (?:dead|alive)"
    r"|(?:token|login|credential) (?:has )?ended|opens (?:nothing|no\b|\d)|^\s*may\s|what it may do"
    r"|anybody on the way|who stands in the way|that is meant so|said before, and asked"
    r"|what (?:is|was) wished|the same for|\bwiring\b|\brewires?\b|found a hole|one of somebody"
    r"|names are given once|makes? a token|is bound to",
    re.IGNORECASE | re.MULTILINE,
)
CHECKOUT = Path(__file__).parents[1]
PAGES = sorted(
    [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("changelog.d/*.md")]
    + [page for page in CHECKOUT.joinpath("docs").rglob("*.md") if "_build" not in page.parts]
)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a module, and how many lines each has."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_and_its_functions_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_MODULE
    assert [name for name, lines in functions(path) if lines > MAX_FUNCTION] == []


def test_short_modules_are_known_with_a_reason() -> None:
    short = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if 0 < len(path.read_text().splitlines()) < MIN_MODULE
    }
    assert short == SHORT.keys()


def test_top_level_of_the_package_can_be_taken_in_at_a_glance() -> None:
    names = {path.relative_to(PACKAGE).parts[0] for path in MODULES}
    assert len(names) <= MAX_TOP_LEVEL


def test_secret_is_revealed_only_where_it_is_signed_or_stored() -> None:
    revealing = {path for path in MODULES if ".reveal()" in path.read_text()}
    assert {str(path.relative_to(PACKAGE)) for path in revealing} == MAY_REVEAL


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_speaks_the_language_of_the_field(path: Path) -> None:
    assert [match[0] for match in FOREIGN.finditer(path.read_text())] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_page_speaks_the_language_of_the_field(page: Path) -> None:
    assert [match[0] for match in FOREIGN.finditer(page.read_text())] == []


@pytest.mark.parametrize("words", [[], *([verb] for verb in VERBS)], ids=" ".join)
def test_help_speaks_the_language_of_the_field(words: list[str]) -> None:
    parser = ArgumentParser(prog="conda private")
    shown = io.StringIO()
    with pytest.raises(SystemExit), contextlib.redirect_stdout(shown):
        parse(parser, [*words, "--help"], None)
    text = shown.getvalue()
    assert text
    assert [match[0] for match in FOREIGN.finditer(text)] == []


def test_remark_behind_a_command_in_help_is_a_comment() -> None:
    for verb in VERBS:
        examples = re.split(r"examples?:\n", import_module(module_of(verb)).HELP)[1]
        for line in examples.splitlines():
            command, _, remark = line.strip().partition("  ")
            assert not remark or remark.strip().startswith("#"), command


def test_no_test_uses_a_mock_library_or_patches_by_a_dotted_string() -> None:
    forbidden = re.compile(r"unittest\.mock|from mock |mocker\b|setattr\(\s*[\"']")
    here = Path(__file__)
    assert [path for path in TESTS if path != here and forbidden.search(path.read_text())] == []


def test_every_verb_has_a_module_with_help_and_an_example() -> None:
    for verb in VERBS:
        module = import_module(module_of(verb))
        assert re.search(r"examples?:\n  conda private ", module.HELP)


def test_every_command_that_make_announces_is_there() -> None:
    makefile = Path(__file__).parents[1].joinpath("Makefile").read_text()
    (announced,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(announced.split()) == set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
