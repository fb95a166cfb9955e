"""The commands as the program itself declares them."""

from __future__ import annotations

from argparse import ArgumentParser, HelpFormatter
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from conda_private.cli.verbs import VERBS, module_of

_WIDTH = 76  # what fits beside the two sidebars


def parser_of(command: str) -> ArgumentParser:
    """The parser of a verb or action, as ``conda private VERB [ACTION] --help`` shows it."""
    parser = ArgumentParser(
        prog=f"conda private {command}",
        formatter_class=lambda prog: HelpFormatter(prog, width=_WIDTH),
    )
    module_for(command).configure_parser(parser)
    return parser


def module_for(command: str) -> ModuleType:
    """The module of a verb or action, which has its ``HELP`` and ``configure_parser``."""
    verb, _, action = command.partition(" ")
    module = import_module(module_of(verb))
    return module.ACTIONS[action][1] if action else module


def commands() -> Iterator[tuple[str, str]]:
    """Each verb with its summary, and behind it the actions of one that has some."""
    for verb, summary in VERBS.items():
        yield verb, summary
        for name, (text, _) in getattr(module_for(verb), "ACTIONS", {}).items():
            yield f"{verb} {name}", text
