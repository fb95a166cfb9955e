"""``conda private bundle``: create a conda package with the channels and logins of a team."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from conda_private.cli import arguments
from conda_private.cli.proposals import shown
from conda_private.cli.report import tell
from conda_private.files.team_file import TeamFile, read, read_for_package
from conda_private.files.team_package import TeamPackage, write
from conda_private.model import shell
from conda_private.output import mark, table

HELP = """\
Create a conda package from a team's file. Once the package is installed in the base environment,
conda uses the team's channels, and `conda private login --all` proposes its logins, which each user
confirms. The package contains no credential, and a file with one is refused.

examples:
  conda private bundle acme.yml
  conda private bundle team.yml --name acme-channels --version 2.0"""

_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*")  # CEP 26
_VERSION = re.compile(r"[0-9a-z_.!+]+")
_PLUGIN = "conda-private"


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "private_file",
        metavar="FILE",
        type=Path,
        help="a team's file: logins, channels, and channel_settings",
    )
    _add_package(parser)
    parser.add_argument(
        "--output-dir",
        dest="private_folder",
        metavar="FOLDER",
        type=Path,
        default=Path(),
        help="where to create the package (default: the current folder)",
    )
    arguments.add_output(parser)


def _add_package(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--name",
        dest="private_name",
        metavar="NAME",
        type=_name,
        help="the name of the package (default: FILE's name and -channels, as in acme-channels)",
    )
    parser.add_argument(
        "--version",
        dest="private_version",
        metavar="VERSION",
        type=_version,
        default="1.0",
        help="the version of the package (default: 1.0)",
    )
    parser.add_argument(
        "--with-plugin",
        dest="private_with_plugin",
        action="store_true",
        help="let the package depend on conda-private, so that it is installed along with it",
    )


def execute(args: Namespace) -> int:
    """Create the package; 0 if it is there."""
    file: Path = args.private_file
    team = read_for_package(file)
    name = args.private_name or _default_name(file)
    depends = (_PLUGIN,) if args.private_with_plugin else ()
    package = TeamPackage(name, args.private_version, depends)
    path = args.private_folder / f"{package.stem}.conda"
    if not args.dry_run:
        write(package, team, args.private_folder)
    data = {
        "package": str(path.absolute()),
        "name": package.name,
        "version": package.version,
        "depends": [*depends],
        "addresses": [each["address"] for each in team.proposals],
        "channels": team.settings.get("channels", []),
        "dry_run": bool(args.dry_run),
    }
    tell(_lines(path, team, file, dry_run=args.dry_run), data)
    return 0


def _lines(path: Path, team: TeamFile, file: Path, *, dry_run: bool) -> list[str]:
    verb = "Would create" if dry_run else f"{mark('✓', 'ok')} Created"
    settings = [("channel", str(each)) for each in team.settings.get("channels", [])]
    settings += [
        ("channel setting", f"{each['channel']}: {each['auth']}")
        for each in team.settings.get("channel_settings", [])
    ]
    proposals = read(file) if team.proposals else ()
    lines = [f"{verb} {path}, without a credential", *table(settings)]
    lines += [f"  {line}" for each in proposals for line in shown(each)]
    install = f"conda install --name base {shell.quoted(path.absolute())}"
    return [*lines, "", f"Try it:  {install}", "then:    conda private login --all"]


def _default_name(file: Path) -> str:
    words = re.sub(r"[^a-z0-9_.-]+", "-", file.stem.lower()).strip("-.")
    return f"{words or 'team'}-channels"


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ArgumentTypeError("use lower-case letters, digits, and _ . - as in acme-channels")
    return text


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise ArgumentTypeError("use digits, letters, and . as in 1.0")
    return text
