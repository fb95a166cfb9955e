"""``conda private logout --account``: remove the credential for the owners' commands."""

from __future__ import annotations

from argparse import Namespace
from contextlib import suppress

from conda_private.actions.account import log_out_account
from conda_private.actions.leftovers import Deletion
from conda_private.cli.logout.leftovers import warn
from conda_private.cli.report import account_entry, tell
from conda_private.composition import machine, servers
from conda_private.model.anaconda import is_channel_api
from conda_private.model.exceptions import AccountMissingError, TokenRefusedError, UsageError
from conda_private.model.known_servers import api_at, server_word
from conda_private.model.login import Account
from conda_private.output import mark


def log_out_of_account(args: Namespace) -> int:
    """Log out; 1 if the credential could not be deleted."""
    account = _chosen_account(args)
    deletion = Deletion(was_there=False) if args.dry_run else _remove_account(account, args)
    verb, left = "Would log out of" if args.dry_run else "Logged out of", deletion.left
    data = {**account_entry(account), "deleted": deletion.was_there, "secret_left": left or None}
    tell(
        [f"{mark('✓', 'ok')} {verb} the account at {account.api}"],
        {"logged_out": [], "accounts": [data], "dry_run": args.dry_run},
    )
    return warn([(account.key, left, "")], gave_up=args.private_forget)


def _chosen_account(args: Namespace) -> Account:
    if args.private_channel or args.private_all or args.private_unfinished:
        raise UsageError(
            "Which login do you want to remove?",
            cause="Specify only one of a channel, --all, --unfinished and --account.",
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


def _remove_account(account: Account, args: Namespace) -> Deletion:
    if args.private_revoke and is_channel_api(account.api):
        raise UsageError(
            "The API key cannot be revoked by a command.",
            cause=f"{account.api.netloc} revokes an API key on its website. Nothing was changed.",
            next_step="revoke it there, then run"
            f"  conda private logout --account {server_word(account.api)}",
        )
    if args.private_revoke:
        secret = servers.secret_of(account)
        # If the server refuses the token, it is no longer valid.
        with suppress(TokenRefusedError):
            servers.tokens(account.api, secret).revoke_itself()
    return log_out_account(
        account,
        records=machine.records(),
        open_store=machine.open_store,
        give_up=args.private_forget,
    )
