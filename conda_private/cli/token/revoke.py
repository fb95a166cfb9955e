"""``conda private token revoke``: end a token by its name."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_organization
from conda_private.cli.owners import uses
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import NoTerminalError, NotFoundError, UsageError
from conda_private.model.ports import TokenApi
from conda_private.model.records import TokenFacts
from conda_private.output import confirm, mark

HELP = """\
End a token by its name. From then on nobody can use it. Whether this machine uses it is said
before, and asked.

example:
  conda private token revoke old-laptop"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("private_name", metavar="NAME", help="as `token list` shows it")
    add_organization(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """End it; 0 when it is gone."""
    api = owners.api_from(args)
    _, secret = owners.account_at(api)
    tokens = servers.tokens(api, secret)
    token = _find(args.private_name, args.private_org, tokens, api)
    used = uses(token, api)
    if not args.dry_run:
        _confirm(token, used, args)
        tokens.revoke(token.note, args.private_org)
    verb = "would end" if args.dry_run else "ended"
    lines = [f'{mark("✓", "ok")} {verb} the token "{token.note}" at {api.netloc}']
    lines += [f"  log out here, too:  {_mend(use, api)}" for use in used]
    tell(lines, {"revoked": token.note, "used_here_for": used, "dry_run": bool(args.dry_run)})
    return 0


def _mend(use: str, api: ChannelUrl) -> str:
    is_channel = "://" in use
    return f"conda private logout {use if is_channel else f'--account {api}'}"


def _find(name: str, organization: str, tokens: TokenApi, api: ChannelUrl) -> TokenFacts:
    found = tokens.tokens(organization)
    for token in found:
        if token.note == name:
            return token
    raise NotFoundError(
        f"{api.netloc} has no token {name!r}.",
        cause="It has: " + (", ".join(token.note for token in found) or "none") + ".",
        next_step="conda private token list",
    )


def _confirm(token: TokenFacts, used: list[str], args: Namespace) -> None:
    about = f'The token "{token.note}" will not work any more, wherever it is used.'
    about += "".join(f"\nThis machine uses it for {use}." for use in used)
    answer = confirm(about, "End it?", assume_yes=bool(args.yes))
    if answer is None:
        raise NoTerminalError(
            "There is nobody to ask whether the token shall end.",
            cause="Nothing was changed.",
            next_step=f"conda private token revoke {shlex.quote(token.note)} --yes",
        )
    if not answer:
        raise UsageError("Nothing was changed.", next_step="conda private token list")
