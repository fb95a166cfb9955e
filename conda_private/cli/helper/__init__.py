"""``conda private helper``: answer docker, git, Bazel or cargo, which ask for a credential."""

from __future__ import annotations

import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from datetime import datetime, timezone
from typing import NamedTuple

from conda_private.cli import arguments
from conda_private.cli.helper.protocols import CARGO_GREETING, PROTOCOLS, Answer
from conda_private.cli.helper.setup import setup_lines
from conda_private.cli.report import tell
from conda_private.composition import machine
from conda_private.gateway.credentials import Credential, Credentials
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Login, find_login
from conda_private.output import hand_over, notice

HELP = """\
Be the credential helper of docker, git, Bazel or cargo, for the logins that you name. The program
gets the credential itself. Without an action, this shows how to set it up, and hands out nothing.

examples:
  conda private helper --protocol git --for https://git.example.org      # shows the setup
  conda private helper --protocol docker --for https://registry.example.org get"""

_LONGEST_REQUEST = 65_536  # characters


class Named(NamedTuple):
    """The credentials of the logins that were named."""

    logins: tuple[Login, ...]
    credentials: Credentials

    def at(self, url: str) -> Credential | None:
        """Return the credential for requests to a URL, or None."""
        found = self.credentials.find(url)
        if found is None:
            self._say_why_not(url)
        return found

    def of_host(self, url: str) -> Credential | None:
        """Return the credential of the only named login on a URL's host, or None."""
        address = Address.of_request(url)
        on_host = [login for login in self.logins if address and login.address[:3] == address[:3]]
        if len(on_host) != 1:
            self._say_why_not(address.netloc if address else "this address")
            return None
        login = on_host[0]
        return Credential(login, login.scheme, machine.resolver().secret(login))

    def _say_why_not(self, what: str) -> None:
        covered = ", ".join(str(login.address) for login in self.logins)
        notice(f"conda-private: no single login covers {what}. Named with --for: {covered}")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--protocol",
        dest="private_protocol",
        required=True,
        choices=tuple(PROTOCOLS),
        help="the program that asks",
    )
    parser.add_argument(
        "--for",
        dest="private_for",
        metavar="CHANNEL",
        action="append",
        required=True,
        help="a login that it may use, by its channel or address; repeat it for several",
    )
    _add_action(parser)
    arguments.add_output(parser)


def _add_action(parser: ArgumentParser) -> None:
    parser.add_argument(
        "private_asked",
        metavar="ACTION",
        nargs="?",
        help="what the program asks, such as get; the program adds it",
    )
    parser.add_argument(
        "--cargo-plugin",
        dest="private_asked_by_cargo",
        action="store_const",
        const="--cargo-plugin",
        help=SUPPRESS,
    )


def execute(args: Namespace) -> int:
    """Answer the program, or show the setup; the exit code is what the protocol has for it."""
    protocol = PROTOCOLS[args.private_protocol]
    action = args.private_asked_by_cargo or args.private_asked
    if action and action not in protocol.actions:
        raise UsageError(
            f"{protocol.program} has no such action.",
            cause=f"Its actions are {', '.join(protocol.actions)}.",
            next_step="conda private helper --help",
        )
    named = _named(args)
    if not action:
        return _show_setup(args.private_protocol, named)
    if args.private_protocol == "cargo":
        return _converse(named)
    text = sys.stdin.read(_LONGEST_REQUEST) if action not in ("list", "capability") else ""
    return _say(protocol.answer(action, text, named, datetime.now(timezone.utc)))


def _named(args: Namespace) -> Named:
    all_logins = machine.logins()
    addresses = (arguments.own_address(text, "helper", args=args) for text in args.private_for)
    logins = tuple(find_login(each, all_logins) for each in dict.fromkeys(addresses))
    return Named(logins, Credentials(logins, machine.resolver().secret))


def _show_setup(protocol: str, named: Named) -> int:
    addresses = [login.address for login in named.logins]
    lines = setup_lines(protocol, addresses)
    tell(lines, {"protocol": protocol, "for": [*map(str, addresses)], "setup": lines})
    return 0


def _converse(named: Named) -> int:
    """Answer cargo, which asks in lines until it closes our standard input."""
    hand_over(CARGO_GREETING)
    while line := sys.stdin.readline(_LONGEST_REQUEST):
        _say(PROTOCOLS["cargo"].answer("", line, named, datetime.now(timezone.utc)))
    return 0


def _say(answer: Answer) -> int:
    if answer.text:
        hand_over(answer.text)
    return answer.code
