"""``conda private logout``: take back what a login wrote."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import suppress

from conda_private.actions.account import log_out_account
from conda_private.actions.logout import LogoutResult, log_out
from conda_private.cli import arguments
from conda_private.cli.report import account_entry, entry, tell
from conda_private.composition import machine, servers
from conda_private.files.logins import JsonIndex
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import AccountMissingError, TokenRefusedError, UsageError
from conda_private.model.known_servers import api_at
from conda_private.model.login import Account, Login, find_login
from conda_private.output import mark, notice, short

HELP = """\
Take back what a login wrote: the secret, the entry that conda asks by, and the line in the
channel list. Everything else in the files stays as it is. With --revoke the token is ended at the
server, too, for whoever else has it.

examples:
  conda private logout my-org --label dev
  conda private logout my-org --revoke
  conda private logout --account
  conda private logout --all"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser, optional=True)
    parser.add_argument("--all", dest="private_all", action="store_true", help="log out everywhere")
    parser.add_argument(
        "--account",
        dest="private_account",
        metavar="SERVER",
        nargs="?",
        const="",
        help="forget the account at a server's API (default: anaconda.org)",
    )
    parser.add_argument(
        "--revoke",
        dest="private_revoke",
        action="store_true",
        help="end the token at the server, too (where its API is known)",
    )
    arguments.add_all_users(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log out; 0 when nothing is left, 1 when a secret could not be removed or ended."""
    if args.private_account is not None:
        return log_out_of_account(args)
    index = machine.index(for_all=args.private_all_users)
    chosen = _chosen(args, index)
    revoke = _revoke if args.private_revoke else None
    results = [
        log_out(
            login,
            index=index,
            open_store=machine.open_store,
            open_list=lambda path: machine.channel_list(path, index),
            revoke=revoke,
            dry_run=args.dry_run,
        )
        for login in chosen
    ]
    lines = [line for result in results for line in _lines(result, args)]
    lines += _others(chosen, index) if args.private_revoke else []
    data = [_data(result) for result in results]
    tell(lines or ["No logins."], {"logged_out": data, "dry_run": args.dry_run})
    _warn(results)
    return 1 if any(result.left or result.alive for result in results) else 0


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


def _revoke(login: Login) -> None:
    if not login.api:
        raise UsageError(
            f"The token for {login.scope} was not ended.",
            cause="No API of its server is known here.",
            next_step="end it on the server's web page",
        )
    secret = machine.resolver().secret(login)
    servers.tokens(ChannelUrl.parse(login.api), secret).revoke_itself()


def _lines(result: LogoutResult, args: Namespace) -> list[str]:
    login = result.login
    verb = "would log out of" if args.dry_run else "logged out of"
    lines = [f"{mark('✓', 'ok')} {verb} {login.scope}"]
    if result.unlisted:
        lines.append(f"  channels    - {login.channel} in {short(login.condarc)}")
    if login.source in ("keyring", "file") and not args.dry_run and not result.left:
        lines.append(f"  secret      deleted from the {login.source}")
    if login.source.startswith(("env:", "secret-file:", "helper:")):
        lines.append(f"  secret      {login.source} is not ours and was left as it is")
    if args.private_revoke and not result.alive:
        fate = "would be ended" if args.dry_run else "ended at the server"
        lines.append(f"  token       {fate}")
    return lines


def _others(gone: list[Login], index: JsonIndex) -> list[str]:
    ended = {(login.api, login.token_id) for login in gone if login.token_id}
    same = [each for each in index.logins() if (each.api, each.token_id) in ended]
    return [f"  note        {each.scope} had the same token" for each in same if each not in gone]


def _data(result: LogoutResult) -> dict[str, object]:
    return {
        **entry(result.login),
        "secret_left": result.left or None,
        "token_left": result.alive or None,
    }


def _warn(results: list[LogoutResult]) -> None:
    for result in results:
        if result.left:
            notice(f"\nWarning: the secret of {result.login.scope} is still there.\n{result.left}")
        if result.alive:
            notice(f"\nWarning: the token is still alive at the server.\n{result.alive}")


def log_out_of_account(args: Namespace) -> int:
    """Forget it, and with ``--revoke`` end its token; 1 when the secret is still there.

    Raises:
        AccountMissingError: there is none.
    """
    account = _chosen_account(args)
    left = "" if args.dry_run else _forget_account(account, revoke=args.private_revoke)
    verb = "would log out of" if args.dry_run else "logged out of"
    data = {**account_entry(account), "secret_left": left or None}
    tell(
        [f"{mark('✓', 'ok')} {verb} the account at {account.api}"],
        {"logged_out": [], "accounts": [data], "dry_run": args.dry_run},
    )
    if left:
        notice(f"\nWarning: the secret of the account is still there.\n{left}")
    return 1 if left else 0


def _chosen_account(args: Namespace) -> Account:
    if args.private_channel or args.private_all:
        raise UsageError(
            "Which login shall go?",
            cause="Give a channel, --all or --account, one of them.",
            next_step="conda private list",
        )
    api = ChannelUrl.parse(api_at(args.private_account))
    for account in machine.index().accounts():
        if account.api == api:
            return account
    raise AccountMissingError(
        f"There is no account at {api} to log out of.",
        cause="A login of anaconda-client's is that tool's:  anaconda logout",
        next_step="conda private list",
    )


def _forget_account(account: Account, *, revoke: bool) -> str:
    if revoke:
        secret = servers.secret_of(account)
        # One that the server does not take any more has ended already.
        with suppress(TokenRefusedError):
            servers.tokens(account.api, secret).revoke_itself()
    index = machine.index()
    return log_out_account(account, index=index, open_store=machine.open_store)
