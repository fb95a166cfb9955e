"""``share`` and ``unshare`` for a channel of anaconda.com."""

from __future__ import annotations

from argparse import Namespace

from conda_private.actions.channel_sharing import (
    find_channel,
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


def channels_at(api: Address) -> ChannelApi:
    """Return the channels API, called with the credential of the account there."""
    return servers.channels(api, owners.account_at(api)[1])


def share(args: Namespace, api: Address, name: ChannelName) -> int:
    """Share the channel, or list its owners."""
    channels = channels_at(api)
    facts = find_channel(name, channels)
    if args.private_list:
        return _show(facts)
    users = tuple(dict.fromkeys(args.private_users))
    role = args.private_role or "viewer"
    concerns = _public(facts)
    already: tuple[str, ...] = ()
    if not args.dry_run:
        if concerns:
            otherwise = f"conda private make-private {name} --on {COM}"
            require_agreement(args, "\n".join(concerns), "Continue?", otherwise=otherwise)
        done = share_channel(name, users, GRANTS[role], channels)
        users, already = done.users, done.already
    done_word = "Would share" if args.dry_run else f"{mark('✓', 'ok')} Shared"
    rows = [("role", role), ("added", ", ".join(users)), ("had it before", ", ".join(already))]
    notes = [f"  note: {each}" for each in concerns if args.dry_run]
    hint = ["", f"They run:  conda private login {name} --on {COM}"]
    data = {
        "channel": str(name),
        "privacy": facts.privacy or None,
        "role": role,
        "users_added": list(users),
        "had_access": list(already),
        "concerns": concerns,
        "dry_run": args.dry_run,
    }
    tell([f"{done_word} {name}", *table(rows), *notes, *hint], data)
    return 0


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
