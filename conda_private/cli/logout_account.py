"""``conda private logout --account``: forget the account at a server's API."""

from __future__ import annotations

from argparse import Namespace
from contextlib import suppress

from conda_private.actions.account import log_out_account
from conda_private.cli import owners
from conda_private.cli.account_report import account_entry
from conda_private.composition import machine, servers
from conda_private.model.account import Account
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import AccountMissingError, TokenRefusedError, UsageError
from conda_private.model.known_servers import api_at
from conda_private.output import mark, notice


def log_out_of_account(args: Namespace) -> int:
    """Forget it, and with ``--revoke`` end its token; 1 when the secret is still there.

    Raises:
        AccountMissingError: there is none.
    """
    account = _chosen(args)
    left = "" if args.dry_run else _forget(account, revoke=args.private_revoke)
    verb = "would log out of" if args.dry_run else "logged out of"
    data = {**account_entry(account), "secret_left": left or None}
    owners.tell(
        [f"{mark('✓', 'ok')} {verb} the account at {account.api}"],
        {"logged_out": [], "accounts": [data], "dry_run": args.dry_run},
    )
    if left:
        notice(f"\nWarning: the secret of the account is still there.\n{left}")
    return 1 if left else 0


def _chosen(args: Namespace) -> Account:
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


def _forget(account: Account, *, revoke: bool) -> str:
    if revoke:
        secret = servers.secret_of(account)
        # One that the server does not take any more has ended already.
        with suppress(TokenRefusedError):
            servers.tokens(account.api, secret).revoke_itself()
    index = machine.index()
    return log_out_account(account, index=index, open_store=machine.open_store)
