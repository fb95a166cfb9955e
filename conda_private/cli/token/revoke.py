"""``conda private token revoke``: revoke a token by name."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_organization
from conda_private.cli.owners import uses
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import NoTerminalError, NotFoundError, UsageError
from conda_private.model.facts import TokenFacts
from conda_private.model.ports import TokenApi
from conda_private.output import confirm, mark

HELP = """\
Revoke a token by name, so that nobody can use it anymore. You are asked to confirm, and warned if
this machine uses it.

example:
  conda private token revoke old-laptop"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("private_name", metavar="NAME", help="the name that `token list` shows")
    add_organization(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Revoke the token; 0 if it is revoked."""
    api = owners.api_from(args)
    _, secret = owners.account_at(api)
    tokens = servers.tokens(api, secret)
    token = _find(args.private_name, args.private_org, tokens, api)
    used = uses(token, api)
    if not args.dry_run:
        _confirm(token, used, args)
        tokens.revoke(token.token_name, args.private_org)
    verb = "Would revoke" if args.dry_run else "Revoked"
    lines = [f'{mark("✓", "ok")} {verb} the token "{token.token_name}" at {api.netloc}']
    lines += [f"  to log out on this machine:  {_logout(use, api)}" for use in used]
    tell(lines, {"revoked": token.token_name, "used_here_for": used, "dry_run": bool(args.dry_run)})
    return 0


def _logout(use: str, api: Address) -> str:
    is_channel = "://" in use
    return f"conda private logout {use if is_channel else f'--account {api}'}"


def _find(name: str, organization: str, tokens: TokenApi, api: Address) -> TokenFacts:
    found = tokens.tokens(organization)
    for token in found:
        if token.token_name == name:
            return token
    raise NotFoundError(
        f"{api.netloc} has no token {name!r}.",
        cause="Its tokens: " + (", ".join(token.token_name for token in found) or "none") + ".",
        next_step="conda private token list",
    )


def _confirm(token: TokenFacts, used: list[str], args: Namespace) -> None:
    about = f'The token "{token.token_name}" will stop working everywhere it is used.'
    about += "".join(f"\nThis machine uses it for {use}." for use in used)
    answer = confirm(about, "Revoke it?", assume_yes=bool(args.yes))
    if answer is None:
        raise NoTerminalError(
            "There is no terminal to confirm the revocation.",
            cause="Nothing was changed.",
            next_step=f"conda private token revoke {shell.word(token.token_name)} --yes",
        )
    if not answer:
        raise UsageError("Nothing was changed.", next_step="conda private token list")
