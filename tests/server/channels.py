"""What somebody gets of a channel: which address names it, which files they see, how no is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .credentials import Principal
from .model import Account, File, Package
from .rights import may_see
from .wire import Answer, Call

if TYPE_CHECKING:
    from .world import Anaconda


@dataclass(frozen=True)
class Wanted:
    """What a download asks for; ``path`` is what follows the owner and the label."""

    owner: Account
    label: str
    path: str


def wanted(world: Anaconda, call: Call) -> Wanted | None:
    """Read ``[/t/TOKEN]/OWNER/[label/LABEL/]PATH``; None when nobody has that name."""
    parts = call.segments
    if "path" in world.forms and parts[0] == "t":
        parts = parts[2:]
    label = "main"
    if len(parts) > 3 and parts[1] == "label":
        label = parts[2]
        parts = [parts[0], *parts[3:]]
    owner = world.accounts.get(parts[0]) if parts else None
    # No segment may climb out of the folder of the index.
    safe = not any(part in (".", "..") or "/" in part for part in parts)
    return Wanted(owner, label, "/".join(parts[1:])) if owner and safe else None


def refused(world: Anaconda, want: Wanted, who: Principal | None, kind: str) -> bool:
    """Whether the style refuses a whole channel: it has private packages, and none for them."""
    private = [package for package in want.owner.packages.values() if not package.public]
    if world.style == "left-out" or not private:
        return False
    return not any(may_see(world, who, package, f"{kind}:download") for package in private)


def denial(world: Anaconda, status: int) -> Answer:
    """A refusal, with the challenge of the world when it is a 401."""
    if status != 401:
        return Answer(status, b"Forbidden" if status == 403 else b"Not Found")
    challenge = {"WWW-Authenticate": world.challenge} if world.challenge else {}
    return Answer(401, b"Invalid Token", challenge)


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
