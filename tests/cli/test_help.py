"""``conda private --help``, for users who do not know the plugin yet."""

from __future__ import annotations

import re
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import suppress
from importlib import import_module

import pytest

from conda_private.cli.token import ACTIONS
from conda_private.cli.verbs import VERBS, module_of, parse

WIDTH = 92  # at which the summaries of the verbs fit without wrapping


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """The help as it is printed."""
    with suppress(SystemExit):
        parse(_parser(), ["-h"], None)
    return capsys.readouterr().out


def _parser() -> ArgumentParser:
    return ArgumentParser(prog="conda private", formatter_class=RawDescriptionHelpFormatter)


def test_help_names_every_verb_once_and_in_order(shown: str) -> None:
    assert re.findall(r"^  ([a-z-]+)  ", shown, re.M) == list(VERBS)


def test_help_groups_the_verbs(shown: str) -> None:
    headings = re.findall(r"^(?:for|to) .*:$", shown, re.M)
    assert len(headings) == 3
    owners = shown.partition("for channel owners")[2].partition("to migrate")[0]
    verbs = ["token", "share", "unshare", "make-private", "move", "bundle"]
    assert re.findall(r"^  ([a-z-]+)  ", owners, re.M) == verbs


def test_help_fits_the_terminal(shown: str) -> None:
    assert max(map(len, shown.splitlines())) <= WIDTH


def test_usage_of_a_verb_begins_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        parse(_parser(), ["list", "-h"], None)
    assert capsys.readouterr().out.startswith("usage: conda private list [-h]")


HELPS = {verb: import_module(module_of(verb)).HELP for verb in VERBS}
HELPS |= {f"token {name}": module.HELP for name, (_, module) in ACTIONS.items()}


@pytest.mark.parametrize("verb", HELPS)
def test_help_of_a_verb_ends_with_examples_of_it(verb: str) -> None:
    text, _, examples = re.sub("examples:", "example:", HELPS[verb]).partition("\n\nexample:\n")
    assert max(map(len, HELPS[verb].splitlines())) <= 100
    assert text.endswith(".")
    for line in examples.splitlines():
        assert line.startswith(f"  conda private {verb}")
        # A remark can be pasted into a shell together with its command.
        assert "   " not in line.strip() or re.search(r" {2,}# ", line)


def test_verbs_can_be_parsed_again_after_one_named_like_a_builtin() -> None:
    for _ in range(2):
        parsed, surplus = parse(_parser(), ["list"], None)
        assert (parsed.private_verb, surplus) == ("list", [])
