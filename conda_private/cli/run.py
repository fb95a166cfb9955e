"""``conda private run``: run another tool with the credentials of the logins."""

from __future__ import annotations

import os
from argparse import REMAINDER, ArgumentParser, Namespace
from collections.abc import Sequence

from conda_private.cli.arguments import own_address
from conda_private.composition import machine
from conda_private.gateway import child
from conda_private.gateway.session import variables_of_run
from conda_private.model.exceptions import NotLoggedInError, UsageError
from conda_private.model.login import Login, find_login

HELP = """\
Run another tool with the credentials of your logins: pip, uv, pixi, rattler-build, mamba, git, or
any program that uses HTTPS_PROXY and that trusts the certificates in SSL_CERT_FILE. The tool gets
no credential. conda itself needs this only for an environment file with a pip: section.

examples:
  conda private run pip install my-package
  conda private run --for my-org --with-pypi uv pip install my-package
  conda private run --with-pypi conda env create -f environment.yml
  conda private run pixi install"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    # argparse would show only "..." for the command.
    parser.usage = "%(prog)s [-h] [--for CHANNEL]... [--with-pypi] COMMAND ..."
    parser.add_argument(
        "--for",
        dest="private_for",
        metavar="CHANNEL",
        action="append",
        default=[],
        help="use only the login for this channel; can be repeated (default: all logins)",
    )
    parser.add_argument(
        "--with-pypi",
        dest="private_with_pypi",
        action="store_true",
        help="also use PyPI (or PIP_INDEX_URL), for packages that the private index does not have",
    )
    parser.add_argument(
        "private_command", metavar="COMMAND ...", nargs=REMAINDER, help="the tool and its arguments"
    )


def execute(args: Namespace) -> int:
    """Run the command; return its exit status."""
    command = args.private_command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise UsageError("No command given.", next_step="conda private run pip install NAME")
    logins = _chosen(args.private_for)
    run = variables_of_run(command, logins, os.environ, with_pypi=args.private_with_pypi)
    with child.ended_by_exception(), run as variables:
        return child.run(command, variables)


def _chosen(channels: Sequence[str]) -> Sequence[Login]:
    logins = machine.logins()
    chosen = [find_login(own_address(name, "run --for"), logins) for name in channels] or logins
    if not chosen:
        raise NotLoggedInError("There is no login to use.", next_step="conda private login my-org")
    return chosen
