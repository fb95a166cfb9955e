"""``conda private share``: give users access to a private package."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.actions.share import SharePlan, ShareRequest, plan_share, share
from conda_private.cli import arguments, owners
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model.address import Address, is_segment
from conda_private.model.exceptions import AddressError, NoTerminalError, UsageError
from conda_private.model.known_servers import web_page_at
from conda_private.model.typed import Typed, parse
from conda_private.output import confirm, mark, table

HELP = """\
Give users access to a private package. For a package of an organization, they become members of a
group with read access; the group is created if needed. For a personal package, they become
collaborators. You are warned and asked to confirm if this has other effects.

examples:
  conda private share my-org/my-package --with bob carol
  conda private share my-org/my-package --with bob --group partners"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("private_package", metavar="OWNER/PACKAGE", help="the package")
    parser.add_argument(
        "--with",
        dest="private_users",
        metavar="USER",
        nargs="+",
        required=True,
        help="users who will be able to install it",
    )
    parser.add_argument(
        "--group",
        dest="private_group",
        metavar="GROUP",
        default="",
        help="a group of the organization (default: PACKAGE-readers)",
    )
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Share the package; 0 if all users can install it."""
    owner, package = _package(args.private_package)
    api = owners.api_from(args)
    _, secret = owners.account_at(api)
    people = servers.people(api, secret)
    users = tuple(dict.fromkeys(args.private_users))
    wanted = ShareRequest(owner, package, users, args.private_group)
    plan = plan_share(wanted, people=people, packages=servers.packages(api, secret))
    _refuse_group_of_a_user(plan, args.private_group)
    if not args.dry_run:
        _confirm(plan, api, args)
        share(plan, people)
    tell(_lines(plan, api, dry_run=args.dry_run), _data(plan, api, dry_run=args.dry_run))
    return 0


def _package(text: str) -> tuple[str, str]:
    try:
        # An owner's name may have a dot, and a package may have the name of a subdir.
        typed = parse(text, "share", subdirs=(), is_name=lambda word: ":" not in word)
    except AddressError:
        typed = Typed("", None)
    channel = typed.address.path if typed.address else tuple(typed.name.split("/"))
    # A web page and OWNER::PACKAGE have the package apart.
    words = (*channel, typed.package) if typed.package else channel
    if len(words) == 2 and all(map(is_segment, words)):
        return words[0], words[1]
    raise UsageError(
        "This is not a package name with its owner.",
        cause="A package to share is written OWNER/PACKAGE.",
        next_step="conda private share my-org/my-package --with USER",
    )


def _refuse_group_of_a_user(plan: SharePlan, group: str) -> None:
    if group and plan.group is None:
        raise UsageError(
            f"{plan.owner} is a user, and users have no groups.",
            cause="A personal package is shared with collaborators instead.",
            next_step="omit --group, or move the package to an organization",
        )


def _confirm(plan: SharePlan, api: Address, args: Namespace) -> None:
    concerns = [*plan.concerns, *_public(plan, api)]
    if not concerns:
        return
    answer = confirm("\n".join(concerns), "Continue?", assume_yes=bool(args.yes))
    if answer is None:
        raise NoTerminalError(
            "There is no terminal to confirm this.",
            cause=" ".join([*concerns, "Nothing was changed."]),
            next_step="if you agree, repeat the command with --yes",
        )
    if not answer:
        raise UsageError("Nothing was changed.", next_step=f"conda private packages {plan.owner}")


def _public(plan: SharePlan, api: Address) -> list[str]:
    if not plan.public:
        return []
    page = f"{web_page_at(api)}/{plan.owner}/{plan.package}"
    return [
        f"{plan.owner}/{plan.package} is public: everyone can already install it. No command can"
        f" make it private; use its web page: {page}, Settings > Admin > Private."
    ]


def _lines(plan: SharePlan, api: Address, *, dry_run: bool) -> list[str]:
    done = "Would share" if dry_run else f"{mark('✓', 'ok')} Shared"
    group = plan.group
    where = f"{group.organization}/{group.name} ({group.permission})" if group else ""
    rows = [
        ("group", where + (", new" if plan.creates_group else "")),
        (
            "package",
            ""
            if group is None
            else "added to the group"
            if plan.adds_package
            else "already in the group",
        ),
        ("added", ", ".join(plan.users) or "no new members"),
    ]
    warning = [f"  note: {each}" for each in (*plan.concerns, *_public(plan, api)) if dry_run]
    label = "" if "main" in plan.labels or not plan.labels else f" --label {plan.labels[0]}"
    hint = ["", f"They run:  conda private login {plan.owner}{label}"]
    return [f"{done} {plan.owner}/{plan.package}", *table(rows), *warning, *hint]


def _data(plan: SharePlan, api: Address, *, dry_run: bool) -> dict[str, object]:
    return {
        "package": f"{plan.owner}/{plan.package}",
        "public": plan.public,
        "group": plan.group.name if plan.group else None,
        "permission": plan.group.permission if plan.group else None,
        "group_created": plan.creates_group,
        "package_added": plan.adds_package,
        "users_added": list(plan.users),
        "concerns": [*plan.concerns, *_public(plan, api)],
        "dry_run": dry_run,
    }
