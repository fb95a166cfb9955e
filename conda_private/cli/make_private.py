"""``conda private make-private``: reserve a package as private, or open its web page."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.actions.reserving import find_package, require_private, reserve
from conda_private.cli import arguments, owners
from conda_private.cli.com import sharing
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model.anaconda import ChannelName
from conda_private.model.exceptions import PublicPackageError
from conda_private.model.facts import PackageName
from conda_private.model.known_servers import web_page_at
from conda_private.output import mark

HELP = """\
Make a package or a channel private. On anaconda.org, a package that does not exist yet is reserved
as private, so that its first upload is not public. The API of anaconda.org cannot make a public
package private: for that, you get the address of its web page, which --open opens in your browser.
A channel of anaconda.com is made private by its API.

examples:
  conda private make-private my-org/my-package
  conda private make-private my-org/my-package --open
  conda private make-private my-ns/my-channel --on anaconda.com"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    owners.add_package_or_channel(parser)
    parser.add_argument(
        "--open",
        dest="private_open",
        action="store_true",
        help="open the web page of a public package in your browser",
    )
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Make the package private; 0 only if it is private."""
    api, package = owners.package_or_channel(args, "")
    if isinstance(package, ChannelName):
        return sharing.make_private(args, api, package)
    _, secret = owners.account_at(api)
    packages, page = servers.packages(api, secret), f"{web_page_at(api)}/{package}"
    facts = find_package(package, packages)
    if facts is None and not args.dry_run:
        reserve(package, packages, page)
    elif facts is not None:
        try:
            require_private(package, facts, page)
        except PublicPackageError:
            if args.private_open and not args.dry_run:
                raise _opened(package, page) from None
            raise
    done = {"package": str(package), "reserved": facts is None, "dry_run": bool(args.dry_run)}
    tell(_lines(package, is_new=facts is None, dry_run=args.dry_run), done)
    return 0


def _opened(package: PackageName, page: str) -> PublicPackageError:
    import webbrowser

    if not webbrowser.open(page):
        cause = "No browser could be started on this machine."
        return PublicPackageError.at(package, page, cause=cause)
    return PublicPackageError(
        f"{package} is still public.",
        cause=f"Your browser shows {page}.",
        next_step="choose Settings > Admin > Private there, then check:"
        f"  conda private make-private {package}",
    )


def _lines(package: PackageName, *, is_new: bool, dry_run: bool) -> list[str]:
    if not is_new:
        return [f"{mark('✓', 'ok')} {package} is already private"]
    done = "Would reserve" if dry_run else f"{mark('✓', 'ok')} Reserved"
    upload = f"anaconda upload --user {package.owner} --private FILE"
    return [f"{done} {package} as private", "", f"Upload its first file:  {upload}"]
