"""What some servers tell, where their channels are, of a credential that they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .channels import Wanted, denial, refusal
from .credentials import Principal
from .wire import Answer, Call, as_json

if TYPE_CHECKING:
    from .world import Anaconda


def answer(world: Anaconda, call: Call, who: Principal | None) -> Answer | None:
    """Answer a request about a credential; None when the request is about something else."""
    inquiry = world.personality.inquiry
    names = inquiry.read(call.raw_path) if inquiry else None
    if names is None:
        return None
    return _channel(world, names["owner"], who) if "owner" in names else _token(world, who)


def _channel(world: Anaconda, owner: str, who: Principal | None) -> Answer:
    if owner not in world.accounts:
        return denial(world, 404)
    want = Wanted(world.accounts[owner], "main", "")
    private = any(not package.public for package in want.owner.packages.values())
    facts = {"name": owner, "description": "", "private": private}
    return refusal(world, want, who, "conda") or as_json(facts)


def _token(world: Anaconda, who: Principal | None) -> Answer:
    if who is None or who.token is None:
        return denial(world, 401)
    expires = str(who.token.expires) if who.token.expires else None
    return as_json({"id": who.token.id, "name": who.token.name, "expires_at": expires})
