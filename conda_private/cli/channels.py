"""``conda private channels``: add, remove or list channels in a ``.condarc``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments, owners
from conda_private.cli.com.listing import list_channels
from conda_private.cli.report import tell
from conda_private.composition import machine
from conda_private.conda_config.channels import refuse_if_not_allowed
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    ChannelNotFoundError,
    CondaPrivateError,
    CredentialError,
    UsageError,
)
from conda_private.output import mark, notice, short

HELP = """\
Add a channel to conda's channel list, remove it, or show the list. Logins and credentials do
not change. `remove` only removes channels that conda-private added. Without an action, show the
channels of anaconda.com that your account there has access to.

examples:
  conda private channels
  conda private channels add my-org --label dev
  conda private channels list"""

_ACTIONS = ("add", "remove", "list")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("private_action", metavar="{add,remove,list}", choices=_ACTIONS, nargs="?")
    arguments.add_channel(parser, optional=True)
    parser.add_argument(
        "--append",
        dest="private_append",
        action="store_true",
        help="add it as the last channel instead of the first",
    )
    arguments.add_condarc_file(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Change or show the list, or show channels of anaconda.com; 0 even if nothing changes."""
    if args.private_action is None:
        return list_channels(args)
    is_change = args.private_action != "list"
    path = arguments.condarc_from(args) if is_change else arguments.condarc_named(args)
    if args.private_action == "list":
        return _show(path)
    if not args.private_channel:
        raise UsageError(
            "No channel given.",
            cause=f"`channels {args.private_action}` needs a channel.",
            next_step=f"conda private channels {args.private_action} my-org",
        )
    address = arguments.address_from(args)
    name = machine.name_for(address)
    if args.private_action == "add":
        refuse_if_not_allowed(address)
        changed, text = _add(path, name, args)
        warning = _missing(address) if changed and not args.dry_run else ""
    else:
        changed, text = _remove(path, name, args)
        warning = ""
    data = {"channel": name, "file": path, "changed": changed, "dry_run": args.dry_run}
    tell([text], {**data, "problem": warning or None})
    if warning:
        remove = arguments.command("conda private channels remove", name, args)
        notice(f"\nWarning: {warning}\nNext:  {remove}")
    return 0


def _missing(address: Address) -> str:
    """Say why each later command would fail with this channel; "" if the server has it."""
    login = machine.resolver().find(str(address))
    try:
        if login:
            secret = machine.resolver().secret(login)
            machine.probe().compare(address, (login.scheme,), secret)
        elif not machine.probe().look(address):
            return f"{address.netloc} has no channel {address}, or hides it without a login."
    except (ChannelNotFoundError, CredentialError) as error:
        return error.what
    except CondaPrivateError:
        pass  # the server cannot be asked now
    return ""


def _show(path: str) -> int:
    channels = machine.channel_list(path).channels()
    shown = [f"  - {channel}" for channel in channels or ()] or ["  (no channel list)"]
    lines = [f"{short(path)}:", *shown]
    tell(lines, {"file": path, "channels": channels})
    return 0


def _add(path: str, name: str, args: Namespace) -> tuple[bool, str]:
    channels = machine.channel_list(path)
    listed = channels.lists(name)
    if not listed and not args.dry_run:
        channels.add(name, "append" if args.private_append else "prepend")
    if listed:
        return False, f"{name} was already listed in {short(path)}"
    return True, f"{mark('✓', 'ok')} + {name} in {short(path)}"


def _remove(path: str, name: str, args: Namespace) -> tuple[bool, str]:
    channels = machine.channel_list(path)
    removed = channels.lists(name) if args.dry_run else channels.remove(name)
    if removed:
        return True, f"{mark('✓', 'ok')} - {name} in {short(path)}"
    if channels.lists(name):
        return False, (
            f"{name} is in {path}, but conda-private did not add it. To remove it:\n"
            f"  conda config --file {path} --remove channels {name}"
        )
    return False, f"{name} is not listed in {path}"
