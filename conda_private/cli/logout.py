"""``conda private logout``: take back what a login wrote."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private import composition
from conda_private.actions.logout import LogoutResult, find_login, log_out
from conda_private.cli import arguments
from conda_private.cli.entries import entry
from conda_private.cli.output import mark, notice, report, short
from conda_private.credentials import Login
from conda_private.exceptions import UsageError

HELP = """\
Take back what a login wrote: the secret, the entry that conda asks by, and the line in the
channel list. Everything else in the files stays as it is.

examples:
  conda private logout my-org --label dev
  conda private logout --all"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser, optional=True)
    parser.add_argument("--all", dest="private_all", action="store_true", help="log out everywhere")
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log out; 0 when nothing is left, 1 when a secret could not be removed."""
    results = [
        log_out(
            login,
            index=composition.index(),
            open_store=composition.open_store,
            open_list=composition.channel_list,
            dry_run=args.dry_run,
        )
        for login in _chosen(args)
    ]
    lines = [line for result in results for line in _lines(result, dry_run=args.dry_run)]
    data = [{**entry(result.login), "secret_left": result.left or None} for result in results]
    report(lines or ["No logins."], {"logged_out": data, "dry_run": args.dry_run})
    left = [result for result in results if result.left]
    for result in left:
        notice(f"\nWarning: the secret of {result.login.scope} is still there.\n{result.left}")
    return 1 if left else 0


def _chosen(args: Namespace) -> list[Login]:
    if bool(args.private_channel) == args.private_all:
        raise UsageError(
            "Which login shall go?",
            cause="Give one channel, or --all.",
            next_step="conda private list",
        )
    if args.private_all:
        return list(composition.index().logins())
    return [find_login(arguments.scope_from(args), composition.index())]


def _lines(result: LogoutResult, *, dry_run: bool) -> list[str]:
    login = result.login
    verb = "would log out of" if dry_run else "logged out of"
    lines = [f"{mark('✓', 'ok')} {verb} {login.scope}"]
    if result.unlisted:
        lines.append(f"  channels    - {login.channel} in {short(login.condarc)}")
    if login.source.startswith(("env:", "secret-file:")):
        lines.append(f"  secret      {login.source} is not ours and was left as it is")
    return lines
