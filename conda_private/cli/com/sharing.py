"""``share``, ``unshare`` and ``make-private`` for a channel of anaconda.com."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.actions.channel_sharing import (
    Shared,
    find_channel,
    make_channel_private,
    refuse_owners,
    share_channel,
    unshare_channel,
)
from conda_private.cli import owners
from conda_private.cli.prompt import require_agreement
from conda_private.cli.report import tell
from conda_private.composition import servers
from conda_private.model.address import Address
from conda_private.model.anaconda import COM, ChannelName
from conda_private.model.channel_api import GRANTS, ChannelApi, ChannelFacts
from conda_private.output import columns, mark, table

_NOT_REPORTED = (
    "The server reports the owners of a channel, and not the users with whom it is shared."
)
_NO_MEMBERS = "Members of the organization have no access until you share the channel with them."


def add_role(parser: ArgumentParser) -> None:
    """Add ``--role``."""
    parser.add_argument(
        "--role",
        dest="private_role",
        choices=sorted(GRANTS, reverse=True),
        help="for a channel: viewer (default) can install, collaborator can also upload",
    )


def channels_at(api: Address) -> ChannelApi:
    """Return the channels API, called with the credential of the account there."""
    return servers.channels(api, owners.account_at(api)[1])


def share(args: Namespace, api: Address, name: ChannelName) -> int:
    """Share the channel, or list its owners."""
    channels = channels_at(api)
    facts = find_channel(name, channels)
    if args.private_list:
        return _show(facts)
    concerns = _public(facts)
    wanted = Shared(tuple(dict.fromkeys(args.private_users)))
    if not args.dry_run:
        if concerns:
            otherwise = f"conda private make-private {name} --on {COM}"
            require_agreement(args, "\n".join(concerns), "Continue?", otherwise=otherwise)
        wanted = share_channel(name, wanted.users, GRANTS[_role(args)], channels)
    data = {
        "channel": str(name),
        "privacy": facts.privacy or None,
        "role": _role(args),
        "users_added": list(wanted.users),
        "had_access": list(wanted.already),
        "concerns": concerns,
        "dry_run": args.dry_run,
    }
    tell(_lines(args, name, wanted, concerns), data)
    return 0


def _role(args: Namespace) -> str:
    return args.private_role or "viewer"


def _lines(args: Namespace, name: ChannelName, done: Shared, concerns: list[str]) -> list[str]:
    word = "Would share" if args.dry_run else f"{mark('✓', 'ok')} Shared"
    rows = [
        ("role", _role(args)),
        ("added", ", ".join(done.users)),
        ("had it before", ", ".join(done.already)),
    ]
    notes = [f"  note: {each}" for each in concerns if args.dry_run]
    hint = ["", f"They run:  conda private login {name} --on {COM}"]
    return [f"{word} {name}", *table(rows), *notes, *hint]


def unshare(args: Namespace, api: Address, name: ChannelName) -> int:
    """Take users' access to the channel away."""
    channels = channels_at(api)
    facts = find_channel(name, channels)
    users = tuple(dict.fromkeys(args.private_users))
    refuse_owners(facts, users)
    concerns = [f"{name} is public: everyone can still install from it."] if facts.is_public else []
    if not args.dry_run:
        lost = f"{', '.join(users)} will lose access to all packages of {name}."
        otherwise = f"conda private share {name} --list --on {COM}"
        require_agreement(args, "\n".join([lost, *concerns]), "Remove?", otherwise=otherwise)
        unshare_channel(name, users, channels)
    done = "Would stop sharing" if args.dry_run else f"{mark('✓', 'ok')} Stopped sharing"
    notes = [f"  note: {each}" for each in concerns if args.dry_run]
    data = {
        "channel": str(name),
        "removed": [{"user": user} for user in users],
        "concerns": concerns,
        "dry_run": args.dry_run,
    }
    tell([f"{done} {name}", *table([("removed", ", ".join(users))]), *notes], data)
    return 0


def _public(facts: ChannelFacts) -> list[str]:
    if not facts.is_public:
        return []
    return [f"{facts.path} is public: everyone can already install from it."]


def _show(facts: ChannelFacts) -> int:
    rows = [(owner, "owner") for owner in facts.owners]
    lines = columns(("USER", "ROLE"), rows) if rows else ["No owners are reported."]
    if facts.is_public:
        lines += ["", f"{facts.path} is public: everyone can install from it."]
    else:
        lines += ["", _NOT_REPORTED, _NO_MEMBERS]
    data = {
        "channel": facts.path,
        "privacy": facts.privacy or None,
        "users": [{"user": user, "role": role} for user, role in rows],
        "complete": False,
    }
    tell(lines, data)
    return 0


def make_private(args: Namespace, api: Address, name: ChannelName) -> int:
    """Make the channel private; 0 if it is."""
    channels = channels_at(api)
    facts = find_channel(name, channels)
    changes = not facts.is_private
    if changes and not args.dry_run:
        make_channel_private(name, channels)
    before = facts.privacy or "unknown"
    done = "Would make" if args.dry_run else f"{mark('✓', 'ok')} Made"
    lines = [f"{mark('✓', 'ok')} {name} is already private"]
    if changes:
        lines = [
            f"{done} {name} private (it was {before})",
            "  note  only its owners, and users with whom it is shared, can install from it",
            "",
            f"Share it:  conda private share {name} --with USER --on {COM}",
        ]
    data = {"channel": str(name), "privacy": before, "changed": changes, "dry_run": args.dry_run}
    tell(lines, data)
    return 0
