"""``conda private unshare``: take users' access to a package away."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.actions.access import UnsharePlan, find_access, plan_unshare, unshare
from conda_private.cli import arguments, owners
from conda_private.cli.com import sharing
from conda_private.cli.prompt import require_agreement
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model.anaconda import ChannelName
from conda_private.output import mark, table

HELP = """\
Take users' access to a package of anaconda.org, or to a channel of anaconda.com, away. For a
package, they are removed from each group that gives access to it, or from the collaborators of a
personal package. You see what else they lose, such as the other packages of a group, and are asked
to confirm.

examples:
  conda private unshare my-org/my-package --with bob
  conda private unshare my-org/my-package --with bob carol --dry-run
  conda private unshare my-ns/my-channel --with bob --on anaconda.com"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    owners.add_package_or_channel(parser)
    parser.add_argument(
        "--with",
        dest="private_users",
        metavar="USER",
        nargs="+",
        required=True,
        help="users who will no longer be able to install it",
    )
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Take the access away; 0 if none of the users has access."""
    rest = "--with " + " ".join(args.private_users)
    api, package = owners.package_or_channel(args, rest)
    if isinstance(package, ChannelName):
        return sharing.unshare(args, api, package)
    _, secret = owners.account_at(api)
    people = servers.people(api, secret)
    access = find_access(package, people=people, packages=servers.packages(api, secret))
    plan = plan_unshare(access, tuple(dict.fromkeys(args.private_users)), people)
    if plan.removals and not args.dry_run:
        _confirm(plan, args)
        unshare(plan, people)
    tell(_lines(plan, dry_run=args.dry_run), _data(plan, dry_run=args.dry_run))
    return 0


def _confirm(plan: UnsharePlan, args: Namespace) -> None:
    users = ", ".join(dict(plan.removals))
    about = "\n".join([f"{users} will lose access to {plan.package}.", *plan.concerns])
    command = f"conda private share {plan.package} --list"
    require_agreement(args, about, "Remove?", otherwise=command)


def _lines(plan: UnsharePlan, *, dry_run: bool) -> list[str]:
    done = "Would stop sharing" if dry_run else f"{mark('✓', 'ok')} Stopped sharing"
    rows = [
        ("removed", f"{user} from " + (f"the group {group.name}" if group else "the collaborators"))
        for user, group in plan.removals
    ]
    rows.append(("no access", ", ".join(plan.without_access)))
    notes = [f"  note: {each}" for each in plan.concerns if dry_run]
    owner = plan.package.owner
    hint = [
        "",
        f"If they have a token of {owner}, revoke it:  conda private token list --org {owner}",
    ]
    of_groups = any(group for _, group in plan.removals)
    return [f"{done} {plan.package}", *table(rows), *notes, *(hint if of_groups else ())]


def _data(plan: UnsharePlan, *, dry_run: bool) -> dict[str, object]:
    return {
        "package": str(plan.package),
        "removed": [
            {"user": user, "group": group.name if group else None} for user, group in plan.removals
        ],
        "without_access": list(plan.without_access),
        "concerns": list(plan.concerns),
        "dry_run": dry_run,
    }
