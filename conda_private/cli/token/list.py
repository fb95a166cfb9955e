"""``conda private token list``: list tokens, and what this machine uses them for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import datetime, timezone

from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_organization
from conda_private.cli.owners import uses
from conda_private.cli.report import scopes_of, tell
from conda_private.composition import servers
from conda_private.model.address import Address
from conda_private.model.expiry import describe, normal
from conda_private.model.facts import TokenFacts
from conda_private.output import columns

HELP = """\
List the tokens of your account or of an organization: their scopes, when they were created, when
they expire, and what this machine uses them for. No server shows the tokens themselves.

example:
  conda private token list"""

_HEADINGS = ("NAME", "SCOPES", "CREATED", "EXPIRES", "USED HERE FOR")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    add_organization(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """List the tokens; 0 even if there are none."""
    api = owners.api_from(args)
    _, secret = owners.account_at(api)
    found = servers.tokens(api, secret).tokens(args.private_org)
    now = datetime.now(timezone.utc)
    rows = [
        (
            token.token_name,
            scopes_of(token),
            token.created[:10],
            describe(normal(token.expires), now),
            ", ".join(uses(token, api)),
        )
        for token in found
    ]
    lines = columns(_HEADINGS, rows) if rows else ["It has no tokens."]
    tell(lines, {"api": str(api), "tokens": [_data(token, api) for token in found]})
    return 0


def _data(token: TokenFacts, api: Address) -> dict[str, object]:
    return {
        "name": token.token_name,
        "id": token.token_id or None,
        "scopes": list(token.scopes),
        "created": normal(token.created) or None,
        "expires": normal(token.expires) or None,
        "used_here_for": uses(token, api),
    }
