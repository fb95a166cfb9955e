"""``conda private channels``: the channel list alone."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.cli import arguments
from conda_private.composition import machine
from conda_private.conda_config.settings import condarc_path
from conda_private.model.exceptions import UsageError
from conda_private.output import mark, report, short

HELP = """\
Add a channel to conda's channel list, take it out again, or show the list. Secrets and logins
are not touched. `remove` takes out only what conda-private added.

examples:
  conda private channels add my-org --label dev
  conda private channels list"""

_ACTIONS = ("add", "remove", "list")


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("private_action", metavar="{add,remove,list}", choices=_ACTIONS)
    arguments.add_channel(parser, optional=True)
    parser.add_argument(
        "--append", dest="private_append", action="store_true", help="add it last, not first"
    )
    arguments.add_condarc_file(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Do it; 0 also when there was nothing to do."""
    path = condarc_path(args.private_condarc or "user", args.private_condarc_file)
    if args.private_action == "list":
        return _show(path)
    if not args.private_channel:
        raise UsageError(
            f"Which channel shall I {args.private_action}?",
            next_step=f"conda private channels {args.private_action} CHANNEL",
        )
    name = machine.name_for(arguments.scope_from(args))
    change = _add if args.private_action == "add" else _remove
    changed, text = change(path, name, args)
    report([text], {"channel": name, "file": path, "changed": changed, "dry_run": args.dry_run})
    return 0


def _show(path: str) -> int:
    channels = machine.channel_list(path).channels()
    shown = [f"  - {channel}" for channel in channels or ()] or ["  (no channel list)"]
    lines = [f"{short(path)}:", *shown]
    report(lines, {"file": path, "channels": channels})
    return 0


def _add(path: str, name: str, args: Namespace) -> tuple[bool, str]:
    channels = machine.channel_list(path)
    listed = channels.lists(name)
    if not listed and not args.dry_run:
        channels.add(name, "append" if args.private_append else "prepend")
    if listed:
        return False, f"{name} was listed already in {short(path)}"
    return True, f"{mark('✓', 'ok')} + {name} in {short(path)}"


def _remove(path: str, name: str, args: Namespace) -> tuple[bool, str]:
    channels = machine.channel_list(path)
    removed = channels.lists(name) if args.dry_run else channels.remove(name)
    if removed:
        return True, f"{mark('✓', 'ok')} - {name} in {short(path)}"
    if channels.lists(name):
        return False, (
            f"{name} is in {path}, but conda-private did not put it there; take it out with\n"
            f"  conda config --file {path} --remove channels {name}"
        )
    return False, f"{name} is not listed in {path}"
