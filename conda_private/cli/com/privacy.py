"""``make-private`` for a channel of anaconda.com."""

from __future__ import annotations

from argparse import Namespace

from conda_private.actions.channel_sharing import find_channel, make_channel_private
from conda_private.cli.com.sharing import channels_at
from conda_private.cli.report import tell
from conda_private.model.address import Address
from conda_private.model.anaconda import COM, ChannelName
from conda_private.output import mark


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
