"""``conda private move``: move a package to an organization, and keep it private."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.actions.move import (
    Edges,
    MovePlan,
    copy_files,
    plan_move,
    remove_source,
    require_complete,
)
from conda_private.cli import arguments, owners
from conda_private.cli.prompt import require_agreement
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model.address import is_segment
from conda_private.model.exceptions import UsageError
from conda_private.model.facts import PackageName
from conda_private.model.known_servers import web_page_at
from conda_private.output import mark, table

HELP = """\
Move a package with all its files and labels to an organization. The package is reserved there as
private, its files are copied, and the copy is compared with the original. Only then, and if you
agree, the original is removed. If the command is interrupted, repeat it: it continues.

examples:
  conda private move alice/my-package --to my-org
  conda private move alice/my-package --to my-org --dry-run"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    owners.add_package(parser)
    parser.add_argument(
        "--to",
        dest="private_to",
        metavar="ORGANIZATION",
        required=True,
        help="the new owner",
    )
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Move the package; 0 if it is moved."""
    source = owners.package_from(args, "--to ORGANIZATION")
    target = _target(source, args.private_to)
    api = owners.api_from(args)
    _, secret = owners.account_at(api)
    edges = Edges(
        servers.people(api, secret),
        servers.packages(api, secret),
        servers.package_files(api, secret),
    )
    plan = plan_move(source, target, f"{web_page_at(api)}/{target}", edges)
    if not args.dry_run:
        _move(plan, edges, args)
    tell(_lines(plan, dry_run=args.dry_run), _data(plan, dry_run=args.dry_run))
    return 0


def _target(source: PackageName, owner: str) -> PackageName:
    if not is_segment(owner) or owner == source.owner:
        raise UsageError(
            "This is not a valid new owner.",
            cause=f"--to takes the name of an organization other than {source.owner}.",
            next_step="list your organizations:  conda private whoami",
        )
    return PackageName(owner, source.name)


def _move(plan: MovePlan, edges: Edges, args: Namespace) -> None:
    otherwise = f"conda private packages {plan.target.owner}"
    if plan.others and plan.missing:
        about = (
            f"{plan.target} already has other files ({plan.others}). Users with access to it will"
            f" also get access to the files of {plan.source}."
        )
        require_agreement(args, about, "Copy them?", otherwise=otherwise)
    copy_files(plan, edges)
    require_complete(plan, edges)
    about = (
        f"{plan.target} is private and has all files and labels of {plan.source}.\n"
        f"{plan.source} will be removed. Its users lose access until you share {plan.target}."
    )
    kept = f"Nothing was removed: {plan.source} and its copy {plan.target} both exist."
    question = f"Remove {plan.source}?"
    require_agreement(args, about, question, otherwise=otherwise, so_far=kept)
    remove_source(plan, edges)


def _lines(plan: MovePlan, *, dry_run: bool) -> list[str]:
    done = "Would move" if dry_run else f"{mark('✓', 'ok')} Moved"
    labels = {label for each in plan.missing for label in each.labels}
    rows = [
        ("package", "reserved as private" if plan.is_new else "private, was there already"),
        ("files", f"{plan.files} ({len(plan.missing)} {'to copy' if dry_run else 'copied now'})"),
        ("labels", ", ".join(sorted(labels))),
        ("removed", str(plan.source) + (", which was public" if plan.was_public else "")),
    ]
    share = f"conda private share {plan.target} --with USER"
    return [f"{done} {plan.source} to {plan.target}", *table(rows), "", f"Share it again:  {share}"]


def _data(plan: MovePlan, *, dry_run: bool) -> dict[str, object]:
    return {
        "package": str(plan.source),
        "moved_to": str(plan.target),
        "reserved": plan.is_new,
        "was_public": plan.was_public,
        "files": plan.files,
        "files_copied": len(plan.missing),
        "other_files": plan.others,
        "dry_run": dry_run,
    }
