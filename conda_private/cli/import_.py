"""``conda private import``: import the credentials of other tools and files."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.actions.account import AccountResult
from conda_private.cli import arguments, owners
from conda_private.cli.arguments import add_storage
from conda_private.cli.import_logins import import_logins
from conda_private.cli.import_sources import SOURCES, InTool, everything, found_by
from conda_private.cli.prompt import require_agreement
from conda_private.cli.report import account_entry, tell
from conda_private.composition import machine, servers
from conda_private.model import shell
from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.exceptions import (
    AccountMissingError,
    CondaPrivateError,
    CredentialMissingError,
    UsageError,
)
from conda_private.model.login import Account
from conda_private.model.source import Source
from conda_private.output import mark, notice, short, table
from conda_private.stores.anaconda_client import AnacondaClientStore

HELP = """\
Import the credentials of other tools and of files. Without --from, all of them are searched; you
see what was found, and where, and are asked. Each credential becomes a login for each channel that
conda uses, or that you name. It is verified first, and stored with your other credentials. The
token of anaconda-client becomes your account for the owners' commands. The other tool, or the file,
keeps what it has.

examples:
  conda private import                              # shows what was found, and asks
  conda private import --from anaconda-client
  conda private import --from conda-auth https://conda.example.org/my-org
  conda private import --from rattler ~/rattler-auth.json my-org --dry-run"""


_CLIENT = "anaconda-client"


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--from",
        dest="private_tool",
        choices=(_CLIENT, *SOURCES),
        help="the tool or the kind of file to import from (default: look at all of them)",
    )
    parser.add_argument(
        "private_channels",
        metavar="PATH or CHANNEL",
        nargs="*",
        help="the file to read, and the channels to import; not with anaconda-client",
    )
    add_storage(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Import each login or account; return the highest exit code."""
    if args.private_tool is None:
        return _import_all(args)
    if args.private_tool != _CLIENT:
        return import_logins(found_by(args), args)
    if args.private_channels:
        raise UsageError(
            "The login of anaconda-client is not for a channel.",
            cause="It becomes an account, which never authenticates a download.",
            next_step="conda private import --from anaconda-client",
        )
    return _import_accounts(args)


def _import_all(args: Namespace) -> int:
    found = everything(args)
    known = {login.address for login in machine.logins()}
    new = [each for each in found if each.channel.address not in known]
    rows = [(str(each.channel.address), _place(each, known)) for each in found]
    apis = AnacondaClientStore().apis()
    rows += [(str(api), "anaconda-client:  import --from anaconda-client") for api in apis]
    if not rows:
        raise CredentialMissingError(
            "No other tool or file has a credential for a channel that conda uses.",
            next_step="conda private login CHANNEL",
        )
    about = "\n".join(["Found:", *table(rows)])
    if not new or args.dry_run:
        notice(f"{about}\n")
    else:
        question = f"Import {len(new)} of them?" if len(new) < len(rows) else "Import them?"
        otherwise = "conda private import --from TOOL CHANNEL      # one of them"
        require_agreement(args, about, question, otherwise=otherwise)
    return import_logins(new, args)


def _place(each: InTool, known: set[Address]) -> str:
    note = " (has a login)" if each.channel.address in known else ""
    return f"{each.tool}: {each.channel.credentials[0].where}{note}"


def _import_accounts(args: Namespace) -> int:
    client = AnacondaClientStore()
    named = owners.api_option(args)
    apis = [named] if named else client.apis()
    if not any(client.file(api) for api in apis):
        raise AccountMissingError(
            "anaconda-client is not logged in.",
            cause=f"There is no token in {client.description.partition(', ')[0]}.",
            next_step="anaconda login\nconda private import --from anaconda-client",
        )
    done: list[AccountResult] = []
    failed: list[tuple[Address, CondaPrivateError]] = []
    for api in apis:
        try:
            done.append(_import(api, client, args.private_storage, dry_run=args.dry_run))
        except CondaPrivateError as error:
            failed.append((api, error))
            notice(f"{mark('✗', 'failed')} {api}\n{type(error).__name__}: {error}\n")
    _report(done, failed, client, dry_run=args.dry_run)
    return max((error.return_code for _, error in failed), default=0)


def _import(
    api: Address, client: AnacondaClientStore, storage: Source, *, dry_run: bool
) -> AccountResult:
    refuse_plain_http(api, allow_http=False, login="conda private login --account")
    secret = client.get(api)
    if secret is None:
        raise AccountMissingError(
            f"anaconda-client has no token for {api}.", next_step="anaconda login"
        )
    store = machine.store_for_login(storage, dry_run=dry_run)
    account, facts = servers.identified(Account(api, store.source), secret)
    return servers.store_account(account, secret, facts, store, dry_run=dry_run)


def _report(
    done: list[AccountResult],
    failed: list[tuple[Address, CondaPrivateError]],
    client: AnacondaClientStore,
    *,
    dry_run: bool,
) -> None:
    lines = [line for result in done for line in _lines(result, client, dry_run=dry_run)]
    if done:
        hint = "Try it:  conda private whoami        or:  conda private token create --for my-org"
        lines += ["", hint]
    data = {
        "imported": [account_entry(result.account) for result in done],
        "failed": [
            {"api": str(api), "error": type(error).__name__, "message": error.what}
            for api, error in failed
        ],
        "dry_run": dry_run,
    }
    tell(lines, data)


def _lines(result: AccountResult, client: AnacondaClientStore, *, dry_run: bool) -> list[str]:
    account = result.account
    verb = "Would import" if dry_run else "Imported"
    remove = shell.remove(str(client.file(account.api)))
    rows = [
        ("stored in", short(result.stored_in)),
        ("unchanged", f"anaconda-client's file; if you no longer use that tool:  {remove}"),
    ]
    return [f"{mark('✓', 'ok')} {verb} {account.user}'s account at {account.api}", *table(rows)]
