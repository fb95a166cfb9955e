"""Finds the verb or option that was meant: only our own words are ever shown, never what was typed.

A word that is near to one of ours is a typing error, and any other may be a credential.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_LIKE = 0.7  # of 1; "unsare" is like "unshare", and no token is like a verb
# What other tools call it.
_VERBS_OF_OTHERS = {
    "signin": "login",
    "sign-in": "login",
    "auth": "login",
    "signout": "logout",
    "ls": "list",
    "verify": "check",
    "why": "explain",
    "revoke": "token revoke",
    "rotate": "token rotate",
}
_OPTIONS_OF_OTHERS = {"-l": "--label", "-u": "--username", "--user": "--username"}


def near_verb(word: str, verbs: Iterable[str]) -> str:
    """Return the verb that was meant, or "" if the word is near to none."""
    if word.lower() in _VERBS_OF_OTHERS:
        return _VERBS_OF_OTHERS[word.lower()]
    return _nearest(word.lower(), verbs)


def near_option(words: Sequence[str], parser: ArgumentParser) -> str:
    """Return the option of a parser that the first of the words was meant for, or ""."""
    word = next((each for each in words if each.startswith("-")), "").partition("=")[0]
    known = [name for name in parser._option_string_actions if _is_shown(parser, name)]
    if _OPTIONS_OF_OTHERS.get(word) in known:
        return _OPTIONS_OF_OTHERS[word]
    return _nearest(word, known) if word.startswith("--") else ""


def _is_shown(parser: ArgumentParser, name: str) -> bool:
    action = parser._option_string_actions[name]
    return name.startswith("--") and action.help != SUPPRESS


def _nearest(word: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(word, list(known), 1, _LIKE)), "")
