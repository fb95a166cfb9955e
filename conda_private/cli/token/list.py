"""``conda private token list``: list tokens, and what this machine uses them for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime, timezone

from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_organization
from conda_private.cli.owners import uses
from conda_private.cli.report import scopes_of, tell
from conda_private.composition import servers
from conda_private.model.address import Address
from conda_private.model.expiry import describe, moment, normal
from conda_private.model.facts import TokenFacts
from conda_private.output import columns

HELP = """\
List the tokens of your account or of an organization: their scopes, when they were created, when
they expire, and what this machine uses them for. Tokens that expire soon are first. No server shows
the tokens themselves. The list of an organization does not include its members' own tokens.

examples:
  conda private token list
  conda private token list --org my-org"""

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
    organization = args.private_org
    found = _by_expiry(servers.tokens(api, secret).tokens(organization))
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
    if organization:
        lines += [
            "",
            f"This list has the tokens of {organization} itself. Its members' own tokens are not in"
            " it.",
            f"To see who can install a package:  conda private share {organization}/PACKAGE --list",
        ]
    data = {"api": str(api), "organization": organization or None}
    tell(lines, {**data, "tokens": [_data(token, api) for token in found]})
    return 0


def _by_expiry(tokens: Sequence[TokenFacts]) -> list[TokenFacts]:
    """Sort tokens: those that expire first are first, those that do not are last."""
    never = datetime.max.replace(tzinfo=timezone.utc)
    return sorted(tokens, key=lambda token: (moment(token.expires) or never, token.token_name))


def _data(token: TokenFacts, api: Address) -> dict[str, object]:
    return {
        "name": token.token_name,
        "id": token.token_id or None,
        "scopes": list(token.scopes),
        "created": normal(token.created) or None,
        "expires": normal(token.expires) or None,
        "used_here_for": uses(token, api),
    }
