"""``conda private logout``: remove everything a login created."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import suppress
from functools import partial

from conda_private.actions.account import log_out_account
from conda_private.actions.logout import LogoutResult, log_out
from conda_private.cli import arguments
from conda_private.cli.report import account_entry, entry, tell
from conda_private.composition import machine, servers
from conda_private.files.logins import LoginsFile
from conda_private.model.exceptions import AccountMissingError, TokenRefusedError, UsageError
from conda_private.model.known_servers import api_at
from conda_private.model.login import Account, Login, find_login
from conda_private.output import mark, notice, short, table

HELP = """\
Remove everything a login created: the credential, the channel settings, and the channel in the
channel list. Nothing else in these files changes. With --revoke, the server also revokes the token,
so nobody can use it anymore.

examples:
  conda private logout my-org --label dev
  conda private logout my-org --revoke
  conda private logout --account
  conda private logout --all"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser, optional=True)
    parser.add_argument(
        "--all", dest="private_all", action="store_true", help="log out of all channels"
    )
    parser.add_argument(
        "--account",
        dest="private_account",
        metavar="SERVER",
        nargs="?",
        const="",
        help="log out of the API of a server (default: anaconda.org)",
    )
    parser.add_argument(
        "--revoke",
        dest="private_revoke",
        action="store_true",
        help="also revoke the token at the server, if its API is known",
    )
    arguments.add_all_users(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log out; 1 if a credential could not be deleted or a token could not be revoked."""
    if args.private_account is not None:
        return _log_out_of_account(args)
    records = machine.records(for_all=args.private_all_users)
    chosen = _chosen(args, records)
    revoke = _revoke if args.private_revoke else None
    results = [
        log_out(
            login,
            records=records,
            open_store=machine.open_store,
            open_list=lambda path: machine.channel_list(path, records),
            forget=partial(machine.forget, for_all=args.private_all_users),
            revoke=revoke,
            dry_run=args.dry_run,
        )
        for login in chosen
    ]
    lines = [line for result in results for line in _lines(result, args)]
    lines += _with_same_token(chosen, records) if args.private_revoke else []
    data = [_data(result) for result in results]
    tell(lines or ["No logins."], {"logged_out": data, "dry_run": args.dry_run})
    _warn(results)
    return 1 if any(result.left or result.not_revoked for result in results) else 0


def _chosen(args: Namespace, records: LoginsFile) -> list[Login]:
    if bool(args.private_channel) == args.private_all:
        raise UsageError(
            "Which login do you want to remove?",
            cause="Specify either a channel or --all.",
            next_step="conda private list",
        )
    if args.private_all:
        return list(records.logins())
    address = arguments.own_address_from(args)
    return [find_login(address, records.logins(), next_step="conda private list")]


def _revoke(login: Login) -> None:
    if not login.api:
        raise UsageError(
            f"The token for {login.address} was not revoked.",
            cause="The API of its server is not known.",
            next_step="revoke it on the server's web page",
        )
    secret = machine.resolver().secret(login)
    servers.tokens(login.api, secret).revoke_itself()


def _lines(result: LogoutResult, args: Namespace) -> list[str]:
    login = result.login
    verb = "Would log out of" if args.dry_run else "Logged out of"
    listed = f"- {login.listed_as} in {short(login.listed_in)}" if result.unlisted else ""
    credential, token = "", ""
    if login.source.is_reference:
        credential = f"{login.source} is not managed by conda-private, and did not change"
    elif not args.dry_run and not result.left:
        credential = f"deleted from the {login.source}"
    if args.private_revoke and not result.not_revoked:
        token = "would be revoked" if args.dry_run else "revoked at the server"
    rows = [("channels", listed), ("credential", credential), ("token", token)]
    return [f"{mark('✓', 'ok')} {verb} {login.address}", *table(rows)]


def _with_same_token(removed: list[Login], records: LoginsFile) -> list[str]:
    revoked = {(login.api, login.token_id) for login in removed if login.token_id}
    same = [each for each in records.logins() if (each.api, each.token_id) in revoked]
    others = [each for each in same if each not in removed]
    return [f"  note        the login for {each.address} had the same token" for each in others]


def _data(result: LogoutResult) -> dict[str, object]:
    return {
        **entry(result.login),
        "secret_left": result.left or None,
        "token_left": result.not_revoked or None,
    }


def _warn(results: list[LogoutResult]) -> None:
    for result in results:
        if result.left:
            address = result.login.address
            notice(f"\nWarning: The credential for {address} was not deleted.\n{result.left}")
        if result.not_revoked:
            notice(f"\nWarning: The token was not revoked.\n{result.not_revoked}")


def _log_out_of_account(args: Namespace) -> int:
    account = _chosen_account(args)
    left = "" if args.dry_run else _remove_account(account, revoke=args.private_revoke)
    verb = "Would log out of" if args.dry_run else "Logged out of"
    data = {**account_entry(account), "secret_left": left or None}
    tell(
        [f"{mark('✓', 'ok')} {verb} the account at {account.api}"],
        {"logged_out": [], "accounts": [data], "dry_run": args.dry_run},
    )
    if left:
        notice(f"\nWarning: The credential of the account was not deleted.\n{left}")
    return 1 if left else 0


def _chosen_account(args: Namespace) -> Account:
    if args.private_channel or args.private_all:
        raise UsageError(
            "Which login do you want to remove?",
            cause="Specify only one of a channel, --all and --account.",
            next_step="conda private list",
        )
    api = api_at(args.private_account)
    for account in machine.records().accounts():
        if account.api == api:
            return account
    raise AccountMissingError(
        f"There is no account at {api} to log out of.",
        cause="To log out of anaconda-client, use that tool:  anaconda logout",
        next_step="conda private list",
    )


def _remove_account(account: Account, *, revoke: bool) -> str:
    if revoke:
        secret = servers.secret_of(account)
        # If the server refuses the token, it is no longer valid.
        with suppress(TokenRefusedError):
            servers.tokens(account.api, secret).revoke_itself()
    records = machine.records()
    return log_out_account(account, records=records, open_store=machine.open_store)
