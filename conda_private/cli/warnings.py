"""Warnings about a login that works: what conda does in its channel's place, for both readers."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from conda_private.composition import machine
from conda_private.conda_config.names import listed_in_other_case
from conda_private.conda_config.other_channels import OtherChannel
from conda_private.conda_config.precedence import Taken
from conda_private.files.permissions import others_can_read
from conda_private.model.address import Address
from conda_private.model.login import in_other_case
from conda_private.model.source import Source
from conda_private.output import notice


def describe_other_channel(other: OtherChannel, name: str) -> tuple[str, str]:
    """Describe what conda may take from another channel, and why."""
    package = other.package or "a package of the same name"
    what = f"conda may take {package} from {other.name or 'another channel'} instead of {name}."
    if other.is_before:
        return what, f"Both channels have it, and {other.name} is listed before {name}."
    if other.priority == "disabled":
        return what, "channel_priority is disabled: the highest version wins, whoever made it."
    cause = f"channel_priority is flexible, so {other.name} is used if {name} has no version that"
    return what, f"{cause} fits the other packages."


def shown_other_channel(other: OtherChannel | None) -> dict[str, object] | None:
    """Return for programs what ``describe_other_channel`` describes."""
    if other is None:
        return None
    return {
        "channel": other.name or None,
        "package": other.package or None,
        "channel_priority": other.priority,
        "listed_before": other.is_before,
        "commands": list(other.commands),
    }


def channels_in_other_case(address: Address) -> list[str]:
    """Return the channels that a login is not for only because of upper and lower case."""
    others = in_other_case(address, machine.logins())
    return [*listed_in_other_case(address), *([str(others.address)] if others else [])]


def other_case(address: Address, names: Sequence[str]) -> str:
    """Say that channels differ from a login in upper and lower case only; "" if there are none."""
    if not names:
        return ""
    return (
        f"{', '.join(names)} {'differs' if len(names) == 1 else 'differ'} from {address} in upper"
        " and lower case only. To conda, these are two channels, and this login is for one of them."
    )


def warn_of_readers(source: Source) -> None:
    """Warn of a credential in a file that other users can read."""
    if source.kind == "secret-file" and others_can_read(Path(source.name)):
        notice(
            f"\nWarning: Other users of this machine can read {source.name}.\n"
            "Cause: The modes of the file and of the folders above it permit it.\n"
            f"Next:  chmod go-rwx {shlex.quote(source.name)}"
        )


def warn_of_taken_over(found: Sequence[Taken]) -> None:
    """Name the channels that no handler authenticates now, and how to fix that."""
    for each in found:
        notice(
            f"\nWarning: conda no longer uses {each.handler} for {each.channel}.\n"
            "Cause: The channel settings of a login for a label cover all labels of its channel.\n"
            "Those of several channels on one server can cover others, or the whole server.\n"
            f"Next:  conda private login {each.channel}"
        )


def shown_taken_over(found: Sequence[Taken]) -> list[dict[str, str]]:
    """Return the channels of ``warn_of_taken_over`` for programs."""
    return [{"channel": str(each.channel), "handler": each.handler} for each in found]
