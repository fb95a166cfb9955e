"""``conda private VERB``: the tree of verbs, built when a command line is parsed."""

from __future__ import annotations

import re
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Any, NoReturn

from conda_private.output import flush

VERBS = {
    "login": "verify a token or password for a channel, and store it",
    "logout": "remove everything a login created",
    "list": "show the logins; reads no credential, asks no server",
    "check": "ask the servers whether the credentials are still valid",
    "explain": "show which login authenticates a request to a URL, and why",
    "doctor": "find credentials in clear text and faults, and fix the safe ones",
    "channels": "show your channels of anaconda.com, or change conda's channel list",
    "packages": "show the packages of a channel, their access and labels",
    "whoami": "show the user and the scopes of a token",
    "run": "run pip, uv, pixi or another tool with your credentials",
    "helper": "be the credential helper of docker, git, Bazel or cargo",
    "token": "create, list, revoke, rotate and show tokens",
    "share": "give users access to a package or a channel, or list who can install it",
    "unshare": "take users' access to a package or a channel away",
    "make-private": "reserve a new package as private, or make a channel private",
    "move": "move a package to an organization, and keep it private",
    "bundle": "create a conda package with the channels and proposed logins of a team",
    "import": "import the credentials of other tools and files",
    "export": "write credentials to the file of rattler, mamba, anaconda-client, or netrc",
}
# Each group by its first verb.
_GROUPS = {
    "login": "for users of private channels:",
    "token": "for channel owners:",
    "import": "to migrate from, or export to, other tools:",
}
# Other words for a verb; the help has one word for each.
_ALIASES = {"status": "list"}
_DESCRIPTION = "Log in to private conda channels, so that plain `conda install` works with them."
_EXAMPLES = """\
examples:
  conda private login my-org --label dev     # asks for the token; input is hidden
  conda install -c my-org/label/dev PACKAGE
  conda private check                        # is the token still valid?

Every verb has `--help`. Every error ends with the command to run next.
"""
# Words that argparse repeats when it rejects them; one may be a misplaced credential.
_ECHO = re.compile(r"'[^']*'|\"[^\"]*\"|(?<=ambiguous option: )\S+")


def parse(
    parser: ArgumentParser, args: Sequence[str] | None, namespace: Namespace | None
) -> tuple[Namespace, list[str]]:
    """Add the verbs to the parser that conda created, and parse the arguments.

    An unrecognized argument is an error here: conda's own message would repeat it, and it may be a
    credential.
    """
    # Not `list(...)`: once loaded, the verb of that name is an attribute of this package.
    words = [*(sys.argv[1:] if args is None else args)]
    words[:1] = [_ALIASES.get(word, word) for word in words[:1]]
    verbs = _build(parser, words)
    if not words:
        parser.print_help(sys.stderr)
        parser.exit(2)
    _suggest_verb(parser.prog, words[0])
    try:
        parsed, surplus = ArgumentParser.parse_known_args(parser, words, namespace or Namespace())
    except SystemExit:
        flush()  # the help that was asked for
        raise
    if surplus:
        _refuse_surplus(_parser_of(verbs.choices[parsed.private_verb], words), parsed, surplus)
    return parsed, []


def _suggest_verb(program: str, word: str) -> None:
    from conda_private.cli.near import near_verb

    if not word.startswith("-") and word not in VERBS and (verb := near_verb(word, VERBS)):
        _fail(program, f"there is no such verb; did you mean  {program} {verb}")


def _parser_of(verb: ArgumentParser, words: Sequence[str]) -> ArgumentParser:
    """Return the parser of a verb, or of the action of one that has some."""
    below = getattr(verb._subparsers, "_group_actions", ())
    actions = (each.choices[word] for each in below for word in words if word in each.choices)
    return next(actions, verb)


def _refuse_surplus(command: ArgumentParser, parsed: Namespace, surplus: Sequence[str]) -> NoReturn:
    from conda_private.cli.near import near_option
    from conda_private.model.typed import usual_label

    text = (
        f"{len(surplus)} unrecognized argument(s), not shown because one may be a credential;"
        " type a token at the prompt, or pipe it to --token-stdin"
    )
    if option := near_option(surplus, command):
        text += f"; did you mean {option}?"
    elif getattr(parsed, "private_label", "") is None:
        text += f"; or, for a label, did you mean --label {usual_label(surplus[0])}?"
    _fail(command.prog, text)


def execute(arguments: Namespace) -> int:
    """Run the verb that was parsed; return the exit code.

    Raises:
        CancelledError: the user interrupted it (conda itself would exit with 1).
    """
    from conda_private.gateway.leftovers import remove_leftovers

    remove_leftovers()
    try:
        code: int = arguments.private_execute(arguments)
    except KeyboardInterrupt:
        from conda_private.model.exceptions import CancelledError

        raise CancelledError(
            "Interrupted.", next_step="conda private list      # shows the logins that exist now"
        ) from None
    if arguments.private_verb != "logout":
        _remind_of_leftovers()
    return code


def _remind_of_leftovers() -> None:
    """Name the credentials that a logout, or a login elsewhere, could not delete."""
    from conda_private.composition import machine
    from conda_private.model.exceptions import CondaPrivateError
    from conda_private.output import notice

    try:
        left = machine.records().leftovers()
    except CondaPrivateError:
        return  # the verb has reported it, or did not need the file
    for each in left:
        notice(
            f"\nconda-private: an old credential for {each.key} is still in the"
            f" {each.source.place}.  Next:  conda private logout --unfinished"
        )


def _build(parser: ArgumentParser, words: Sequence[str]) -> Any:
    parser.description = _description()
    parser.epilog = _EXAMPLES
    _hide_values(parser)
    verbs = parser.add_subparsers(metavar="VERB", dest="private_verb", required=True, help=SUPPRESS)
    parser.usage = (
        f"{parser.prog} [-h] VERB ..."  # not before the verbs, which derive their own from it
    )
    for name, summary in VERBS.items():
        _add_verb(verbs, name, summary, loaded=name in words)
    return verbs


def _description() -> str:
    lines = [_DESCRIPTION]
    for name, summary in VERBS.items():
        if name in _GROUPS:
            lines += ["", _GROUPS[name]]
        lines.append(f"  {name:<14}{summary}")
    return "\n".join(lines)


def module_of(verb: str) -> str:
    """Return the name of a verb's module: a valid name in Python."""
    return f"conda_private.cli.{verb.replace('-', '_')}{'_' if iskeyword(verb) else ''}"


def _add_verb(verbs: Any, name: str, summary: str, *, loaded: bool) -> None:
    if not loaded:
        verbs.add_parser(name, help=summary, add_help=False)
        return
    add_command(verbs, name, summary, import_module(module_of(name)))


def add_command(commands: Any, name: str, summary: str, module: Any) -> None:
    """Add the parser of a module with ``HELP``, ``configure_parser`` and ``execute``.

    A verb with actions has no ``execute``; each of its actions has one.
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
