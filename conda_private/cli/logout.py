"""``conda private logout``: take back what a login wrote."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private import composition
from conda_private.actions.logout import LogoutResult, find_login, log_out
from conda_private.cli import arguments
from conda_private.cli.entries import entry
from conda_private.credentials import Login
from conda_private.exceptions import UsageError
from conda_private.index import JsonIndex
from conda_private.output import mark, notice, report, short

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
    arguments.add_all_users(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log out; 0 when nothing is left, 1 when a secret could not be removed."""
    index = composition.index(for_all=args.private_all_users)
    results = [
        log_out(
            login,
            index=index,
            open_store=composition.open_store,
            open_list=lambda path: composition.channel_list(path, index),
            dry_run=args.dry_run,
        )
        for login in _chosen(args, index)
    ]
    lines = [line for result in results for line in _lines(result, dry_run=args.dry_run)]
    data = [{**entry(result.login), "secret_left": result.left or None} for result in results]
    report(lines or ["No logins."], {"logged_out": data, "dry_run": args.dry_run})
    left = [result for result in results if result.left]
    for result in left:
        notice(f"\nWarning: the secret of {result.login.scope} is still there.\n{result.left}")
    return 1 if left else 0


def _chosen(args: Namespace, index: JsonIndex) -> list[Login]:
    if bool(args.private_channel) == args.private_all:
        raise UsageError(
            "Which login shall go?",
            cause="Give one channel, or --all.",
            next_step="conda private list",
        )
    if args.private_all:
        return list(index.logins())
    return [find_login(arguments.scope_from(args), index.logins())]


def _lines(result: LogoutResult, *, dry_run: bool) -> list[str]:
    login = result.login
    verb = "would log out of" if dry_run else "logged out of"
    lines = [f"{mark('✓', 'ok')} {verb} {login.scope}"]
    if result.unlisted:
        lines.append(f"  channels    - {login.channel} in {short(login.condarc)}")
    if login.source in ("keyring", "file") and not dry_run and not result.left:
        lines.append(f"  secret      deleted from the {login.source}")
    if login.source.startswith(("env:", "secret-file:", "helper:")):
        lines.append(f"  secret      {login.source} is not ours and was left as it is")
    return lines
