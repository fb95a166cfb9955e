"""Directives whose text comes from the code: verbs and their actions, errors, layers."""

from __future__ import annotations

import inspect
import re
from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from command_line import commands, module_for, parser_of
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from conda_private.model import discovery, exceptions, policy, sign_in

_PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
_CODE = re.compile(r"`+([^`]+)`+")


class VerbsDirective(SphinxDirective):
    """A table of all verbs with their summaries."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        rows = "".join(
            f"| [{name}](#{name.replace(' ', '-')}) | {text} |\n" for name, text in commands()
        )
        return self.parse_text_to_nodes(f"| verb | does |\n|---|---|\n{rows}")


class VerbSectionsDirective(SphinxDirective):
    """A section for each verb, and below it one for each of its actions."""

    def run(self) -> list[nodes.Node]:
        """Make the sections."""
        sections = "".join(
            f"##{'#' * name.count(' ')} {name}\n\n```{{verb}} {name}\n```\n\n"
            for name, _ in commands()
        )
        return self.parse_text_to_nodes(sections, allow_section_headings=True)


class VerbDirective(SphinxDirective):
    """What the ``--help`` of a verb or action says."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Make description, examples, usage and options."""
        verb = self.arguments[0]
        self.env.note_dependency(inspect.getfile(module_for(verb)))
        parser = parser_of(verb)
        text, _, examples = re.split(r"\n\n(example)s?:\n", module_for(verb).HELP)
        return [
            _paragraph(" ".join(text.split())),
            _literal("\n".join(f"$ {line.strip()}" for line in examples.splitlines()), "console"),
            _literal(parser.format_usage(), "text"),
            *_groups(parser),
        ]


class MeaningDirective(SphinxDirective):
    """What an error means, and the exit code that it gives."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the paragraph."""
        name = self.arguments[0]
        error = next(
            vars(each)[name]
            for each in (exceptions, policy, sign_in, discovery)
            if name in vars(each)
        )
        self.env.note_dependency(str(inspect.getfile(error)))
        says = " ".join(str(inspect.getdoc(error)).split())
        return [_paragraph(f"{says} Exit code {error.return_code}.")]


class LayersDirective(SphinxDirective):
    """The layers of the import contract, the highest first."""

    def run(self) -> list[nodes.Node]:
        """Make the block."""
        self.env.note_dependency(str(_PYPROJECT))
        found = re.search(r"^layers = \[\n(.*?)^\]", _PYPROJECT.read_text(), re.M | re.S)
        if found is None:
            raise self.severe("There are no layers in pyproject.toml.")
        return [_literal("\n".join(re.findall(r'"(.+)"', found[1])), "text")]


def _groups(parser: ArgumentParser) -> Iterator[nodes.Node]:
    for group in parser._action_groups:
        shown = [action for action in group._group_actions if action.help != SUPPRESS]
        if shown:
            yield nodes.rubric("", str(group.title).capitalize())
            yield nodes.definition_list("", *(_option(parser, action) for action in shown))


def _option(parser: ArgumentParser, action: Action) -> nodes.definition_list_item:
    formatter = parser._get_formatter()
    invocation = formatter._format_action_invocation(action)
    explained = formatter._expand_help(action) if action.help else "what to do"
    return nodes.definition_list_item(
        "",
        nodes.term("", "", nodes.literal("", invocation)),
        nodes.definition("", _paragraph(explained)),
    )


def _paragraph(text: str) -> nodes.paragraph:
    paragraph = nodes.paragraph()
    for index, part in enumerate(_CODE.split(text)):
        paragraph += nodes.literal("", part) if index % 2 else nodes.Text(part)
    return paragraph


def _literal(text: str, language: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language=language)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("verbs", VerbsDirective)
    app.add_directive("verb-sections", VerbSectionsDirective)
    app.add_directive("verb", VerbDirective)
    app.add_directive("meaning", MeaningDirective)
    app.add_directive("layers", LayersDirective)
    return {"parallel_read_safe": True}
