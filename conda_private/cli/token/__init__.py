"""``conda private token``: the life of a token, from making to ending."""

from __future__ import annotations

from argparse import ArgumentParser

from conda_private.cli.token import create, list, revoke, rotate
from conda_private.cli.verbs import add_command

HELP = """\
Make, list, end and rotate tokens on servers with anaconda.org's API. It asks with your account:
`conda private login --account`.

examples:
  conda private token create --for my-org
  conda private token list
  conda private token revoke old-laptop
  conda private token rotate my-org"""

ACTIONS = {
    "create": ("make a token; it is stored for a channel, or shown once", create),
    "list": ("show the tokens, and which of them this machine uses", list),
    "revoke": ("end a token by its name", revoke),
    "rotate": ("put a new token in the place of the one of a login, and end that", rotate),
}


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(metavar="ACTION", dest="private_action", required=True)
    for name, (summary, module) in ACTIONS.items():
        add_command(actions, name, summary, module)
