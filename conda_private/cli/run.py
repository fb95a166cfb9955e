"""``conda private run``: run another tool with the credentials of the logins."""

from __future__ import annotations

import os
import tempfile
from argparse import REMAINDER, ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from conda_private.cli.arguments import own_address
from conda_private.composition import machine
from conda_private.gateway import child
from conda_private.gateway.child import ended_by_exception
from conda_private.gateway.command import with_gateway
from conda_private.gateway.indexes import check_indexes, gateway, known_addresses, private_indexes
from conda_private.gateway.redactor import Redactor, masks
from conda_private.gateway.tools import (
    MAMBA,
    PIP,
    RATTLER,
    environment_for_mamba,
    environment_for_pip,
    environment_for_rattler,
    refuse_locking,
    tool_of,
)
from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.exceptions import NotLoggedInError, UsageError
from conda_private.model.login import Login, find_login
from conda_private.model.secret import Secret
from conda_private.output import notice

HELP = """\
Run another tool with the credentials of your logins: pip and uv install from the private package
index; rattler, pixi, rattler-build and mamba from the private channels. The credentials are removed
when the tool exits, and masked in its output. conda itself needs this only for an environment file
with a pip: section.

examples:
  conda private run pip install my-package
  conda private run --for my-org --with-pypi uv pip install my-package
  conda private run --with-pypi conda env create -f environment.yml
  conda private run pixi install"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    # argparse would show only "..." for the command.
    parser.usage = "%(prog)s [-h] [--for CHANNEL]... [--with-pypi] COMMAND ..."
    parser.add_argument(
        "--for",
        dest="private_for",
        metavar="CHANNEL",
        action="append",
        default=[],
        help="use only the login for this channel; can be repeated (default: all logins)",
    )
    parser.add_argument(
        "--with-pypi",
        dest="private_with_pypi",
        action="store_true",
        help="for pip and uv: also use PyPI (or PIP_INDEX_URL), for packages that the private"
        " index does not have",
    )
    parser.add_argument(
        "private_command", metavar="COMMAND ...", nargs=REMAINDER, help="the tool and its arguments"
    )


def execute(args: Namespace) -> int:
    """Run the command; return its exit status."""
    command = args.private_command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise UsageError("No command given.", next_step="conda private run pip install NAME")
    refuse_locking(command)
    with ended_by_exception(), ExitStack() as stack:
        logins = _with_credentials(args.private_for, for_pip=tool_of(command) in PIP)
        folder = stack.enter_context(_private_folder())
        environment = dict(os.environ)
        shown_as: dict[str, str] = {}
        if indexes := _indexes(logins, command, args):
            address = stack.enter_context(gateway(indexes, environment, args.private_with_pypi))
            shown_as = known_addresses(address, indexes)
            command = with_gateway(command, indexes, address, folder)
            environment = environment_for_pip(address, environment)
        environment |= _files(tool_of(command), folder, logins, environment)
        replacements = masks((secret for _, secret in logins), shown_as=shown_as)
        return child.run(command, environment, lambda: Redactor(replacements))


def _with_credentials(channels: Sequence[str], *, for_pip: bool) -> list[tuple[Login, Secret]]:
    logins = machine.logins()
    chosen = [find_login(own_address(name, "run --for"), logins) for name in channels] or logins
    if not chosen:
        raise NotLoggedInError("There is no login to use.", next_step="conda private login my-org")
    if for_pip:
        # Credentials that are not needed are not read: their stores may not be available here.
        chosen = [login for login in chosen if login.pypi] or chosen
    return [(login, machine.resolver().secret(login)) for login in chosen]


@contextmanager
def _private_folder() -> Iterator[Path]:
    # In memory, if the system has a folder for that.
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    inside = runtime if runtime and os.access(runtime, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="conda-private-", dir=inside) as folder:
        yield Path(folder)


def _indexes(
    logins: Sequence[tuple[Login, Secret]], command: Sequence[str], args: Namespace
) -> list[PrivateIndex]:
    tool = tool_of(command)
    if tool in RATTLER:
        return []
    indexes = private_indexes(logins)
    if not indexes and tool in PIP:
        raise NotLoggedInError(
            "None of these logins has a package index.",
            cause="On anaconda.org, the token needs the scope pypi:download. For other servers,"
            " name the index with --pypi-url.",
            next_step="ask the person who sent the token for one with that scope, or create one:\n"
            f"conda private token create --for {logins[0][0].address} --pypi\n"
            f"or, for another server:\nconda private login {logins[0][0].address} --pypi-url URL",
        )
    if indexes:
        check_indexes(logins, with_pypi=args.private_with_pypi)
        where = " and ".join(each.simple for each in indexes)
        more = "" if args.private_with_pypi else "  (--with-pypi adds PyPI)"
        notice(f"conda-private: pip and uv use {where}{more}")
    return indexes


def _files(
    tool: str, folder: Path, logins: Sequence[tuple[Login, Secret]], environment: dict[str, str]
) -> dict[str, str]:
    if tool in RATTLER:
        return environment_for_rattler(folder, logins, environment)
    if tool in MAMBA:
        return environment_for_mamba(folder, logins, environment)
    return {}
