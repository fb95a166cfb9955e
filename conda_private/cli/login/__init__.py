"""``conda private login``: verify a secret for a channel and keep it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments
from conda_private.cli.arguments import add_listing
from conda_private.cli.login.account import log_in_account
from conda_private.cli.login.one import log_in_one
from conda_private.cli.login.options import add_addresses, add_checks, add_sources, add_ways
from conda_private.cli.login.team import log_in_all
from conda_private.cli.report import report_login
from conda_private.composition import machine
from conda_private.files.team_file import Proposed
from conda_private.model.exceptions import UsageError

HELP = """\
Ask for a token, check with the server that it opens the channel, keep it in the system's
keyring, and list the channel in conda's configuration. From then on plain `conda install`,
`search`, `create` and `env create` work on the channel and its labels.

examples:
  conda private login my-org --label dev
  conda private login https://conda.example.org/get/my-channel --from-env MY_TOKEN
  conda private login my-org --username alice       a password, exchanged for a token
  conda private login --account                     for owners: make tokens, share packages
  conda private login --all team.yml"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser, optional=True)
    parser.add_argument(
        "--all",
        dest="private_all",
        metavar="FILE",
        nargs="?",
        const="",
        help="log in to every channel that FILE proposes; without FILE, give the secrets that"
        " your own logins lack",
    )
    parser.add_argument(
        "--account",
        dest="private_account",
        metavar="SERVER",
        nargs="?",
        const="",
        help="log in to the API of a server (default: anaconda.org) for the owners' commands:"
        " token, packages, share, whoami",
    )
    add_sources(parser)
    add_ways(parser)
    add_listing(parser)
    arguments.add_condarc_file(parser)
    add_checks(parser)
    add_addresses(parser)
    arguments.add_all_users(parser)
    arguments.refuse_secret_options(parser, "--token", "--password")
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log in; 0 when the credential is kept."""
    if args.private_account is not None:
        return log_in_account(args, _source(args))
    if args.private_all is not None:
        return log_in_all(args, lambda proposed: log_in_one(args, proposed))
    request, result = log_in_one(args, _wish(args))
    report_login(request, result, machine.conflicts(request.scope))
    return 0


def _wish(args: Namespace) -> Proposed:
    if args.private_channel is None:
        raise UsageError(
            "Which channel is it?",
            cause="A login needs a channel, or --all.",
            next_step="conda private login CHANNEL",
        )
    scope = arguments.scope_from(args)
    return Proposed(
        scope=scope,
        source=_source(args),
        scheme=args.private_scheme,
        username=args.private_username or "",
        api=args.private_api or "",
        add_channel=args.private_position,
        allow_http=args.private_allow_http,
    )


def _source(args: Namespace) -> str:
    references = {
        "env": args.private_from_env,
        "secret-file": args.private_from_file,
        "helper": args.private_from_helper,
    }
    given = [f"{kind}:{name}" for kind, name in references.items() if name is not None]
    return given[0] if given else str(args.private_storage)
