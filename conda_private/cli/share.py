"""``conda private share``: give users access to a private package."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.actions.access import PackageAccess, find_access
from conda_private.actions.share import SharePlan, ShareRequest, plan_share, share
from conda_private.cli import arguments, owners
from conda_private.cli.com import sharing
from conda_private.cli.prompt import require_agreement
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model.address import Address
from conda_private.model.anaconda import ChannelName
from conda_private.model.exceptions import UsageError
from conda_private.model.known_servers import web_page_at
from conda_private.output import columns, mark, table

HELP = """\
Give users access to a private package of anaconda.org, or to a channel of anaconda.com. For a
package of an organization, they become members of a group with read access; the group is created if
needed. For a personal package, they become collaborators. For a channel, they get a role. You are
warned and asked to confirm if this has other effects. With --list, show who can install it.

examples:
  conda private share my-org/my-package --with bob carol
  conda private share my-org/my-package --with bob --group partners
  conda private share my-org/my-package --list
  conda private share my-ns/my-channel --with bob --on anaconda.com"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    owners.add_package_or_channel(parser)
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument(
        "--with",
        dest="private_users",
        metavar="USER",
        nargs="+",
        help="users who will be able to install it",
    )
    task.add_argument(
        "--list",
        dest="private_list",
        action="store_true",
        help="list the users who can install it, and change nothing",
    )
    parser.add_argument(
        "--group",
        dest="private_group",
        metavar="GROUP",
        default="",
        help="a group of the organization (default: PACKAGE-readers)",
    )
    sharing.add_role(parser)
    owners.add_api(parser)
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Share the package, or list who can install it; 0 if all users can install it."""
    api, package = owners.package_or_channel(args, _rest(args))
    if isinstance(package, ChannelName):
        _refuse_option(args.private_group, "--group", "Groups are for packages of organizations")
        return sharing.share(args, api, package)
    _refuse_option(args.private_role, "--role", "Roles are for channels of anaconda.com")
    _, secret = owners.account_at(api)
    people, packages = servers.people(api, secret), servers.packages(api, secret)
    if args.private_list:
        return _show(find_access(package, people=people, packages=packages))
    users = tuple(dict.fromkeys(args.private_users))
    wanted = ShareRequest(*package, users, args.private_group)
    plan = plan_share(wanted, people=people, packages=packages)
    _refuse_group_of_a_user(plan, args.private_group)
    if not args.dry_run:
        _confirm(plan, api, args)
        share(plan, people)
    tell(_lines(plan, api, dry_run=args.dry_run), _data(plan, api, dry_run=args.dry_run))
    return 0


def _rest(args: Namespace) -> str:
    return "--list" if args.private_list else "--with " + " ".join(args.private_users)


def _refuse_option(value: str | None, option: str, reason: str) -> None:
    if value:
        raise UsageError(
            f"{option} does not apply here.",
            cause=f"{reason}. Nothing was sent.",
            next_step=f"omit {option}, or name the server with --on",
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
    command = f"conda private packages {plan.owner}"
    require_agreement(args, "\n".join(concerns), "Continue?", otherwise=command)


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


def _show(access: PackageAccess) -> int:
    rows = [(user, *way) for user, way in _ways(access)]
    shown = [(user, f"{through} {group}".rstrip(), perm) for user, through, group, perm in rows]
    lines = columns(("USER", "THROUGH", "PERMISSION"), shown) if rows else ["No users."]
    if access.public:
        lines += ["", f"{access.package} is public: everyone can install it."]
    else:
        lines += [
            "",
            "Tokens of these users can also install it, if their scopes include downloads.",
        ]
    if not access.is_personal:
        owner = access.package.owner
        lines += [f"So can tokens of {owner}:  conda private token list --org {owner}"]
    keys = ("user", "through", "group", "permission")
    users = [{key: value or None for key, value in zip(keys, row, strict=True)} for row in rows]
    tell(lines, {"package": str(access.package), "public": access.public, "users": users})
    return 0


def _ways(access: PackageAccess) -> list[tuple[str, tuple[str, str, str]]]:
    """Return users and how they have access: through what, the group, and its permission."""
    found = [
        (user, ("group", each.group.name, each.group.permission))
        for each in access.groups
        for user in each.members
    ]
    found += [(user, ("collaborator", "", "")) for user in access.collaborators]
    found += [(user, ("owner", "", "")) for user in access.owners() if access.is_personal]
    return sorted(found)
