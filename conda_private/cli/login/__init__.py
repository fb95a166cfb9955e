"""``conda private login``: verify a credential for a channel, and store it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments
from conda_private.cli.login import discover, options
from conda_private.cli.login.account import log_in_account
from conda_private.cli.login.one import log_in_one
from conda_private.cli.login.team import log_in_all
from conda_private.cli.login.web import refuse_web
from conda_private.cli.prompt import ask_channel
from conda_private.cli.report import report_account, report_login
from conda_private.composition import machine
from conda_private.conda_config.channels import addresses_in_effect
from conda_private.model.anaconda import is_well_known
from conda_private.model.exceptions import UsageError

HELP = """\
Ask for a token, check with the server that it gives access to the channel, store it in the system
keyring, and add the channel to conda's configuration. From then on plain `conda install`, `search`,
`create` and `env create` work on the channel and its labels. At a terminal, a progress bar appears
if the indexes of the channel take longer than a second to read; not with --json or --quiet.

examples:
  conda private login                               # asks for the channel, too
  conda private login my-org --label dev
  conda private login https://conda.example.org/get/my-channel --from-env MY_TOKEN
  conda private login https://conda.example.org/get/my-channel --web --issuer URL --client-id ID
  conda private login my-org --from-command 'op read op://team/conda/token'
  conda private login https://repo.prefix.dev/my-org --from-oidc       # in a CI job
  conda private login my-org --username alice       # a password, exchanged for a token
  conda private login https://conda.example.org/my-channel --discover   # ask the server how
  conda private login --account                     # for owners: create tokens, share packages
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
        help="log in to every channel that FILE proposes; without FILE, to those that installed"
        " packages propose, and enter missing credentials for existing logins",
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
    options.add_sources(parser)
    options.add_ways(parser)
    arguments.add_listing(parser)
    arguments.add_condarc_file(parser)
    options.add_checks(parser)
    options.add_addresses(parser)
    arguments.add_all_users(parser, "; only with a --from option, not with --storage")
    arguments.refuse_secret_options(parser, "--token", "--password")
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log in; 0 if the credential is stored and conda uses it."""
    if args.private_account is not None or args.private_all is not None:
        refuse_web(args)
        discover.refuse_discover(args)
    if args.private_account is not None:
        return _execute_account(args)
    if args.private_all is not None:
        return _execute_all(args)
    if args.private_channel is None:
        args.private_channel = ask_channel(_offered()) or None
    if args.private_channel is None:
        raise UsageError(
            "No channel given.",
            cause="A login needs a channel, or --all.",
            next_step="conda private login my-org",
        )
    address = arguments.address_from(args)
    found = discover.asked(args, address)
    request = options.request_from(discover.completed(args, found), address)
    return report_login(log_in_one(discover.confirmed(request, found, args)))


def _offered() -> list[str]:
    """Return the channels that the user can mean: those with a login, and those that are listed."""
    addresses = [login.address for login in machine.records().logins()]
    addresses += [each for each in addresses_in_effect() if not is_well_known(each)]
    return list(dict.fromkeys(map(str, addresses)))


def _execute_account(args: Namespace) -> int:
    if args.private_channel or args.private_all is not None or args.private_label:
        raise UsageError(
            "An account is not for a channel.",
            cause="--account takes a server, or nothing for anaconda.org.",
            next_step="conda private login --account",
        )
    result = log_in_account(options.account_request_from(args))
    report_account(result, dry_run=args.dry_run)
    return 0


def _execute_all(args: Namespace) -> int:
    if args.private_channel:
        raise UsageError(
            "A channel and --all were both given.",
            cause="--all logs in to every channel of a file, or completes existing logins.",
            next_step="conda private login --help",
        )
    common = options.common_from(args)
    return log_in_all(args.private_all, common, assume_yes=bool(args.yes))
