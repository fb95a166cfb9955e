"""``conda private token``: create, list, revoke, rotate and show tokens."""

from __future__ import annotations

from argparse import ArgumentParser

from conda_private.cli.token import create, list, revoke, rotate, show
from conda_private.cli.verbs import add_command

HELP = """\
Create, list, revoke and rotate tokens at servers with the API of anaconda.org. This requires an
account: `conda private login --account`. The action `show` works with every login.

examples:
  conda private token create --for my-org
  conda private token list
  conda private token revoke old-laptop
  conda private token rotate my-org"""

ACTIONS = {
    "create": ("create a token, and store it for a channel or print it once", create),
    "list": ("list tokens, and what this machine uses them for", list),
    "revoke": ("revoke a token by name", revoke),
    "rotate": ("replace a login's token with a new one and revoke the old one", rotate),
    "show": ("print the credential of a login, for another program", show),
}


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(metavar="ACTION", dest="private_action", required=True)
    for name, (summary, module) in ACTIONS.items():
        add_command(actions, name, summary, module)
