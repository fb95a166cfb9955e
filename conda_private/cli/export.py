"""``conda private export``: write credentials to the files of other tools."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments
from conda_private.cli.arguments import own_address
from conda_private.cli.prompt import require_agreement
from conda_private.cli.report import tell
from conda_private.composition import machine
from conda_private.composition.exports import Exported, Plan, plan_accounts, plan_logins
from conda_private.model.exceptions import AccountMissingError, NotLoggedInError, UsageError
from conda_private.model.login import find_login
from conda_private.output import mark, notice, short, table
from conda_private.stores.by_host import HOST_FILES

HELP = """\
Write the credentials of your logins to the file of another tool, for tools that cannot use `conda
private run`. The file has them in clear text, and some tools send a credential to more than its
channel; you see what is written, and are asked. Other entries of the file stay as they are, except
those for the same key. A file that other users can read is refused. To anaconda-client, your
accounts are exported, and no logins.

examples:
  conda private export --to rattler my-org      # also for pixi and rattler-build
  conda private export --to mamba --dry-run
  conda private export --to anaconda-client"""

_CLIENT = "anaconda-client"


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--to",
        dest="private_tool",
        choices=(_CLIENT, *HOST_FILES),
        required=True,
        help="the tool whose file is written",
    )
    parser.add_argument(
        "private_channels",
        metavar="CHANNEL",
        nargs="*",
        help="export only the logins for these channels; not with anaconda-client",
    )
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Export the credentials; return the highest exit code."""
    plan = _plan(args)
    for address, error in plan.failed:
        notice(f"{mark('✗', 'failed')} {address}\n{type(error).__name__}: {error}\n")
    if plan.texts and not args.dry_run:
        about = "\n".join(_warnings(plan, args.private_tool))
        step = "conda private run COMMAND      # writes no credential to a file"
        require_agreement(args, about, "Write them?", otherwise=step)
        plan.write()
    _report(plan, args)
    return max((error.return_code for _, error in plan.failed), default=0)


def _plan(args: Namespace) -> Plan:
    if args.private_tool != _CLIENT:
        logins = machine.logins()
        named = [own_address(name, "export") for name in args.private_channels]
        if chosen := [find_login(address, logins) for address in named] or logins:
            return plan_logins(args.private_tool, chosen)
        raise NotLoggedInError("There are no logins.", next_step="conda private login CHANNEL")
    if args.private_channels:
        raise UsageError(
            "The token of anaconda-client is not for a channel.",
            cause="It is for the API, and is the credential of an account.",
            next_step="conda private export --to anaconda-client",
        )
    if accounts := machine.records().accounts():
        return plan_accounts(accounts)
    raise AccountMissingError("You have no account.", next_step="conda private login --account")


def _warnings(plan: Plan, tool: str) -> list[str]:
    files = ", ".join(short(str(file)) for file in plan.texts)
    lines = [f"{files} will have credentials in clear text, which only you can read:"]
    for each in plan.exported:
        if not each.is_there:
            lines.append(f"  {each.address}{_coarser(each, tool)}")
    if tool == _CLIENT:
        lines.append("conda and mamba also send such a token to the channels of its server.")
    return lines


def _coarser(each: Exported, tool: str) -> str:
    return f"  ({tool} sends it to every channel of {each.key})" if each.is_coarser else ""


def _report(plan: Plan, args: Namespace) -> None:
    verb = "Would export" if args.dry_run else "Exported"
    lines: list[str] = []
    for each in plan.exported:
        coarser = f"every channel of {each.key}" if each.is_coarser else ""
        rows = [("file", short(str(each.file))), ("sent to", coarser)]
        did = "Already there:" if each.is_there else verb
        lines += [f"{mark('✓', 'ok')} {did} {each.address}", *table(rows)]
    data = {
        "exported": [
            {
                "address": str(each.address),
                "file": str(each.file),
                "key": each.key,
                "coarser": each.is_coarser,
                "changed": not each.is_there,
            }
            for each in plan.exported
        ],
        "failed": [
            {"address": str(address), "error": type(error).__name__, "message": error.what}
            for address, error in plan.failed
        ],
        "dry_run": args.dry_run,
    }
    tell(lines, data)
