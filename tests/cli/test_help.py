"""What ``conda private --help`` says to somebody who knows nothing yet."""

from __future__ import annotations

import re
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import suppress

import pytest

from conda_private.cli.verbs import VERBS, parse

WIDTH = 92  # what the descriptions of the verbs are wrapped at


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """The help."""
    with suppress(SystemExit):
        parse(_parser(), ["-h"], None)
    return capsys.readouterr().out


def _parser() -> ArgumentParser:
    return ArgumentParser(prog="conda private", formatter_class=RawDescriptionHelpFormatter)


def test_help_names_every_verb_once_and_in_order(shown: str) -> None:
    assert re.findall(r"^  ([a-z]+)  ", shown, re.M) == list(VERBS)


def test_help_groups_the_verbs(shown: str) -> None:
    headings = re.findall(r"^(?:for|to) .*:$", shown, re.M)
    assert len(headings) == 3
    owners = shown.partition("for owners")[2].partition("to move in")[0]
    assert re.findall(r"^  ([a-z]+)  ", owners, re.M) == ["token", "share"]


def test_help_fits_the_terminal(shown: str) -> None:
    assert max(map(len, shown.splitlines())) <= WIDTH


def test_usage_of_a_verb_begins_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        parse(_parser(), ["list", "-h"], None)
    assert capsys.readouterr().out.startswith("usage: conda private list [-h]")


def test_verbs_can_be_parsed_again_after_one_named_like_a_builtin() -> None:
    for _ in range(2):
        parsed, surplus = parse(_parser(), ["list"], None)
        assert (parsed.private_verb, surplus) == ("list", [])
