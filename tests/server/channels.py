"""What somebody gets of a channel: which address names it, which files they see, how no is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .addresses import Address
from .credentials import Principal
from .model import CHANNEL, Account, File, Package
from .rights import may_read, may_see
from .wire import Answer, Call

if TYPE_CHECKING:
    from .world import Anaconda


# What follows a channel: SUBDIR/FILE or FILE for conda, whatever is below simple for pip.
REST = "/(?P<rest>simple(?:/.*)?|(?:[^/]+/)?[^/]*)"


@dataclass(frozen=True)
class Wanted:
    """What a download asks for; ``path`` is what follows the channel."""

    owner: Account
    label: str
    path: str


def wanted(world: Anaconda, call: Call, channel: Address) -> Wanted | None:
    """Read the address of something in a channel; None when nobody has that name."""
    found = channel.read(call.raw_path, REST)
    # No segment may climb out of the folder of the index.
    unsafe = any(part in (".", "..") or "/" in part for part in call.segments)
    if found is None or unsafe or ("token" in found and "path" not in world.forms):
        return None
    name = "/".join(found[key] for key in ("owner", "channel") if key in found)
    owner = world.accounts.get(name)
    return Wanted(owner, found.get("label", "main"), found.get("rest", "")) if owner else None


def refusal(world: Anaconda, want: Wanted, who: Principal | None, kind: str) -> Answer | None:
    """The refusal of a whole channel: it has private packages, and none for them."""
    if want.owner.kind == CHANNEL:
        return None if may_read(who, want.owner) else denial(world, int(world.style))
    private = [package for package in want.owner.packages.values() if not package.public]
    if world.style == "left-out" or not private:
        return None
    if any(may_see(world, who, package, f"{kind}:download") for package in private):
        return None
    return denial(world, int(world.denied if who and world.denied else world.style))


def denial(world: Anaconda, status: int) -> Answer:
    """A refusal, with the challenge of the world when it is a 401."""
    challenge = {"WWW-Authenticate": world.challenge} if world.challenge else {}
    return world.personality.refusal(status, challenge if status == 401 else {})


def visible(
    world: Anaconda, want: Wanted, who: Principal | None, kind: str
) -> list[tuple[Package, File]]:
    """The files of a label that somebody may have, each with its package."""
    return [
        (package, file)
        for package in want.owner.packages.values()
        if may_see(world, who, package, f"{kind}:download")
        for file in package.files.values()
        if file.kind == kind and want.label in file.labels
    ]


def label_missing(world: Anaconda, want: Wanted) -> bool:
    """Whether nobody made the label, and the world says so instead of an empty index."""
    return want.label not in want.owner.known_labels and world.unknown_label != 200
