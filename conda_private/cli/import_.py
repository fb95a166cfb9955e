"""``conda private import``: take over what another tool keeps."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from datetime import datetime, timezone

from conda_private.actions.account import AccountResult, identify, keep
from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_storage
from conda_private.cli.report import account_entry, tell
from conda_private.composition import machine, servers
from conda_private.model.address import ChannelUrl, refuse_plain_http
from conda_private.model.exceptions import AccountMissingError, CondaPrivateError
from conda_private.model.login import Account
from conda_private.output import mark, notice, short, table
from conda_private.stores.anaconda_client import AnacondaClientStore

HELP = """\
Take over the login of anaconda-client, also one that was made in a browser: its token becomes your
account for the owners' commands, and is kept where the other secrets are. Its own file stays: it
is anaconda-client's.

example:
  conda private import --from anaconda-client"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--from",
        dest="private_tool",
        choices=("anaconda-client",),
        required=True,
        help="whose login it is",
    )
    add_storage(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Take it over; the exit code is the worst of all that there are."""
    theirs = AnacondaClientStore()
    apis = [ChannelUrl.parse(args.private_api)] if args.private_api else theirs.apis()
    if not any(theirs.file(api) for api in apis):
        raise AccountMissingError(
            "anaconda-client has no login here.",
            cause=f"There is no token in {theirs.description.partition(', ')[0]}.",
            next_step="anaconda login, and then  conda private import --from anaconda-client",
        )
    done: list[AccountResult] = []
    failed: list[tuple[ChannelUrl, CondaPrivateError]] = []
    for api in apis:
        try:
            done.append(_take(api, theirs, args))
        except CondaPrivateError as error:
            failed.append((api, error))
            notice(f"{mark('✗', 'failed')} {api}\n{type(error).__name__}: {error}\n")
    _report(done, failed, theirs, dry_run=args.dry_run)
    return max((error.return_code for _, error in failed), default=0)


def _take(api: ChannelUrl, theirs: AnacondaClientStore, args: Namespace) -> AccountResult:
    refuse_plain_http(api, allow_http=False, login="conda private login --account")
    secret = theirs.get(api)
    if secret is None:
        raise AccountMissingError(
            f"anaconda-client has no token for {api}.", next_step="anaconda login"
        )
    store = machine.store_for_login(args.private_storage)
    tokens, people = servers.tokens(api, secret), servers.people(api, secret)
    account, facts = identify(
        Account(api, store.source), tokens, people, datetime.now(timezone.utc)
    )
    if args.dry_run:
        return AccountResult(account, store.description, facts)
    index = machine.index()
    return keep(account, secret, facts, index=index, store=store, open_store=machine.open_store)


def _report(
    done: list[AccountResult],
    failed: list[tuple[ChannelUrl, CondaPrivateError]],
    theirs: AnacondaClientStore,
    *,
    dry_run: bool,
) -> None:
    lines = [line for result in done for line in _lines(result, theirs, dry_run=dry_run)]
    if done:
        lines += ["", "Try it:  conda private whoami     conda private token create --for CHANNEL"]
    data = {
        "imported": [account_entry(result.account) for result in done],
        "failed": [
            {"api": str(api), "error": type(error).__name__, "message": error.what}
            for api, error in failed
        ],
        "dry_run": dry_run,
    }
    tell(lines, data)


def _lines(result: AccountResult, theirs: AnacondaClientStore, *, dry_run: bool) -> list[str]:
    account = result.account
    verb = "would take over" if dry_run else "took over"
    file = theirs.file(account.api)
    rows = [
        ("kept in", short(result.stored_in)),
        ("left", f"anaconda-client's own file; without that tool:  rm {shlex.quote(str(file))}"),
    ]
    return [f"{mark('✓', 'ok')} {verb} {account.name}'s account at {account.api}", *table(rows)]
