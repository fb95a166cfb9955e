"""``conda private token show``: hand the credential of a login to another program."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments
from conda_private.cli.report import tell
from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.login import find_login
from conda_private.output import show_once

HELP = """\
Print the token or password of a login, alone on standard output, for a program that needs it and
that cannot use `conda private run`. It is not printed on a terminal, except with --yes.

example:
  conda private token show my-org | docker login --username alice --password-stdin HOST"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Print the credential; 0 if it was printed."""
    login = find_login(arguments.own_address_from(args), machine.logins())
    address = login.address
    if args.dry_run:
        data = {"dry_run": True, "address": str(address)}
        tell([f"Would print the credential for {address}"], data)
        return 0
    if sys.stdout.isatty() and not args.yes:
        raise _refusal(address)
    secret = machine.resolver().secret(login)
    show_once(secret, f"The credential for {address}. Programs that have it can use it as you do:")
    return 0


def _refusal(address: Address) -> UsageError:
    return UsageError(
        f"The credential for {address} was not printed.",
        cause="Standard output is a terminal, so it would stay on the screen.",
        next_step=f"conda private token show {address} | PROGRAM\n"
        f"or, to see it:  conda private token show {address} --yes",
    )
