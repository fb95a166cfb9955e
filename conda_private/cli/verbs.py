"""``conda private VERB``: the tree of verbs, built when it is parsed."""

from __future__ import annotations

import re
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Any, NoReturn

VERBS = {
    "login": "verify a token or password for a channel, and keep it",
    "logout": "take back what a login wrote: secret, entry, channel list",
    "list": "show the logins; reads no secret, asks no server",
    "check": "ask the servers whether the logins still work",
    "explain": "show which login would sign a request to a URL, and why",
    "channels": "add, remove or list entries in conda's channel list",
    "packages": "show what is in a channel: private or public, and the labels",
    "whoami": "show whose token it is, and what it may do",
    "run": "run pip, uv, pixi or another tool with the credentials",
    "token": "make, list, end and rotate tokens",
    "share": "let users install a private package",
    "import": "take over the login of anaconda-client",
}
# Each group by its first verb.
_GROUPS = {
    "login": "for users of private channels:",
    "token": "for owners of a channel:",
    "import": "to move in from another tool:",
}
_DESCRIPTION = "Log in to private conda channels; then plain `conda install` works on them."
_EXAMPLE = """\
example:
  conda private login my-org --label dev     asks for the token; it is not shown
  conda install -c my-org/label/dev PACKAGE
  conda private check                        does it still work?

`conda private VERB --help` explains a verb. Every error ends with the command to run next.
"""
# Words that argparse repeats when it does not take them; one may be a misplaced secret.
_ECHO = re.compile(r"'[^']*'|\"[^\"]*\"|(?<=ambiguous option: )\S+")


def parse(
    parser: ArgumentParser, args: Sequence[str] | None, namespace: Namespace | None
) -> tuple[Namespace, list[str]]:
    """Build the verbs below conda's parser for us, and parse with them.

    What is left over is an error here: conda's own message would repeat it, and it may be a
    secret that somebody put on the command line.
    """
    # Not `list(...)`: once the verb of that name is loaded, it is an attribute of this package.
    words = [*(sys.argv[1:] if args is None else args)]
    _build(parser, words)
    if not words:
        parser.print_help(sys.stderr)
        parser.exit(2)
    parsed, surplus = ArgumentParser.parse_known_args(parser, words, namespace or Namespace())
    if surplus:
        _fail(
            f"{parser.prog} {parsed.private_verb}",
            f"{len(surplus)} argument(s) not understood (not shown: one may be a secret; a token is"
            " typed when asked, or piped with --token-stdin)",
        )
    return parsed, []


def execute(arguments: Namespace) -> int:
    """Run the verb that was parsed; gives the exit code.

    Raises:
        CancelledError: the user interrupted it (conda itself would exit 1).
    """
    try:
        code: int = arguments.private_execute(arguments)
    except KeyboardInterrupt:
        from conda_private.model.exceptions import CancelledError

        raise CancelledError(
            "Interrupted.", next_step="conda private list      shows what is there now"
        ) from None
    return code


def _build(parser: ArgumentParser, words: Sequence[str]) -> None:
    parser.description = _description()
    parser.epilog = _EXAMPLE
    _hide_values(parser)
    verbs = parser.add_subparsers(metavar="VERB", dest="private_verb", required=True, help=SUPPRESS)
    parser.usage = (
        f"{parser.prog} [-h] VERB ..."  # not before the verbs, which take their own from it
    )
    for name, summary in VERBS.items():
        _add_verb(verbs, name, summary, loaded=name in words)


def _description() -> str:
    lines = [_DESCRIPTION]
    for name, summary in VERBS.items():
        if name in _GROUPS:
            lines += ["", _GROUPS[name]]
        lines.append(f"  {name:<10}{summary}")
    return "\n".join(lines)


def module_of(verb: str) -> str:
    """The name of a verb's module; Python reserves some words."""
    return f"conda_private.cli.{verb}{'_' if iskeyword(verb) else ''}"


def _add_verb(verbs: Any, name: str, summary: str, *, loaded: bool) -> None:
    if not loaded:
        verbs.add_parser(name, help=summary, add_help=False)
        return
    add_command(verbs, name, summary, import_module(module_of(name)))


def add_command(commands: Any, name: str, summary: str, module: Any) -> None:
    """Add the parser of a module with ``HELP``, ``configure_parser`` and ``execute``.

    A verb whose actions are modules has no ``execute``: one of them has to be given.
    """
    command = commands.add_parser(name, help=summary, description=module.HELP, allow_abbrev=False)
    _hide_values(command)
    command.set_defaults(private_execute=getattr(module, "execute", None))
    module.configure_parser(command)


def _hide_values(parser: ArgumentParser) -> None:
    def error(message: str) -> NoReturn:
        said, choose, choices = message.partition(" (choose from")
        _fail(parser.prog, _ECHO.sub("(not shown)", said) + choose + choices)

    parser.error = error  # type: ignore[method-assign]


def _fail(program: str, message: str) -> NoReturn:
    sys.stderr.write(f"{program}: error: {message}\nNext:  {program} --help\n")
    sys.exit(2)
