"""A word near to a verb or an option gets a suggestion; no other word is ever repeated."""

from __future__ import annotations

from argparse import ArgumentParser

import pytest

from conda_private.cli.near import near_option, near_verb
from conda_private.cli.verbs import VERBS, parse


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The message for a command line that is refused."""
    with pytest.raises(SystemExit) as raised:
        parse(ArgumentParser(prog="conda private"), list(words), None)
    assert raised.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        *(("loign", "login"), ("LOGIN", "login"), ("unsare", "unshare"), ("chek", "check")),
        *(("docter", "doctor"), ("ls", "list"), ("signin", "login"), ("revoke", "token revoke")),
    ],
)
def test_near_verb_is_suggested(capsys: pytest.CaptureFixture[str], word: str, verb: str) -> None:
    text = refused(capsys, word, "my-org")
    assert f"did you mean  conda private {verb}\n" in text


@pytest.mark.parametrize("word", ["al-ca-nary-0003", "my-org", "xyz"])
def test_other_word_is_not_repeated(capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert near_verb(word, VERBS) == ""
    text = refused(capsys, word)
    assert word not in text
    assert "did you mean" not in text


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("login", "my-org", "--lable", "dev"), "--label"),
        (("login", "my-org", "--lable=dev"), "--label"),
        (("login", "my-org", "-l", "dev"), "--label"),
        (("check", "--expire-within", "3d"), "--expires-within"),
        (("doctor", "--fixx"), "--fix"),
        (("--fixx", "doctor"), "--fix"),
        (("token", "create", "--show", "--expire", "3d"), "--expires"),
    ],
)
def test_near_option_is_suggested(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], option: str
) -> None:
    text = refused(capsys, *words)
    assert f"; did you mean {option}?\n" in text
    assert "dev" not in text
    assert "3d" not in text


def test_option_that_is_refused_on_purpose_is_not_suggested() -> None:
    parser = ArgumentParser(prog="x")
    parser.add_argument("--token", help="==SUPPRESS==")
    assert near_option(["--tokn", "al-ca-nary-0003"], parser) == ""
    assert near_option(["al-ca-nary-0003"], parser) == ""


def test_status_is_list() -> None:
    parsed, surplus = parse(ArgumentParser(prog="conda private"), ["status", "--json"], None)
    assert (parsed.private_verb, surplus) == ("list", [])
