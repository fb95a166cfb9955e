"""``conda private logout``: remove everything a login created."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from functools import partial

from conda_private.actions.leftovers import FinishResult
from conda_private.actions.logout import LogoutResult, log_out
from conda_private.cli import arguments
from conda_private.cli.logout.account import log_out_of_account
from conda_private.cli.logout.leftovers import (
    add_unfinished,
    chosen_leftovers,
    data_of,
    finish_all,
    line_of,
    revoke_at,
    warn,
)
from conda_private.cli.prompt import require_agreement
from conda_private.cli.report import entry, tell
from conda_private.composition import machine
from conda_private.composition.settings import handled_by_others
from conda_private.conda_config.precedence import Entry
from conda_private.files.logins import LoginsFile
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Leftover, Login, find_login
from conda_private.output import confirm, mark, short, table

HELP = """\
Remove everything a login created: the credential, the channel settings, and the channel in the
channel list. Nothing else in these files changes. With --revoke, the server also revokes the token,
so nobody can use it anymore; together with --all, you are asked to confirm.

If the credential cannot be deleted, for example because the keyring is locked, no request is
authenticated with it any more, and the other commands remind you until it is deleted.

examples:
  conda private logout my-org --label dev
  conda private logout my-org --revoke
  conda private logout --account
  conda private logout --all
  conda private logout --unfinished"""


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
    add_unfinished(parser)
    arguments.add_all_users(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log out; 1 if a credential could not be deleted or a token could not be revoked."""
    if args.private_account is not None:
        return log_out_of_account(args)
    records = machine.records(for_all=args.private_all_users)
    left = chosen_leftovers(args, records)
    chosen = _chosen(args, records, found_others=bool(left))
    revoke = _revoke if args.private_revoke else None
    _confirm(chosen, left, args)
    results = [
        log_out(
            login,
            records=records,
            open_store=machine.open_store,
            open_list=lambda path: machine.channel_list(path, records),
            forget=partial(machine.forget, for_all=args.private_all_users),
            revoke=revoke,
            give_up=args.private_forget,
            dry_run=args.dry_run,
        )
        for login in chosen
    ]
    finished = finish_all(left, args, records)
    now = handled_by_others(*(result.login.address for result in results))
    pairs = list(zip(results, now, strict=True))
    lines = [line for pair in pairs for line in _lines(*pair, args)]
    lines += _with_same_token(chosen, records) if args.private_revoke else []
    return _report(pairs, finished, lines, args)


def _report(
    pairs: list[tuple[LogoutResult, Entry | None]],
    finished: list[FinishResult],
    lines: list[str],
    args: Namespace,
) -> int:
    lines += [line_of(result) for result in finished]
    logged_out = [_data(*pair) for pair in pairs]
    data = {"logged_out": logged_out, "finished": [*map(data_of, finished)]}
    tell(lines or ["No logins."], {**data, "dry_run": args.dry_run})
    problems = [(each.login.address, each.left, each.not_revoked) for each, _ in pairs]
    problems += [(each.key, each.left, each.not_revoked) for each in finished]
    return warn(problems, gave_up=args.private_forget)


def _chosen(args: Namespace, records: LoginsFile, *, found_others: bool) -> list[Login]:
    wanted = [bool(args.private_channel), args.private_all, args.private_unfinished].count(True)
    if not wanted and _agrees_to_the_only_one(records):
        return list(records.logins())
    if wanted != 1:
        raise UsageError(
            "Which login do you want to remove?",
            cause="Specify a channel, --all, or --unfinished.",
            next_step="conda private list",
        )
    if not args.private_channel:
        return list(records.logins()) if args.private_all else []
    address = arguments.own_address_from(args)
    if found_others and address not in {login.address for login in records.logins()}:
        return []
    return [find_login(address, records.logins(), next_step="conda private list")]


def _agrees_to_the_only_one(records: LoginsFile) -> bool:
    addresses = [str(login.address) for login in records.logins()]
    if len(addresses) != 1 or not sys.stdin.isatty():
        return False
    about = f"The only login is for {addresses[0]}."
    return bool(confirm(about, "Log out of it?", assume_yes=False))


def _confirm(chosen: list[Login], left: list[Leftover], args: Namespace) -> None:
    """Ask before the tokens of all logins are revoked."""
    names = {_token_of(login) for login in chosen if login.api}
    names |= {f"the token for {each.address}" for each in left if each.api}
    if not names or not (args.private_all and args.private_revoke) or args.dry_run:
        return
    about = "These tokens will stop working everywhere they are used, not only on this machine:"
    lines = "".join(f"\n  {name}" for name in sorted(names))
    require_agreement(args, about + lines, "Revoke them?", otherwise="conda private list")


def _token_of(login: Login) -> str:
    if not login.token_name:
        return f"the token for {login.address}"
    return f'{login.account}\'s token "{login.token_name}"' if login.account else login.token_name


def _revoke(login: Login) -> None:
    revoke_at(login.api, login.address, lambda: machine.resolver().secret(login))


def _lines(result: LogoutResult, now: Entry | None, args: Namespace) -> list[str]:
    login = result.login
    verb = "Would log out of" if args.dry_run else "Logged out of"
    listed = f"- {login.listed_as} in {short(login.listed_in)}" if result.unlisted else ""
    credential, token = "", ""
    if not login.source.is_written_to:
        credential = f"{login.source} is not managed by conda-private, and did not change"
    elif result.deleted:
        credential = f"deleted from the {login.source.place}"
    elif not args.dry_run and not result.left:
        credential = f"there was none in the {login.source.place}"
    if args.private_revoke and not result.not_revoked:
        token = "would be revoked" if args.dry_run else "revoked at the server"
    again = f"conda now uses the auth handler {now.handler} ({short(now.source)})" if now else ""
    rows = [("channels", listed), ("credential", credential), ("token", token), ("note", again)]
    return [f"{mark('✓', 'ok')} {verb} {login.address}", *table(rows)]


def _with_same_token(removed: list[Login], records: LoginsFile) -> list[str]:
    revoked = {(login.api, login.token_id) for login in removed if login.token_id}
    same = [each for each in records.logins() if (each.api, each.token_id) in revoked]
    others = [each for each in same if each not in removed]
    return [f"  note        the login for {each.address} had the same token" for each in others]


def _data(result: LogoutResult, now: Entry | None) -> dict[str, object]:
    return {
        "handled_by": {"handler": now.handler, "source": now.source} if now else None,
        **entry(result.login),
        "deleted": result.deleted,
        "secret_left": result.left or None,
        "token_left": result.not_revoked or None,
    }
